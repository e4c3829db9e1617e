// A doubtful match is decided by a person, who may change their mind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();

test('a data manager decides a match and takes it back', () =>
  visit('Gestion des flux', {}, async (page) => {
    await page.goto('/rapprochements');
    const forms = page.locator('form[action^="/rapprochements/"]:has(button:text("Deux personnes"))');
    const waiting = await forms.count();
    assert.notEqual(waiting, 0, 'the demonstration has matches to decide');
    const action = await forms.first().getAttribute('action');

    await forms.first().getByRole('button', { name: 'Deux personnes' }).click();
    await page.getByText('Les deux fiches restent séparées').waitFor();
    assert.equal(await page.locator(`form[action="${action}"]`).count(), 0, 'decided');

    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click();
    await page.getByText('La décision est annulée').waitFor();
    assert.notEqual(await page.locator(`form[action="${action}"]`).count(), 0, 'waiting again');
  }));
