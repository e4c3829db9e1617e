// Golden files: the page as a screen reader is told of it. UPDATE=1 writes them; git shows what changed.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const FOLDER = new URL('../golden/', import.meta.url);

/**
 * @param {import('playwright-core').Locator} locator what to describe
 * @param {string} name of the file, without its ending
 */
export async function assertGolden(locator, name) {
  // Numbers in addresses depend on the order in which the demonstration wrote its rows.
  const actual = `${(await locator.ariaSnapshot()).replaceAll(/(\/url: \/\S*?\/)\d+/g, '$1N')}\n`;
  const file = new URL(`${name}.yml`, FOLDER);
  if (process.env.UPDATE) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, actual);
    return;
  }
  const expected = await readFile(file, 'utf8').catch(() => '(no golden file yet)\n');
  assert.equal(actual, expected, `differs from golden/${name}.yml; if the change is wanted: UPDATE=1 ./test`);
}
