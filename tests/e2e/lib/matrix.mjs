// One page template through the whole matrix: light and dark, phone and desk, axe-core, structure, keyboard.

import { assertAccessible } from './a11y.mjs';
import { openPage } from './browser.mjs';
import { assertGolden } from './golden.mjs';
import { assertKeyboardWalk, assertSkipLink } from './keyboard.mjs';
import { as } from './session.mjs';
import { assertNoHorizontalScroll, assertWellFormed } from './structure.mjs';
import assert from 'node:assert/strict';

const SCHEMES = ['light', 'dark'];
/** 320 px is WCAG's narrowest phone (1.4.10), 1280 px an ordinary desk. */
const WIDTHS = [320, 1280];

/** Declares the tests of one entry of pages.mjs, as subtests of `t`. */
export async function checkPage(t, browser, server, { name, role, url, status = 200, golden = false }) {
  const options = await as(browser, server, role);

  const visit = async (settings, check) => {
    const { page, context, assertClean } = await openPage(browser, { ...options, ...settings });
    try {
      const response = await page.goto(url);
      assert.equal(response.status(), status, `status of ${url} for ${role}`);
      await check(page);
      assertClean();
    } finally {
      await context.close();
    }
  };

  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      await t.test(`${name}: ${colorScheme}, ${width} px`, (st) =>
        visit({ colorScheme, viewport: { width, height: 800 } }, async (page) => {
          await assertAccessible(page, (line) => st.diagnostic(line));
          await assertNoHorizontalScroll(page);
          if (colorScheme === SCHEMES[0] && width === WIDTHS[0]) await assertWellFormed(page);
        }),
      );
    }
  }
  for (const width of WIDTHS) {
    const viewport = { width, height: 800 };
    await t.test(`${name}: keyboard only, ${width} px`, () => visit({ viewport }, assertKeyboardWalk));
    await t.test(`${name}: skip link, ${width} px`, () => visit({ viewport }, assertSkipLink));
  }
  if (golden) {
    await t.test(`${name}: as a screen reader tells it`, () =>
      visit({ viewport: { width: WIDTHS.at(-1), height: 800 } }, (page) => assertGolden(page.locator('body'), name)),
    );
  }
}
