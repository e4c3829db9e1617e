// A host structure under its own account: it offers a place against the load of its tutors, ranks, and sees its result.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOST, SCHOOL_HEAD, addCandidate, fits, noteStep, openCohort } from '../lib/school.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const PHONE = { viewport: { width: 360, height: 800 } };
const press = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();
const row = (page, text) => page.getByRole('row').filter({ hasText: text });

/** What the first visit leaves for the next ones. */
const made = {};

test('the head of training opens a cohort and admits somebody', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    made.cohort = await openCohort(page, 'CIP-ACCUEIL');
    made.file = await addCandidate(page, made.cohort, { first: 'Maïa', last: 'ACCUEIL', born: '1997-05-02' });
    await noteStep(page, 'Entretien', 'Projet clair.');
    await noteStep(page, 'Décision', 'Projet clair.');
  }));

test('the host cannot give a tutor more people than the law allows, and offers what is possible', () =>
  visit(HOST, PHONE, async (page) => {
    await page.goto('/places');
    await fits(page, 360);
    await page.getByLabel(/^Nom/).fill('Aurore Villedieu');
    for (const question of [/^Salarié/, /^Volontaire/, /^Majeur/, /^Diplôme/]) {
      await page.getByLabel(question).selectOption({ label: 'Oui' });
    }
    await press(page, 'Ajouter cette personne');
    await page.getByText('La personne est ajoutée.').waitFor();

    await page.getByRole('link', { name: 'Offrir des places' }).first().click();
    await fits(page, 360);
    const cohorts = page.getByLabel(/^Promotion/);
    await cohorts.selectOption(await cohorts.locator('option', { hasText: 'CIP-ACCUEIL' }).getAttribute('value'));
    await page.getByLabel(/^Lieu/).selectOption('ali-pantin');
    await page.getByLabel(/^Tuteur ou tutrice/).selectOption({ label: 'Aurore Villedieu' });
    await page.getByLabel(/^Nombre de places/).fill('3');
    await page.getByLabel(/^À partir du/).fill('2026-12-01');
    await press(page, 'Publier cette offre');
    await page.getByText('Aurore Villedieu guiderait 3 personnes, places offertes comprises, pour 2 au plus').waitFor();
    assert.equal(await page.getByLabel(/^Nombre de places/).inputValue(), '3', 'what was typed is kept');
    await page.getByLabel(/^Nombre de places/).fill('1');
    await press(page, 'Publier cette offre');
    await page.getByText('L’offre est publiée.').waitFor();
    await row(page, 'Aurore Villedieu').filter({ hasText: '1 place offerte' }).getByText('encore 1 personne').waitFor();

    const offer = row(page, 'Aurore Villedieu').first();
    await offer.getByRole('link', { name: /Pantin/ }).first().click();
    await page.getByLabel(/^Description/).fill('Accueil, entretiens en binôme');
    await press(page, 'Enregistrer');
    await page.getByText('L’offre est corrigée.').waitFor();
  }));

test('both sides rank: the school types in what the candidate wrote, the host ranks under its own account', async () => {
  await visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto(made.file);
    await page.getByRole('link', { name: 'Classer les places pour cette personne' }).click();
    await page.locator('main input[name^="rang-"]').first().fill('1');
    await press(page, 'Enregistrer ce classement');
    await page.getByText('Le classement est enregistré.').waitFor();
    await page.getByRole('link', { name: 'Classer les places pour cette personne' }).click();
    await page.getByText(/Dernier classement saisi par/).waitFor();
  });
  await visit(HOST, PHONE, async (page) => {
    await page.goto('/places');
    await row(page, 'Aurore Villedieu').first().getByRole('link', { name: 'Classer les candidats' }).click();
    await fits(page, 360);
    await page.getByLabel(/Maïa ACCUEIL/).fill('1');
    await press(page, 'Enregistrer le classement');
    await page.getByText('Le classement est enregistré.').waitFor();
    await row(page, 'Aurore Villedieu').first().getByText('1 personne classée').waitFor();
  });
});

test('a human decides, and the host sees whom it gets', async () => {
  await visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto(`${made.cohort}/appariement`);
    await page.getByText('Son choix nº 1').first().waitFor();
    await press(page, 'Valider ces placements');
    await page.getByText('1 placement est validé').waitFor();
    await page.goto(`${made.cohort}/appariement`);
    await page.getByRole('heading', { name: 'Placements décidés' }).waitFor();
  });
  await visit(HOST, PHONE, async (page) => {
    await page.goto('/places');
    await fits(page, 360);
    await row(page, 'Maïa ACCUEIL').getByText('Pantin').waitFor();
    const mine = row(page, 'Aurore Villedieu').first();
    await mine.getByText('1 personne placée').waitFor();
    await mine.getByRole('button', { name: 'Retirer' }).click();
    await page.getByText('l’école change d’abord ce placement').waitFor();
  });
});
