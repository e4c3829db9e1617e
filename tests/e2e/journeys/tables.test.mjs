// A table of questionnaires comes in: its columns are said, it is tried without writing, decided; with and without
// JavaScript. Nobody in it is known: nothing but the report changes.

import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const ROLE = 'Gestion des flux';

const table = (day) =>
  Buffer.from(
    'Export;;;;\n' +
      `Nom;Prénom;Né le;Date;Toit\n` +
      `PERSONNE;Inconnue;12/05/1981;${day}/10/2026;0901\n` +
      `AUTRE;Inconnu;31/02/1975;${day}/10/2026;0903\n`,
  );

async function deposit(page, name, day) {
  await page.goto('/imports');
  await page.getByRole('link', { name: 'Déposer un tableau' }).click();
  await page.getByLabel(/Questionnaires de la demande/).check();
  await page.getByLabel(/^Situation au/).fill('2026-10-31');
  await page.getByLabel(/^De qui vient/).fill('Essai du navigateur');
  await page.getByLabel(/^Fichier(?! de France)/).setInputFiles({ name, mimeType: 'text/csv', buffer: table(day) });
  await page.getByRole('button', { name: 'Déposer et vérifier' }).click();
  await page.getByRole('heading', { name: 'Correspondance des colonnes' }).waitFor();
}

async function tryAndImport(page) {
  await page.getByRole('button', { name: 'Vérifier sans rien écrire' }).click();
  await page.getByRole('heading', { name: 'Essai à blanc' }).waitFor();
  await page.getByText('personne inconnue du département').first().waitFor();
  await page.getByRole('button', { name: 'Importer' }).click();
  await page.waitForURL(/\/imports\/tableaux\/\d+$/);
  await page.getByText(/Le fichier contient 2\slignes/u).waitFor();
  await page.getByText(/aucun dossier n’est créé/).waitFor();
}

test('columns are said once, then remembered for the same sender', () =>
  visit(ROLE, {}, async (page) => {
    await deposit(page, 'dsp.csv', '01');
    await page.getByLabel(/^Toit/).selectOption({ label: 'Nature du logement (NATLOG)' });
    await tryAndImport(page);

    await deposit(page, 'dsp-suite.csv', '02');
    const remembered = await page.getByLabel(/^Toit/).inputValue();
    if (remembered !== 'housing') throw new Error(`the column is remembered as « ${remembered} »`);
  }));

test('without JavaScript, a table is tried and imported', () =>
  visit(ROLE, { javaScriptEnabled: false }, async (page) => {
    await deposit(page, 'dsp-sans-script.csv', '03');
    await page.getByLabel(/^Toit/).selectOption({ label: 'Nature du logement (NATLOG)' });
    await tryAndImport(page);
  }));
