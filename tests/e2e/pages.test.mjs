// Every page template in the full matrix (see lib/matrix.mjs).

import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { checkPage } from './lib/matrix.mjs';
import { server } from './lib/server.mjs';
import { pages } from './pages.mjs';

let browser;
let jonction;
before(async () => {
  [browser, jonction] = await Promise.all([launch(), server()]);
});
after(async () => {
  await browser?.close();
  await jonction?.stop();
});

for (const entry of pages) {
  test(`page ${entry.name}`, (t) => checkPage(t, browser, jonction, entry));
}
