// A person is found, read, read in the past, given a telephone; and nobody reads beyond their mandate.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const HEAD = 'Responsable d’agence';

/** The first people of the list of an agency: [name, address of the file]. */
const firstPeople = (page) =>
  page
    .locator('table[data-list] tbody a[href^="/personnes/"]')
    .evaluateAll((links) => links.map((link) => [link.textContent.trim(), link.getAttribute('href')]));

/** A name as somebody misspells it: its longest word with two letters the other way round. */
function misspelt(name) {
  const [longest] = name.split(/[\s-]+/).sort((a, b) => b.length - a.length);
  const at = longest.split('').findIndex((letter, i) => i > 0 && longest[i + 1] && longest[i + 1] !== letter);
  return name.replace(longest, longest.slice(0, at) + longest[at + 1] + longest[at] + longest.slice(at + 2));
}

test('the head of an agency finds somebody by a misspelt name, looks back, and adds a telephone', () =>
  visit(HEAD, {}, async (page) => {
    await page.goto('/personnes');
    const [name, href] = (await firstPeople(page)).find(([name]) => name.split(/[\s-]+/).some((word) => word.length > 5));

    const search = page.getByRole('search').first().getByRole('combobox');
    await search.fill(misspelt(name));
    await search.press('Enter');
    await page.waitForURL(/\/recherche\?/);
    await page.locator(`main a[href="${href}"]`).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();

    const back = new URLSearchParams({ au: '2026-03-03', connu: '2026-03-03' });
    await page.getByLabel('Situation du').fill(back.get('au'));
    await page.getByLabel('Telle qu’on la connaissait le').fill(back.get('connu'));
    await page.getByRole('button', { name: 'Montrer' }).click();
    await page.getByText('Ce que l’on savait le 3 mars 2026').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Enregistrer les coordonnées' }).count(), 0, 'the past is read only');
    await page.getByRole('link', { name: 'Revenir à aujourd’hui' }).click();

    const phone = page.getByLabel('Téléphone');
    const former = await phone.inputValue();
    await phone.fill('06 39 98 12 34');
    await page.getByRole('button', { name: 'Enregistrer les coordonnées' }).click();
    assert.match(await phone.inputValue(), /^06.39.98.12.34$/u);
    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click();
    assert.equal(await phone.inputValue(), former, 'undone');
  }));

test('a person out of reach does not exist', async () => {
  let inReach;
  await visit(HEAD, {}, async (page) => {
    await page.goto('/personnes');
    inReach = (await firstPeople(page)).map(([, href]) => href);
  });
  let outOfReach;
  await visit('Gestion des flux', {}, async (page) => {
    await page.goto('/personnes');
    const lines = page.locator('table[data-list] tbody tr').filter({ hasNotText: 'Saint-Denis' });
    outOfReach = await lines.first().locator('a').first().getAttribute('href');
    assert.equal((await page.goto(outOfReach)).status(), 200);
  });
  await visit(HEAD, {}, async (page) => {
    assert.equal((await page.goto(outOfReach)).status(), 404);
    const heading = await page.getByRole('heading', { level: 1 }).innerText();
    assert.equal((await page.goto('/personnes/999999999')).status(), 404);
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), heading, 'no difference with nobody');
    assert.equal((await page.goto(inReach[0])).status(), 200);
  });
});

test('without JavaScript, a file is found, read, and a telephone written down', () =>
  visit(HEAD, { javaScriptEnabled: false }, async (page) => {
    await page.goto('/personnes');
    const [[name]] = await firstPeopleWithoutScript(page);
    await page.getByRole('search').first().locator('input[name=q]').fill(name);
    await page.getByRole('button', { name: 'Chercher' }).first().click();
    await page.locator('main').getByRole('link', { name }).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const phone = page.getByLabel('Téléphone');
    await phone.fill('0639981235');
    await page.getByRole('button', { name: 'Enregistrer les coordonnées' }).click();
    assert.match(await page.getByLabel('Téléphone').inputValue(), /35$/);
    await page.getByRole('button', { name: 'Annuler' }).first().click();
    assert.doesNotMatch(await page.getByLabel('Téléphone').inputValue(), /35$/);
  }));

/** As {@link firstPeople}, where no script may run in the page. */
async function firstPeopleWithoutScript(page) {
  const link = page.locator('table tbody a[href^="/personnes/"]').first();
  return [[(await link.innerText()).trim(), await link.getAttribute('href')]];
}

test('a file is printed on two sheets at most', () =>
  visit(HEAD, {}, async (page) => {
    await page.goto('/personnes');
    for (const [name, href] of (await firstPeople(page)).slice(0, 3)) {
      await page.goto(href);
      const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g);
      assert.ok(sheets.length <= 2, `${sheets.length} sheets for ${name}`);
    }
  }));
