// The officer and a queue of three hundred: a month of newcomers comes in, is proposed for by the rules, and the whole
// list is decided in one go. Only those whom a person must decide on wait afterwards, each with the reason.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { assertAccessible } from '../lib/a11y.mjs';
import { BINARY, startServer } from '../lib/server.mjs';
import { suite } from '../lib/suite.mjs';

// A département of its own: the others keep theirs as it is.
const { visit } = suite(startServer);
const OFFICER = 'Chargée de mission';

let folder;
let month;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jonction-queue-'));
  const out = join(folder, 'month.xml');
  const asked = ['--households', '450', '--seed', '9', '--date', '2026-11-20', '--out', out];
  await promisify(execFile)(BINARY, ['synthesize', ...asked]);
  // Numbers of their own, so that none is a household of the demonstration.
  const text = (await readFile(out)).toString('latin1');
  const own = text.replaceAll(/<NUMDEMRSA>\d{2}/g, '<NUMDEMRSA>89').replaceAll(/<MATRICULE>\d{2}/g, '<MATRICULE>89');
  month = Buffer.from(own, 'latin1');
});
after(() => rm(folder, { recursive: true, force: true }));

/** The text of the list, without what the page says above it. */
const afterHeading = (text) => text.slice(text.lastIndexOf('Personnes à orienter'));

/** How many wait, as the list says it. */
async function waiting(page) {
  await page.goto('/orientations');
  const told = /(\d[\d\s]*)\s*personnes?\b/u.exec(await page.locator('main').innerText().then(afterHeading));
  return told ? Number(told[1].replaceAll(/\s/gu, '')) : 0;
}

test('three hundred people to orient are decided in one list', async (t) => {
  await visit('Gestion des flux', {}, async (page) => {
    await page.goto('/imports');
    await page.getByLabel(/Fichier du flux/).setInputFiles({ name: 'entrees.xml', mimeType: 'text/xml', buffer: month });
    await page.getByRole('button', { name: 'Déposer et importer' }).click();
    await page.waitForURL(/\/imports\/\d+$/);
  });
  await visit(OFFICER, {}, async (page) => {
    let before = 0;
    // The rules propose behind, once the month is in.
    for (let look = 0; look < 60 && before < 300; look += 1) {
      before = await waiting(page);
      if (before < 300) await page.waitForTimeout(500);
    }
    assert.ok(before >= 300, `${before} people wait`);
    await assertAccessible(page, (line) => t.diagnostic(line));

    await page.getByRole('link', { name: 'Préparer la décision de toute la liste' }).click();
    await page.getByRole('heading', { level: 1, name: 'Aperçu de la décision' }).waitFor();
    for (const box of await page.locator('input[type=checkbox][name=choix]').all()) await box.check();
    const byHand = await page.locator('#a-la-main tbody tr').count();
    await page.locator('form[action="/orientations/lots"] button[type=submit]').click();
    await page.waitForURL(/\/orientations\/lots\/\d+/);
    await page.getByText(/personnes?\sorientées?/u).first().waitFor();

    const left = await waiting(page);
    assert.equal(left, byHand, 'only those kept for a decision by hand wait');
    assert.ok(left < before / 4, `${left} of ${before} are left to decide by hand`);
  });
});
