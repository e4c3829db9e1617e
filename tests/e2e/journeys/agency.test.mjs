// Half past eight in an agency: the head reads the board, shares people out, and takes it back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();
const HEAD = 'Responsable d’agence';

test('the head of an agency opens a figure, ticks two people, gives them to a colleague and takes it back', () =>
  visit(HEAD, {}, async (page) => {
    await page.goto('/');
    await page.getByRole('navigation', { name: 'Navigation principale' }).getByRole('link', { name: 'Agence', exact: true }).click();
    await page.getByRole('heading', { name: 'Charge par référent' }).waitFor();
    const figure = page.locator('.figure').filter({ hasText: 'Accompagnement effectif' }).first();
    const counted = Number((await figure.locator('b').innerText()).replaceAll(/\D/g, ''));
    assert.ok(counted > 1, 'the demonstration has people accompanied');
    await figure.getByRole('link', { name: /Voir les lignes/ }).click();
    await page.getByText(new RegExp(`(^|sur )${counted}\\spersonnes`)).first().waitFor();

    const names = page.locator('table[data-list] tbody th a');
    const first = await names.first().innerText();
    const boxes = page.locator('input[name=choix]');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole('button', { name: 'Répartir les personnes choisies' }).click();
    await page.getByText('Rien n’est écrit avant').waitFor();
    const choice = page.getByLabel(`À qui confier ${first}`);
    const before = await page.locator(`tr:has(select[aria-label="À qui confier ${first}"]) td[data-label="Référent aujourd’hui"]`).innerText();
    const others = (await choice.locator('option').allInnerTexts()).filter((name) => name !== before && name !== 'Laisser ainsi');
    await choice.selectOption({ label: others[0] });
    await page.getByRole('button', { name: 'Recalculer les charges' }).click();
    assert.equal(await page.getByLabel(`À qui confier ${first}`).locator('option:checked').innerText(), others[0], 'the choice stays');
    await page.getByLabel('Motif').fill('équilibre des charges');
    await page.getByRole('button', { name: 'Confier ces personnes' }).click();

    const undo = page.getByRole('button', { name: 'Annuler cette répartition' });
    await undo.waitFor();
    await page.getByRole('link', { name: first }).waitFor();
    await undo.click();
    await page.getByText('La répartition est annulée').waitFor();
    assert.equal(await undo.count(), 0, 'taken back once');
  }));

test('with the keyboard alone: j, x, Enter on the list of the agency', () =>
  visit(HEAD, {}, async (page) => {
    await page.goto('/agence/personnes?etape=accompanied');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    assert.equal(await page.locator('input[name=choix]:checked').count(), 1);
    const share = page.getByRole('button', { name: 'Répartir les personnes choisies' });
    await share.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Rien n’est écrit avant').waitFor();
    assert.equal(await page.locator('select[name^="pour-"]').count(), 1);
  }));

test('an absence is written down, told on the board, and taken back', () =>
  visit(HEAD, {}, async (page) => {
    await page.goto('/agence');
    const line = page.locator('#charges tbody tr').filter({ hasNotText: 'jusqu’au' }).filter({ hasNotText: 'part le' }).first();
    const name = await line.locator('th a').innerText();
    await line.locator('th a').click();
    await page.getByLabel('Dernier jour').fill('2026-11-27');
    await page.getByRole('button', { name: 'Noter l’absence' }).click();
    await page.getByText('L’absence est notée').waitFor();
    await page.getByText('congé jusqu’au 27').first().waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click();
    await page.getByText('L’absence est retirée').waitFor();
    await page.goto('/agence');
    const shown = page.locator('#charges tbody tr').filter({ hasText: name });
    assert.equal(await shown.filter({ hasText: '27 novembre' }).count(), 0);
  }));

test('what is late is past, and what is due this week is not', () =>
  visit(HEAD, {}, async (page) => {
    const reasons = async (need) => {
      await page.goto(`/agence/personnes?besoin=${need}`);
      return page.locator('main tbody tr').allInnerTexts();
    };
    const late = await reasons(15);
    assert.notEqual(late.length, 0, 'the demonstration has steps that are late');
    for (const line of late) assert.match(line, /prévue pour le .*(il y a|hier)/);
    for (const line of await reasons(17)) assert.doesNotMatch(line, /il y a|hier/);
  }));
