// A counsellor on a telephone: who needs me, an interview, and what comes of it, in one form.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const PHONE = { viewport: { width: 360, height: 800 } };

test('a counsellor on a telephone writes down an interview in one go', () =>
  visit('Conseillère', PHONE, async (page) => {
    await page.goto('/suivi');
    await page.locator('table[data-list] tbody th a').first().click();
    await page.waitForURL(/\/personnes\/\d+\/suivi$/);
    const path = new URL(page.url()).pathname;
    const form = page.locator('#apres-formulaire');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `the page is ${width} px wide`);

    // A meeting for today, then its outcome.
    await form.getByLabel('Prochain rendez-vous', { exact: true }).fill('2026-11-22');
    await form.getByLabel('Heure').fill('14:30');
    await form.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('C’est enregistré').waitFor();
    await page.goto('/suivi/agenda?vue=jour');
    await page.getByText('14 h 30').first().waitFor();
    await page.goto(path);

    await form.getByLabel('Honoré', { exact: true }).check();
    await form.getByRole('textbox', { name: 'Note' }).fill('Projet dans la logistique.');
    await form.getByLabel('Prochaine action').fill('Apporter le permis');
    await form.getByLabel('Prochain rendez-vous', { exact: true }).fill('2026-12-07');
    await form.getByLabel('Heure').fill('09:00');
    await form.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('C’est enregistré').waitFor();
    for (const told of ['Projet dans la logistique.', 'Apporter le permis', '7 décembre 2026 à 9 h 00']) {
      await page.getByText(told).first().waitFor();
    }

    const step = page.locator('#actions tr').filter({ hasText: 'Apporter le permis' });
    await step.getByRole('button', { name: 'Faite' }).click();
    await page.getByText('L’action est faite').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click();
    await page.getByText('L’action est de nouveau à faire').waitFor();
  }));

test('with the keyboard alone: from the list to the note', () =>
  visit('Conseillère', {}, async (page) => {
    await page.goto('/suivi');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/suivi$/);
    await page.getByRole('textbox', { name: 'Note' }).focus();
    await page.keyboard.type('Écrite au clavier.');
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.textContent.trim() === 'Enregistrer')) break;
    }
    await page.keyboard.press('Enter');
    await page.getByText('Écrite au clavier.').first().waitFor();
  }));
