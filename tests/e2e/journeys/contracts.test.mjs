// A contract as it lives: a stay with another employer and its convention, an amendment, an invoice and its payment.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHOOL_HEAD, fits } from '../lib/school.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const PHONE = { viewport: { width: 360, height: 800 } };
const press = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();

/** The contract of somebody of the demonstration's cohort, sent to the OPCO and running. */
async function runningContract(page) {
  await page.goto('/ecole');
  await page.locator('main').getByRole('link', { name: /CIP-2026-1|2026/ }).first().click();
  await page.getByRole('link', { name: 'Alternants', exact: true }).click();
  const line = page.getByRole('row').filter({ hasText: 'en cours, accord attendu' }).last();
  await line.getByRole('link', { name: /^Contrat/ }).click();
  await page.getByRole('heading', { name: 'Ce que dit le contrat' }).waitFor();
  return new URL(page.url()).pathname;
}

test('a stay elsewhere is refused beyond the law, noted, printed, corrected and withdrawn', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    const contract = await runningContract(page);
    await page.getByRole('link', { name: 'Noter un accueil ailleurs' }).click();
    await page.getByLabel(/^Entreprise/).selectOption('relais-solidaires');
    await page.locator('main form').getByRole('button').first().click();
    await page.getByLabel(/^Lieu d’accueil/).selectOption('ali-stains');
    await page.getByLabel(/^Premier jour/).fill('2026-12-01');
    await page.getByLabel(/^Dernier jour/).fill('2027-08-31');
    await page.getByLabel(/^Nature des tâches/).fill('Accueil du public');
    await press(page, 'Enregistrer l’accueil');
    await page.getByText(/50\s% au plus/).first().waitFor();
    assert.equal(await page.getByLabel(/^Nature des tâches/).inputValue(), 'Accueil du public', 'nothing typed is lost');
    await page.getByLabel(/^Dernier jour/).fill('2026-12-18');
    await press(page, 'Enregistrer l’accueil');
    await page.getByText('L’accueil est noté.').waitFor();

    const paper = await page.request.get(
      await page.locator('#accueils').getByRole('link', { name: /^Convention \(PDF\)/ }).last().getAttribute('href'),
    );
    assert.equal(paper.headers()['content-type'], 'application/pdf');
    await page.locator('#accueils').getByRole('link', { name: /^Modifier/ }).last().click();
    await page.getByLabel(/^Horaires/).fill('De 9 h à 17 h');
    await press(page, 'Enregistrer l’accueil');
    await page.getByText('L’accueil est noté.').waitFor();
    await page.locator('#accueils').getByRole('link', { name: /^Modifier/ }).last().click();
    assert.equal(await page.getByLabel(/^Horaires/).inputValue(), 'De 9 h à 17 h');
    await page.getByLabel(/^Pourquoi/).fill('N’aura pas lieu');
    await press(page, 'Retirer cet accueil');
    await page.getByText('L’accueil est retiré.').waitFor();
    assert.equal(new URL(page.url()).pathname, contract);
  }));

test('an amendment changes what it may, from its day on', () =>
  visit(SCHOOL_HEAD, PHONE, async (page) => {
    await runningContract(page);
    await page.getByRole('link', { name: 'Noter un avenant' }).click();
    await page.getByLabel(/^L’avenant prend effet le/).fill('2026-12-01');
    await press(page, 'Noter l’avenant');
    await page.getByText('Rien ne change').first().waitFor();
    await page.getByLabel(/^Salaire mensuel/).fill('1950,00');
    await press(page, 'Noter l’avenant');
    await page.getByText('L’avenant est noté.').waitFor();
    await page.getByText(/1\s950,00\s€/).first().waitFor();
    await fits(page, 360);
  }));

test('what is to be invoiced is offered, noted, and answered by a payment', () =>
  visit(SCHOOL_HEAD, {}, async (page) => {
    await runningContract(page);
    const money = page.locator('#versements').first();
    await page.getByText('à facturer', { exact: true }).first().waitFor();
    await page.getByLabel(/^Numéro de la facture/).fill('F-PARCOURS-1');
    await page.getByLabel(/^Montant, en euros/).fill('beaucoup');
    await press(page, 'Noter la facture');
    await page.getByText('Écrivez le montant en euros').first().waitFor();
    await page.getByLabel(/^Montant, en euros/).fill('3857,26');
    await press(page, 'Noter la facture');
    await page.getByText('La facture est notée.').waitFor();
    await press(page, 'Noter le versement');
    await page.getByText('Le versement est noté.').waitFor();
    await money.waitFor();
    await page.getByText(/^payé le/).first().waitFor();
  }));
