// The officer who empties a queue: a filtered list decided at once, a colleague who was too late, the way back; then
// with the keyboard alone, and one person by hand. Everything is taken back: the demonstration stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const ROLE = 'Chargée de mission';

/** Narrows the queue to the commune of its first line. */
async function oneCommune(page) {
  await page.goto('/orientations');
  const commune = (await page.locator('#a-orienter tbody td[data-label="Commune"]').first().innerText()).trim();
  await page.getByLabel('Commune', { exact: true }).selectOption({ label: commune });
  await page.getByRole('button', { name: 'Filtrer' }).click();
  await page.waitForURL(/commune=93/);
  return page.locator('#a-orienter tbody tr').count();
}

/** What the printer would give of a letter is one A4 sheet. */
async function fitsOneSheet(page) {
  const sheet = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
  assert.equal(sheet.match(/\/Type\s*\/Page\b/g)?.length, 1, 'the letter prints on one sheet');
}

/** From the list to its preview, with every line under reserve ticked. */
async function preview(page) {
  await page.getByRole('link', { name: 'Préparer la décision de toute la liste' }).click();
  await page.getByRole('heading', { level: 1, name: 'Aperçu de la décision' }).waitFor();
  for (const box of await page.locator('input[type=checkbox][name=choix]').all()) await box.check();
}

const decide = (page) => page.locator('form[action="/orientations/lots"] button[type=submit]');

test('an officer empties a filtered queue, a colleague is told, the list is taken back', () =>
  visit(ROLE, {}, (page) =>
    visit(ROLE, {}, async (colleague) => {
      const waiting = await oneCommune(page);
      assert.notEqual(waiting, 0, 'the demonstration has people to orient');
      const filtered = page.url();
      await preview(page);
      await page.getByRole('heading', { name: 'Par structure' }).waitFor();
      const kept = await page.locator('#a-la-main tbody tr').count();
      await colleague.goto(filtered);
      await preview(colleague);

      await decide(page).click();
      await page.waitForURL(/\/orientations\/lots\/\d+/);
      await page.getByText(/personnes?\sorientées?/u).first().waitFor();
      const list = page.url();
      await page.goto(filtered);
      assert.equal(await page.locator('#a-orienter tbody tr').count(), kept, 'only those kept for a decision by hand wait');

      await decide(colleague).click();
      await colleague.waitForURL(/\/orientations\/lots\/\d+/);
      await colleague.getByText(/a déjà décidé de cette orientation le/).first().waitFor();

      await page.goto(list);
      await page.getByText(/Possible encore/).waitFor();
      await page.getByRole('button', { name: 'Annuler cette décision en lot' }).click();
      await page.getByText(/attendent de nouveau une orientation/).waitFor();
      await page.goto(filtered);
      assert.equal(await page.locator('#a-orienter tbody tr').count(), waiting, 'everybody waits again');
    }),
  ));

test('with the keyboard alone: lines chosen, previewed, decided, taken back', () =>
  visit(ROLE, {}, async (page) => {
    const reach = async (name) => {
      for (let presses = 0; presses < 400; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate(() => document.activeElement.textContent.trim())).startsWith(name)) return;
      }
      assert.fail(`Tab never reaches “${name}”`);
    };
    await page.goto('/orientations?delai=plus');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText(/2\slignes choisies/u).waitFor();
    await reach('Préparer la décision pour les lignes choisies');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Aperçu de la décision' }).waitFor();
    for (const box of await page.locator('input[type=checkbox][name=choix]').all()) {
      await box.focus();
      await page.keyboard.press('Space');
    }
    await reach('Décider pour');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/orientations\/lots\/\d+/);
    await page.getByText(/personnes?\sorientées?/u).first().waitFor();
    await reach('Annuler cette décision en lot');
    await page.keyboard.press('Enter');
    await page.getByText(/attendent de nouveau une orientation/).waitFor();
  }));

test('without JavaScript, one person is oriented by hand with a reason, and it is taken back', () =>
  visit(ROLE, { javaScriptEnabled: false }, async (page) => {
    await page.goto('/orientations');
    await page.locator('#a-orienter tbody th a').first().click();
    await page.getByRole('heading', { name: 'Ce que les règles proposent' }).waitFor();
    const paths = page.getByRole('group', { name: 'Parcours' }).getByRole('radio');
    const taken = await paths.evaluateAll((radios) => radios.findIndex((radio) => radio.checked));
    await paths.nth(taken === 2 ? 1 : 2).check();
    await page.getByRole('button', { name: 'Décider' }).click();
    await page.getByText('La décision diffère de la proposition').first().waitFor();
    await page.getByLabel(/Motif/).fill(`Convenu avec la personne lors de son appel. ${'Elle a dit pourquoi, et ce qu’elle attend de la structure. '.repeat(8)}`);
    await page.getByRole('button', { name: 'Décider' }).click();
    await page.getByText('L’orientation est décidée.').waitFor();
    await page.getByRole('link', { name: 'Lettre à la personne' }).click();
    await page.getByRole('heading', { level: 1, name: 'Votre orientation dans le cadre du RSA' }).waitFor();
    await page.getByText(/^Convenu avec la personne lors de son appel/).waitFor();
    await page.getByText('Direction de l’insertion').waitFor();
    await fitsOneSheet(page);
    await page.goBack();
    await page.getByRole('button', { name: 'Annuler cette décision' }).click();
    await page.getByText('ce qui valait avant elle vaut de nouveau').waitFor();
  }));

test('the letter of a decision prepared by the rules fits one sheet', () =>
  visit(ROLE, {}, async (page) => {
    await page.goto('/orientations/lots');
    // The first list that the demonstration decided: nobody has taken it back.
    await page.locator('a[href^="/orientations/lots/"]').last().click();
    await page.locator('#resultats tbody th a').first().click();
    await page.getByRole('link', { name: 'Lettre à la personne' }).click();
    await page.getByRole('heading', { name: 'Une décision préparée par un calcul' }).waitFor();
    await fitsOneSheet(page);
  }));
