// Walks the tour of guide.mjs. UPDATE_GUIDE=1 takes the images; otherwise each step must still lead where it says, and
// the pages of the guide must use exactly the images of the tour.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { steps } from './guide.mjs';
import { launch, openPage } from './lib/browser.mjs';
import { server } from './lib/server.mjs';
import { as } from './lib/session.mjs';

const GUIDE = new URL('../../docs/guide/', import.meta.url);
const IMAGES = new URL('images/', GUIDE);

let browser;
let jonction;
before(async () => {
  [browser, jonction] = await Promise.all([launch(), server()]);
});
after(async () => {
  await browser?.close();
  await jonction?.stop();
});

for (const { image, role, url, walk, shows } of steps) {
  test(`guide: ${image}`, async () => {
    const options = await as(browser, jonction, role);
    const { page, context, assertClean } = await openPage(browser, { ...options, viewport: { width: 1280, height: 800 } });
    try {
      await page.goto(url);
      await walk?.(page);
      await page.getByText(shows).first().waitFor();
      if (process.env.UPDATE_GUIDE) {
        await mkdir(IMAGES, { recursive: true });
        await page.screenshot({ path: fileURLToPath(new URL(`${image}.png`, IMAGES)), animations: 'disabled', caret: 'hide' });
      }
      assertClean();
    } finally {
      await context.close();
    }
  });
}

test('guide: its pages use the images of the tour, all of them and no other', async () => {
  const pages = (await readdir(GUIDE)).filter((file) => file.endsWith('.md'));
  const text = (await Promise.all(pages.map((file) => readFile(new URL(file, GUIDE), 'utf8')))).join('\n');
  const used = new Set([...text.matchAll(/\(images\/([^)\s]+)\.png/g)].map(([, image]) => image));
  assert.deepEqual([...used].sort(), steps.map(({ image }) => image).sort());
});
