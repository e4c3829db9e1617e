// A year of half-days through the screens: proposed, impossible, decided, planned anew; the call; the apprentice's phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APPRENTICE, SCHOOL_HEAD, TRAINER, fits, loadReferential, openCohort } from '../lib/school.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const PHONE = { viewport: { width: 360, height: 800 } };
const press = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();

/** What the first visit leaves for the next ones. */
const made = {};

async function addModule(page, cohort, { code, name, half_days, after = '' }) {
  await page.goto(`${cohort}/programme`);
  await page.getByLabel(/^Code du module/).fill(code);
  await page.getByLabel(/^Nom/).fill(name);
  await page.getByLabel(/^Demi-journées(?! par)/).fill(half_days);
  await page.getByLabel(/^Vient après/).fill(after);
  await page.getByRole('checkbox', { name: /C1 · / }).check();
  await press(page, 'Enregistrer le module');
  await page.getByText('est au programme.').waitFor();
}

test('the head of training asks for a timetable that cannot be, reads why, and mends it', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await loadReferential(page);
    made.cohort = await openCohort(page, 'CIP-ANNEE');
    await page.goto(`${made.cohort}/emploi-du-temps`);
    await page.getByRole('link', { name: 'Proposer un emploi du temps' }).click();
    await page.getByText('Rien à proposer encore').waitFor();

    await page.goto(`${made.cohort}/calendrier/rythme`);
    await press(page, 'Adopter ce calendrier');
    await addModule(page, made.cohort, { code: 'A1', name: 'Accueillir', half_days: '6' });
    await addModule(page, made.cohort, { code: 'A2', name: 'Orienter', half_days: '8', after: 'A1' });
    await page.goto(`${made.cohort}/emploi-du-temps/proposition`);
    await page.getByText('Aucun emploi du temps n’est possible').waitFor();
    await page.getByText('Personne n’est qualifié pour le module « Accueillir ».').first().waitFor();
    await page.getByRole('link', { name: /Changer formateurs et absences/ }).first().click();

    await page.getByRole('heading', { name: 'Formateurs et formatrices' }).waitFor();
    await page.getByLabel(/^Nom(?! de la salle)/).fill('Nadège Ferrand');
    await page.getByLabel(/^Modules que la personne/).fill('A1, A2');
    await page.getByLabel(/^À partir du/).first().fill('2026-09-01');
    await press(page, 'Ajouter cette personne');
    await page.getByText('La personne est ajoutée.').waitFor();
  }));

test('the timetable is proposed, and decided by a person', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto(`${made.cohort}/emploi-du-temps/proposition`);
    const boxes = page.locator('input[name=changement]');
    assert.equal(await boxes.count(), 14);
    await boxes.last().uncheck();
    const late = page.getByLabel(/sont prévenues/);
    if ((await late.count()) > 0) await late.check();
    await press(page, 'Adopter ce qui est coché');
    await page.getByText('13 demi-journées sont ajoutées.').waitFor();
    await page.getByText('Nadège Ferrand').first().waitFor();

    await page.getByRole('link', { name: 'Proposer un emploi du temps' }).click();
    assert.equal(await boxes.count(), 1, 'what was left out is proposed again');
    await press(page, 'Adopter ce qui est coché');
    await page.getByText('1 demi-journée est ajoutée.').waitFor();
    await page.getByRole('link', { name: 'Proposer un emploi du temps' }).click();
    await page.getByText('Rien à changer').waitFor();
  }));

test('a trainer falls ill: what is touched is shown, and as little as possible moves', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto('/ecole/moyens');
    await page.getByLabel(/^Qui est absent/).selectOption({ label: 'Nadège Ferrand' });
    const absence = page.locator('form').filter({ hasText: 'Qui est absent' });
    await absence.getByLabel(/^Premier jour/).fill('2026-11-23');
    await absence.getByLabel(/^Dernier jour/).fill('2027-01-10');
    await press(page, 'Noter l’absence');
    await page.getByText('L’absence est notée.').waitFor();

    await page.goto(`${made.cohort}/emploi-du-temps`);
    await page.getByText('À replanifier').waitFor();
    await page.getByRole('link', { name: 'Voir lesquelles et replanifier' }).click();
    await page.getByRole('heading', { name: 'Ce qui ne peut plus avoir lieu' }).waitFor();
    await page.getByText('Nadège Ferrand n’est pas libre').first().waitFor();
    await page.getByText('Le moins de changements').waitFor();
    await page.getByLabel(/^Raison des changements/).fill('Formatrice absente');
    const late = page.getByLabel(/sont prévenues/);
    if ((await late.count()) > 0) await late.check();
    await press(page, 'Adopter ce qui est coché');
    await page.getByText(/séances? (est changée|sont changées)/).waitFor();
    await page.goto(`${made.cohort}/emploi-du-temps/proposition`);
    await page.getByText('Rien à changer').waitFor();
  }));

test('the trainer says who was there, and the coverage counts it', () =>
  visit(TRAINER, PHONE, async (page) => {
    await page.goto('/ecole/mes-semaines');
    await fits(page, 360);
    await page.getByRole('link', { name: /Faire l’appel/ }).first().click();
    await fits(page, 360);
    await press(page, 'Enregistrer l’appel');
    await page.getByText('Choisissez une réponse pour').first().waitFor();
    await press(page, 'Tout le monde était présent');
    await page.getByText('L’appel est enregistré').waitFor();
    await page.getByText('appel fait').first().waitFor();
  }));

test('an apprentice opens their calendar on a telephone and subscribes to it', () =>
  visit(APPRENTICE, PHONE, async (page) => {
    await page.goto('/mon-parcours');
    await fits(page, 360);
    await page.getByText('Prochain cours').waitFor();
    await page.getByText('Mes semaines jusqu’à la fin').click();
    await page.getByRole('row').filter({ hasText: 'sur le terrain' }).first().waitFor();
    await fits(page, 360);
    await press(page, 'Créer une adresse d’agenda');
    const address = await page.getByText(/\/agenda\/[\w-]{20,}/).first().textContent();
    await fits(page, 360);
    const feed = await page.request.get(/https?:\/\/\S+/.exec(address)[0]);
    assert.match(feed.headers()['content-type'], /^text\/calendar/);
    const text = await feed.text();
    assert.match(text, /^BEGIN:VCALENDAR\r\n/);
    assert.ok(text.split('BEGIN:VEVENT').length > 100, 'a year of half-days');

    await page.goto('/mon-parcours');
    await press(page, 'Révoquer');
    await page.getByText('L’adresse est révoquée').waitFor();
    assert.equal((await page.request.get(/https?:\/\/\S+/.exec(address)[0])).status(), 404);
  }));
