// axe-core on the page as it is: WCAG 2.0, 2.1 and 2.2, levels A and AA, must be clean; best practices are reported.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const REQUIRED = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const ADVISED = ['best-practice'];

/**
 * @param {import('playwright-core').Page} page
 * @param {(line: string) => void} warn told each best practice that is not followed
 */
export async function assertAccessible(page, warn) {
  // Evaluated by the browser's own debugger, which the page's content security policy does not govern.
  await page.evaluate(AXE);
  const violations = await page.evaluate(
    async (tags) => {
      const { violations } = await window.axe.run(document, {
        runOnly: { type: 'tag', values: tags },
        resultTypes: ['violations'],
      });
      return violations.map(({ id, help, tags, nodes }) => ({
        rule: `${id}: ${help}`,
        tags,
        nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary.replaceAll('\n', ' ')}`),
      }));
    },
    [...REQUIRED, ...ADVISED],
  );
  const required = violations.filter(({ tags }) => tags.some((tag) => REQUIRED.includes(tag)));
  for (const violation of violations) {
    if (!required.includes(violation)) warn(`best practice, ${violation.rule}\n  ${violation.nodes.join('\n  ')}`);
  }
  assert.deepEqual(required.map(({ rule, nodes }) => ({ rule, nodes })), [], 'axe-core violations');
}
