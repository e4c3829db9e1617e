// A morning without a mouse: to the content, to the search, down a list, into a file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.mjs';

const { visit } = suite();

test('with the keyboard alone: skip link, "/", j, k, Enter', () =>
  visit('Conseillère', {}, async (page) => {
    const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.name);
    await page.goto('/personnes');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await focus(), 'contenu', 'the skip link leads to the content');

    const hrefs = await page.locator('table[data-list] tbody th a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    await page.keyboard.press('j');
    assert.equal(await focus(), hrefs[0]);
    await page.keyboard.press('j');
    assert.equal(await focus(), hrefs[1]);
    await page.keyboard.press('k');
    assert.equal(await focus(), hrefs[0]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${hrefs[0]}`);

    await page.keyboard.press('/');
    assert.equal(await focus(), 'q', '"/" leads to the search');
    await page.keyboard.type('benali');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/recherche?q=benali');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Raccourcis clavier' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }));
