// What every test file begins with: a browser, the demonstration, and a way to visit it as someone.

import { after, before } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { server } from './server.mjs';
import { as } from './session.mjs';

/**
 * Registers the start and the end of the test file's browser and server.
 *
 * @param start what gives the server: the one of the whole suite unless the file needs one of its own.
 * @returns `jonction`, the server once the tests run; `visit(role, settings, walk)`, which hands a fresh page of that role
 *   to `walk` and fails if the browser reported anything on the way. `settings`: options of the browser context.
 */
export function suite(start = server) {
  let browser;
  const it = {
    jonction: undefined,
    async visit(role, settings, walk) {
      const { page, context, assertClean } = await openPage(browser, { ...(await as(browser, it.jonction, role)), ...settings });
      try {
        await walk(page);
        assertClean();
      } finally {
        await context.close();
      }
    },
  };
  before(async () => {
    [browser, it.jonction] = await Promise.all([launch(), start()]);
  });
  after(async () => {
    await browser?.close();
    await it.jonction?.stop();
  });
  return it;
}
