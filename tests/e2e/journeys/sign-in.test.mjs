// Signing in, as every user of the demonstration does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSignIn, signIn, VISITOR } from '../lib/session.mjs';
import { suite } from '../lib/suite.mjs';

const it = suite();

test('each account of the demonstration signs in', async (t) => {
  const roles = Object.keys(it.jonction.accounts);
  assert.notEqual(roles.length, 0, 'the demonstration prints its accounts');
  for (const role of roles) {
    await t.test(role, () => it.visit(VISITOR, {}, (page) => signIn(page, it.jonction, role)));
  }
});

test('a refused sign-in does not say whether the account exists', async () => {
  const [{ email }] = Object.values(it.jonction.accounts);
  const messages = [];
  for (const address of [email, 'personne@exemple.fr']) {
    await it.visit(VISITOR, {}, async (page) => {
      await page.goto('/connexion');
      await fillSignIn(page, { email: address, password: 'ce n’est pas le bon' });
      messages.push(await page.getByRole('alert').first().innerText());
    });
  }
  assert.equal(messages[0], messages[1]);
});
