// Signs in once per role through the form a person uses, and keeps the session for the next tests.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from './browser.mjs';

/** The role of pages that need no account. */
export const VISITOR = 'visitor';

/**
 * Context options for this role: base address and, but for visitors, the session.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {Awaited<ReturnType<import('./server.mjs').server>>} server
 * @param {string} role as printed by the demonstration, or VISITOR
 */
export async function as(browser, server, role) {
  if (role === VISITOR) return { baseURL: server.url };
  const storageState = join(server.sessions, `session-${role.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.json`);
  if (!existsSync(storageState)) {
    const { page, context, assertClean } = await openPage(browser, { baseURL: server.url });
    await signIn(page, server, role);
    assertClean();
    await context.storageState({ path: storageState });
    await context.close();
  }
  return { baseURL: server.url, storageState };
}

/** Signs in by the form, and ends on the page that follows. */
export async function signIn(page, server, role) {
  const account = server.accounts[role];
  assert.ok(account, `no account for the role “${role}”; the demonstration has: ${Object.keys(server.accounts).join(', ')}`);
  await page.goto('/connexion');
  await fillSignIn(page, account);
  await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
}

/** Fills and sends the form of the page /connexion. */
export async function fillSignIn(page, { email, password }) {
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.locator('form:has(input[type=password]) button[type=submit]').click();
}
