// A month of the feed comes in: first broken, then right, then once more; and without JavaScript.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { BINARY } from '../lib/server.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const ROLE = 'Gestion des flux';

/** Two months before the demonstration begins: older files, which leave its present as it is. */
const files = {};
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jonction-feed-'));
  files.april = await synthesize('2026-05-20', 5);
  files.may = await synthesize('2026-06-20', 7);
});
after(() => rm(folder, { recursive: true, force: true }));

/** A file of 60 households with numbers of their own, so that none is a household of the demonstration. */
async function synthesize(date, seed) {
  const out = join(folder, `${date}.xml`);
  await promisify(execFile)(BINARY, ['synthesize', '--households', '60', '--seed', `${seed}`, '--date', date, '--out', out]);
  const text = (await readFile(out)).toString('latin1');
  const own = text
    .replaceAll(/<NUMDEMRSA>\d{2}/g, `<NUMDEMRSA>8${seed}`)
    .replaceAll(/<MATRICULE>\d{2}/g, `<MATRICULE>8${seed}`);
  return Buffer.from(own, 'latin1');
}

async function deposit(page, name, buffer) {
  await page.goto('/imports');
  await page.getByLabel(/Fichier du flux/).setInputFiles({ name, mimeType: 'text/xml', buffer });
  await page.getByRole('button', { name: 'Déposer et importer' }).click();
}

test('a broken file is refused with its line, a right one is imported once', () =>
  visit(ROLE, {}, async (page) => {
    await deposit(page, 'coupe.xml', files.may.subarray(0, files.may.length / 2));
    const refusal = await page.getByRole('alert').first().innerText();
    assert.match(refusal, /ligne/i, 'the refusal says where');

    await deposit(page, 'mai.xml', files.may);
    await page.waitForURL(/\/(travaux|imports)\/\d+$/);
    // The page of the work follows it by itself, and leads to the report at the end.
    await page.waitForURL(/\/imports\/\d+$/);
    const report = page.url();
    await page.getByText(/Le fichier annonce 60\sfoyers/u).waitFor();
    await page.getByText(/60\snouveaux/u).waitFor();

    await deposit(page, 'mai-renvoi.xml', files.may);
    await page.waitForURL(report);
    await page.getByText('Ce fichier a déjà été importé').waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Télécharger le compte rendu (JSON)' }).click(),
    ]);
    JSON.parse(await readFile(await download.path(), 'utf8'));
  }));

test('without JavaScript, a file is imported and its report is reached', () =>
  visit(ROLE, { javaScriptEnabled: false }, async (page) => {
    await deposit(page, 'avril.xml', files.april);
    await page.waitForURL(/\/travaux\/\d+$/);
    await page.waitForURL(/\/imports\/\d+$/);
    await page.getByText(/Le fichier annonce 60\sfoyers/u).waitFor();
  }));
