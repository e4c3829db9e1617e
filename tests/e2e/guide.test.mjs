// Walks the tour of guide.mjs. UPDATE_GUIDE=1 takes the images; otherwise each step must still lead where it says, and
// the pages of the guide must use exactly the images of the tour.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { steps } from './guide.mjs';
import { suite } from './lib/suite.mjs';

const GUIDE = new URL('../../docs/guide/', import.meta.url);
const IMAGES = new URL('images/', GUIDE);

const { visit } = suite();

for (const { image, role, url, walk, width = 1280, shows } of steps) {
  test(`guide: ${image}`, () =>
    visit(role, { viewport: { width, height: 800 }, colorScheme: 'light' }, async (page) => {
      await page.goto(url);
      await walk?.(page);
      await page.getByText(shows).first().waitFor();
      if (process.env.UPDATE_GUIDE) {
        await mkdir(IMAGES, { recursive: true });
        const path = fileURLToPath(new URL(`${image}.png`, IMAGES));
        await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      }
    }));
}

test('guide: its pages use the images of the tour, all of them and no other', async () => {
  const pages = (await readdir(GUIDE)).filter((file) => file.endsWith('.md'));
  const text = (await Promise.all(pages.map((file) => readFile(new URL(file, GUIDE), 'utf8')))).join('\n');
  const used = new Set([...text.matchAll(/\(images\/([^)\s]+)\.png/g)].map(([, image]) => image));
  const taken = (await readdir(IMAGES).catch(() => [])).map((file) => file.replace(/\.png$/, ''));
  const tour = steps.map(({ image }) => image).sort();
  assert.deepEqual([...used].sort(), tour, 'images used in docs/guide');
  assert.deepEqual(taken.sort(), tour, 'images in docs/guide/images (UPDATE_GUIDE=1 takes them)');
});
