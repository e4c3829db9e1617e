// A social worker who stays in charge and a counsellor of the district share a case, not its secrets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();

test('a social worker asks for support, the district accepts, and secret notes stay apart', async () => {
  let path;
  await visit('Travailleuse sociale', {}, async (page) => {
    await page.goto('/personnes');
    const links = page.locator('table[data-list] tbody th a');
    const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    // The first of the sector whose case is not shared yet.
    for (const href of hrefs) {
      await page.goto(`${href}/suivi`);
      if ((await page.getByRole('button', { name: 'Demander un appui' }).count()) === 1) {
        path = `${href}/suivi`;
        break;
      }
    }
    assert.ok(path, 'somebody for whom support can be asked');
    await page.getByLabel('Ce que vous attendez').fill('Chercher une formation');
    await page.getByRole('button', { name: 'Demander un appui' }).click();
    await page.getByText('La demande est envoyée').waitFor();
    await page.getByRole('textbox', { name: 'Note' }).fill('Reste au service social.');
    await page.getByLabel('Réservée au service social').check();
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Reste au service social.').waitFor();
  });
  await visit('Conseillère sociale', {}, async (page) => {
    await page.goto('/appuis');
    const line = page.locator('tr').filter({ has: page.locator(`a[href="${path}#appui"]`) }).first();
    await line.getByRole('button', { name: 'Accepter' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Vous appuyez maintenant cette personne').waitFor();
    await page.getByText(/1.note réservée au service social/).waitFor();
    assert.equal(await page.getByText('Reste au service social.').count(), 0);
    await page.getByLabel('Où en est la personne').fill('Inscrite en formation');
    await page.getByRole('button', { name: 'Terminer l’appui' }).click();
    await page.getByText('L’appui est terminé').waitFor();
  });
  await visit('Travailleuse sociale', {}, async (page) => {
    await page.goto(path);
    await page.getByText('Inscrite en formation').first().waitFor();
  });
});
