// A school from a title to a signed contract, all through the screens; a host structure ranks; a paper is printed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOST, SCHOOL_HEAD, addCandidate, fits, loadReferential, noteStep, openCohort } from '../lib/school.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const PHONE = { viewport: { width: 360, height: 800 } };
const press = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();

/** What the first visit leaves for the next ones. */
const made = {};

test('the head of training confirms an item of the title, and takes it back', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto('/');
    await page.getByRole('navigation').getByRole('link', { name: 'École', exact: true }).first().click();
    await loadReferential(page);
    const open = page.getByText('à vérifier', { exact: true });
    const before = await open.count();
    assert.ok(before > 0, 'something is to be verified');
    await page.getByLabel(/^Texte officiel/).fill('arrêté du 12 décembre 2022, annexe 1');
    await press(page, 'Confirmer cet élément');
    await page.getByText('est confirmé.').waitFor();
    assert.equal(await open.count(), before - 1);
    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click();
    await page.getByText('est de nouveau à vérifier.').waitFor();
    assert.equal(await open.count(), before);
  }));

test('the head of training opens a cohort, plans a half-day, moves it and prints the timetable', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    made.cohort = await openCohort(page, 'CIP-PARCOURS');
    await page.getByText('Calendrier incomplet').waitFor();
    await page.getByRole('link', { name: 'Poser le calendrier' }).click();
    await page.getByRole('link', { name: 'Proposer un calendrier' }).click();
    await press(page, 'Adopter ce calendrier');
    await page.getByText('Le calendrier proposé est adopté.').waitFor();

    await page.getByRole('link', { name: 'Programme', exact: true }).click();
    await page.getByLabel(/^Code du module/).fill('M1');
    await page.getByLabel(/^Nom/).fill('Accueillir et analyser la demande');
    await page.getByLabel(/^Demi-journées(?! par)/).fill('2');
    await page.getByRole('checkbox', { name: /C1 · / }).check();
    await press(page, 'Enregistrer le module');
    await page.getByText('est au programme.').waitFor();

    await page.getByRole('link', { name: 'Emploi du temps', exact: true }).click();
    await page.getByText('2 demi-journées à placer').waitFor();
    await press(page, 'Prévoir cette séance');
    await page.getByText('La séance est prévue.').waitFor();
    await page.locator('main').getByRole('link', { name: 'Accueillir et analyser la demande' }).first().click();
    await page.getByRole('heading', { name: 'Déplacer' }).waitFor();
    await page.locator('#deplacer, section').filter({ hasText: 'Déplacer' }).first().waitFor();
    await page.getByLabel(/^Demi-journée/).selectOption({ label: 'Après-midi' });
    await page.getByLabel(/^Raison/).first().fill('Salle prise le matin');
    await page.getByLabel(/sont prévenues/).first().check();
    await press(page, 'Déplacer la séance');
    await page.getByText('La séance est maintenant le').waitFor();

    const href = await page.getByRole('link', { name: /à imprimer \(PDF\)/ }).getAttribute('href');
    const paper = await page.request.get(href);
    assert.equal(paper.headers()['content-type'], 'application/pdf');
    assert.equal((await paper.body()).subarray(0, 8).toString(), '%PDF-1.7');
  }));

test('somebody is admitted, with reasons and a letter', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    made.file = await addCandidate(page, made.cohort, { first: 'Inès', last: 'PARCOURS', born: '1999-03-14' });
    await noteStep(page, 'Entretien', 'Projet clair, expérience du public.');
    await noteStep(page, 'Décision', 'Projet clair, expérience du public.');
    const letter = page.getByRole('link', { name: 'Lettre de décision (PDF)' });
    const paper = await page.request.get(await letter.getAttribute('href'));
    assert.equal(paper.headers()['content-type'], 'application/pdf');

    await page.goto(`${made.cohort}/appariement`);
    await page.getByLabel(/^Employeur/).selectOption('ares');
    await page.getByLabel(/^Lieu/).selectOption('ali-bobigny');
    await press(page, 'Publier cette offre');
    await page.getByText('L’offre est publiée.').waitFor();
    await page.goto(made.file);
    await page.getByRole('link', { name: 'Classer les places pour cette personne' }).click();
    await page.locator('main input[name^="rang-"]').first().fill('1');
    await press(page, 'Enregistrer ce classement');
    await page.getByText('Le classement est enregistré.').waitFor();
  }));

test('a host structure ranks candidates and names a tutor, on a telephone', () =>
  visit(HOST, PHONE, async (page) => {
    await page.goto('/places');
    await fits(page, 360);
    await page.getByLabel(/^Nom/).fill('Hélène Ravier');
    await page.getByLabel(/^Salarié/).selectOption({ label: 'Oui' });
    await press(page, 'Ajouter cette personne');
    await page.getByText('La personne est ajoutée.').waitFor();
    await page.getByRole('link', { name: 'Classer les candidats' }).last().click();
    await page.getByLabel(/Inès PARCOURS/).fill('premier');
    await press(page, 'Enregistrer le classement');
    await page.getByText('Un rang est un nombre').first().waitFor();
    await page.getByLabel(/Inès PARCOURS/).fill('1');
    await press(page, 'Enregistrer le classement');
    await page.getByText('Le classement est enregistré.').waitFor();
    await fits(page, 360);
  }));

test('the placement is proposed with its reason, decided, and the contract noted', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await page.goto(`${made.cohort}/appariement`);
    await page.getByText('Son choix nº 1').first().waitFor();
    await press(page, 'Valider ces placements');
    await page.getByText('1 placement est validé').waitFor();

    await page.goto(made.file);
    await press(page, 'Inscrire dans la promotion');
    await page.getByText('L’inscription est notée.').waitFor();
    await page.getByRole('link', { name: 'Noter un contrat' }).click();
    await page.getByLabel(/^Employeur/).selectOption('ares');
    await page.locator('main form').getByRole('button').first().click();
    await page.getByLabel(/^Lieu de travail/).selectOption('ali-bobigny');
    await page.getByLabel(/^Premier jour du contrat/).fill('2026-12-01');
    await page.getByLabel(/^Signé le/).fill('2026-11-20');
    await page.getByLabel(/^Heures de formation/).fill('420');
    await press(page, 'Noter le contrat');
    await page.getByText('Le contrat est noté.').waitFor();
    await page.getByText('signé, commence le 1er décembre 2026').waitFor();
    const sheet = page.getByRole('link', { name: 'Feuille de vérification (PDF)' });
    const paper = await page.request.get(await sheet.getAttribute('href'));
    assert.equal(paper.headers()['content-type'], 'application/pdf');

    await page.goto(`${made.cohort}/alternants`);
    await page.getByRole('link', { name: 'Inès PARCOURS' }).first().waitFor();
  }));
