// Signing in and out, as every user of the demonstration does.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from '../lib/browser.mjs';
import { server } from '../lib/server.mjs';
import { signIn } from '../lib/session.mjs';

let browser;
let jonction;
before(async () => {
  [browser, jonction] = await Promise.all([launch(), server()]);
});
after(async () => {
  await browser?.close();
  await jonction?.stop();
});

test('each account of the demonstration signs in', async (t) => {
  const roles = Object.keys(jonction.accounts);
  assert.notEqual(roles.length, 0, 'the demonstration prints its accounts');
  for (const role of roles) {
    await t.test(role, async () => {
      const { page, context, assertClean } = await openPage(browser, { baseURL: jonction.url });
      await signIn(page, jonction, role);
      assertClean();
      await context.close();
    });
  }
});

test('a wrong password is told beside the form, without saying whether the account exists', async () => {
  const [{ email }] = Object.values(jonction.accounts);
  const messages = [];
  for (const address of [email, 'personne@exemple.fr']) {
    const { page, context, assertClean } = await openPage(browser, { baseURL: jonction.url });
    await page.goto('/connexion');
    await page.locator('input[type=email]').fill(address);
    await page.locator('input[type=password]').fill('ce n’est pas le bon');
    await page.locator('form:has(input[type=password]) button[type=submit]').click();
    messages.push(await page.getByRole('alert').first().innerText());
    assertClean();
    await context.close();
  }
  assert.equal(messages[0], messages[1]);
});
