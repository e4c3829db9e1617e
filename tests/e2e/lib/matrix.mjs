// One page template through the matrix: light on a phone, dark at a desk, with axe-core, structure and keyboard.

import assert from 'node:assert/strict';
import { assertAccessible } from './a11y.mjs';
import { assertGolden } from './golden.mjs';
import { assertKeyboardWalk, assertSkipLink } from './keyboard.mjs';
import { assertNoHorizontalScroll, assertWellFormed } from './structure.mjs';

/** 320 px is WCAG's narrowest phone (1.4.10), 1280 px an ordinary desk. */
const PHONE = { width: 320, height: 800 };
const DESK = { width: 1280, height: 800 };

/**
 * Runs the tests of one entry of pages.mjs, as subtests of `t`, on one page that changes its size and colours: every
 * template is seen in light and dark, narrow and wide, without being loaded for each.
 *
 * @param {ReturnType<import('./suite.mjs').suite>['visit']} visit
 */
export async function checkPage(t, visit, entry) {
  const { name, role, status = 200, golden = false } = entry;
  await visit(role, { viewport: PHONE, colorScheme: 'light' }, async (page) => {
    assert.equal(await open(page, entry), status, `status of ${page.url()} for ${role}`);
    const check = (what, run) => t.test(`${name}: ${what}`, (st) => run((line) => st.diagnostic(line)));

    await check('structure', () => assertWellFormed(page));
    await check('light, 320 px', async (warn) => {
      await assertAccessible(page, warn);
      await assertNoHorizontalScroll(page);
    });
    await check('skip link, 320 px', () => assertSkipLink(page));
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(DESK);
    await check('dark, 1280 px', async (warn) => {
      await assertAccessible(page, warn);
      await assertNoHorizontalScroll(page);
    });
    if (golden) await check('as a screen reader tells it', () => assertGolden(page.locator('body'), name));
    await check('keyboard only, 1280 px', () => assertKeyboardWalk(page));
  });
}

/**
 * Leads `page` to where the entry says.
 *
 * @returns {Promise<number>} the status of the last answer
 */
async function open(page, { role, url, link, query = '', walk }) {
  let status;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) status = response.status();
  });
  await page.goto(url);
  if (link) {
    const hrefs = await page.locator('main a[href]').evaluateAll((links) => links.map((a) => a.getAttribute('href')));
    const found = hrefs.find((href) => link.test(href));
    assert.ok(found, `${url} shows ${role} no link like ${link}`);
    await page.goto(found + query);
  } else {
    assert.equal(new URL(page.url()).pathname, new URL(url, page.url()).pathname, `${url} led ${role} elsewhere`);
  }
  if (walk) {
    await walk(page);
    await page.waitForLoadState();
  }
  return status;
}
