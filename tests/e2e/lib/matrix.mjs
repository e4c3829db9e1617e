// One page template through the whole matrix: light and dark, phone and desk, axe-core, structure, keyboard.

import assert from 'node:assert/strict';
import { assertAccessible } from './a11y.mjs';
import { assertGolden } from './golden.mjs';
import { assertKeyboardWalk, assertSkipLink } from './keyboard.mjs';
import { assertNoHorizontalScroll, assertWellFormed } from './structure.mjs';

const SCHEMES = ['light', 'dark'];
/** 320 px is WCAG's narrowest phone (1.4.10), 1280 px an ordinary desk. */
const [PHONE, DESK] = [
  { width: 320, height: 800 },
  { width: 1280, height: 800 },
];

/** Runs the tests of one entry of pages.mjs, as subtests of `t`. `visit`: see suite.mjs. */
export async function checkPage(t, visit, { name, role, url, status = 200, golden = false }) {
  const subtest = (what, settings, check) =>
    t.test(`${name}: ${what}`, (st) =>
      visit(role, settings, async (page) => {
        const response = await page.goto(url);
        assert.equal(response.status(), status, `status of ${url} for ${role}`);
        assert.equal(new URL(page.url()).pathname, new URL(url, page.url()).pathname, `${url} led ${role} elsewhere`);
        await check(page, (line) => st.diagnostic(line));
      }),
    );

  await subtest('structure', { viewport: PHONE }, assertWellFormed);
  for (const viewport of [PHONE, DESK]) {
    const size = `${viewport.width} px`;
    for (const colorScheme of SCHEMES) {
      await subtest(`${colorScheme}, ${size}`, { colorScheme, viewport }, async (page, warn) => {
        await assertAccessible(page, warn);
        await assertNoHorizontalScroll(page);
      });
    }
    await subtest(`keyboard only, ${size}`, { viewport }, assertKeyboardWalk);
    await subtest(`skip link, ${size}`, { viewport }, assertSkipLink);
  }
  if (golden) {
    await subtest('as a screen reader tells it', { viewport: DESK }, (page) => assertGolden(page.locator('body'), name));
  }
}
