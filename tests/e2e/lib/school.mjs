// A school with something in it: what the demonstration does not bring is typed in through the screens, once.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

export const SCHOOL_HEAD = 'Direction de l’école';
export const TRAINER = 'Formatrice';
export const APPRENTICE = 'Alternante';
export const HOST = 'Recruteuse';

const REFERENTIAL = new URL('../../../crates/domain/school/data/rncp37274.toml', import.meta.url);

const press = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();

/** Loads the shipped title from the page of referentials, and ends on the title's own page. */
export async function loadReferential(page) {
  await page.goto('/ecole/referentiels');
  const buffer = await readFile(REFERENTIAL);
  await page.getByLabel(/^Fichier d’un titre/).setInputFiles({ name: 'rncp37274.toml', mimeType: 'application/toml', buffer });
  await press(page, 'Charger ce référentiel');
  await page.waitForURL(/\/ecole\/referentiels\/\d+$/);
}

/** Opens a cohort of the shipped title, and ends on its page. */
export async function openCohort(page, code) {
  await page.goto('/ecole/promotions/nouvelle');
  await page.getByLabel(/^Nom/).fill(`Promotion ${code}`);
  await page.getByLabel(/^Code/).fill(code);
  const titles = page.locator('select[name=referentiel]');
  await titles.selectOption(await titles.locator('option', { hasText: 'RNCP37274' }).first().getAttribute('value'));
  await page.getByLabel(/^Premier jour/).fill('2026-09-07');
  await page.getByLabel(/^Dernier jour/).fill('2027-09-03');
  await press(page, 'Ouvrir la promotion');
  await page.waitForURL(/\/ecole\/promotions\/\d+$/);
  return new URL(page.url()).pathname;
}

/** Adds somebody to the candidates of a cohort, and ends on their file. */
export async function addCandidate(page, cohort, { first, last, born }) {
  await page.goto(`${cohort}/candidats`);
  await page.getByLabel(/^Prénom/).fill(first);
  await page.getByLabel(/^Nom(?!bre)/).fill(last);
  await page.getByLabel(/^Date de naissance/).fill(born);
  await press(page, 'Ajouter la candidature');
  await page.waitForURL(/\/ecole\/dossiers\/\d+$/);
  return new URL(page.url()).pathname;
}

/** Notes a step of an admission on the file in sight. */
export async function noteStep(page, step, reasons) {
  await page.getByLabel(/^Étape/).selectOption({ label: step });
  await page.getByLabel(/^Raisons/).fill(reasons);
  await press(page, 'Noter l’étape');
  await page.getByText('L’étape est notée.').waitFor();
}

/** The address of the last cohort of the school, opened when there is none. */
export async function lastCohort(page) {
  await page.goto('/ecole');
  const known = page.locator('main tbody a[href^="/ecole/promotions/"]').first();
  if ((await known.count()) > 0) return known.getAttribute('href');
  await loadReferential(page);
  const cohort = await openCohort(page, 'CIP-ESSAI');
  await page.goto(`${cohort}/calendrier/rythme`);
  await press(page, 'Adopter ce calendrier');
  await page.waitForURL(`**${cohort}/calendrier`);
  await page.goto(`${cohort}/programme`);
  await page.getByLabel(/^Code du module/).fill('M1');
  await page.getByLabel(/^Nom/).fill('Accueillir et analyser la demande');
  await page.getByLabel(/^Demi-journées(?! par)/).fill('4');
  await page.getByRole('checkbox', { name: /C1 · / }).check();
  await press(page, 'Enregistrer le module');
  await page.getByText('est au programme.').waitFor();
  return cohort;
}

/** A page of the last cohort. */
export const ofCohort = (rest) => async (page) => {
  const cohort = await lastCohort(page);
  await page.goto(`${cohort}${rest}`);
};

/** The file of the first candidate of the last cohort, added when there is none. */
export async function firstFile(page) {
  const cohort = await lastCohort(page);
  await page.goto(`${cohort}/candidats`);
  const known = page.locator('main tbody a[href^="/ecole/dossiers/"]').first();
  if ((await known.count()) === 0) {
    await addCandidate(page, cohort, { first: 'Camille', last: 'ESSAI', born: '1999-03-14' });
    return;
  }
  await known.click();
  await page.waitForURL(/\/ecole\/dossiers\/\d+$/);
}

/** The contract of the last line of the cohort's people who has one, and one of its pages. */
export const ofContract = (rest) => async (page) => {
  await page.goto(`${await lastCohort(page)}/alternants`);
  const contract = await page.locator('main tbody a[href^="/ecole/contrats/"]').last().getAttribute('href');
  await page.goto(`${contract}${rest}`);
};

/** The page does not run over the side of a telephone. */
export async function fits(page, width) {
  const taken = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(taken <= width, `the page is ${taken} px wide`);
}
