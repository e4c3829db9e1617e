// Somebody new: an account, a mandate, a first session with a password of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSignIn, VISITOR } from '../lib/session.mjs';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const EMAIL = 'lina.essai@demonstration.example';
const OWN_PASSWORD = 'Bruyere-Orange-47-Loin';

test('an account is opened, given a mandate, and its owner chooses a password', async () => {
  let temporary;
  await visit('Administration', {}, async (page) => {
    await page.goto('/administration/comptes');
    await page.getByRole('link', { name: 'Créer un compte' }).first().click();
    await page.getByLabel('Prénom et nom').fill('Lina Essai');
    await page.getByLabel('Adresse électronique professionnelle').fill(EMAIL);
    await page.getByRole('button', { name: 'Créer le compte' }).click();
    temporary = (await page.getByRole('status').locator('code').innerText()).trim();
    await page.reload();
    assert.equal(await page.getByText(temporary).count(), 0, 'shown once');

    await page.getByLabel('Organisation').selectOption({ label: 'Objectif Emploi' });
    await page.getByLabel('Rôle').selectOption('agency_head');
    await page.getByLabel('Structure').selectOption('ali-saint-denis');
    await page.getByLabel('Premier jour').fill('2026-11-22');
    await page.getByRole('button', { name: 'Donner ce mandat' }).click();
    await page.getByText('Le mandat est donné.').waitFor();
  });

  await visit(VISITOR, {}, async (page) => {
    await page.goto('/connexion');
    await fillSignIn(page, { email: EMAIL, password: temporary });
    await page.waitForURL('**/compte/mot-de-passe');
    await page.goto('/personnes');
    assert.equal(new URL(page.url()).pathname, '/compte/mot-de-passe', 'nothing else before a password of one’s own');

    await page.getByLabel('Mot de passe actuel').fill(temporary);
    await page.getByLabel('Nouveau mot de passe', { exact: true }).fill(OWN_PASSWORD);
    await page.getByLabel('Nouveau mot de passe, encore une fois').fill(OWN_PASSWORD);
    await page.getByRole('button', { name: 'Changer le mot de passe' }).click();
    await page.getByText('Votre mot de passe est changé').waitFor();
    await page.goto('/personnes');
    await page.getByRole('heading', { level: 1, name: 'Personnes' }).waitFor();
  });
});
