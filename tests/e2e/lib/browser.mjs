// The browser of the tests: Debian's Chromium, driven by playwright-core, kept on this machine and watched.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox', // the tests also run as root, in containers
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine can be reached, whatever a page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Speaks French like its users': date fields and what it says of a form come from the browser, not from the page. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, LANGUAGE: 'fr' } });
}

/**
 * Opens a page that is watched from its first request on.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} options
 * @returns {Promise<{page: import('playwright-core').Page, context: import('playwright-core').BrowserContext,
 *   assertClean: () => void}>} `assertClean` fails when a request left the machine, a script failed, the console
 *   reported an error or the content security policy refused something.
 */
export async function openPage(browser, options) {
  const context = await browser.newContext({
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const incidents = [];

  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && !LOOPBACK.has(hostname)) {
      incidents.push(`request to another machine: ${request.url()}`);
    }
  });
  context.on('weberror', (error) => incidents.push(`script error: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    // A page answered with an error status (a form with mistakes) is judged by the test that asked for it.
    if (message.text().startsWith('Failed to load resource') && message.location().url === page.url()) return;
    incidents.push(`console error: ${message.text()} (${message.location().url})`);
  });
  await context.exposeBinding('__reportPolicyViolation', (_, text) => incidents.push(`policy violation: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.__reportPolicyViolation(`${event.effectiveDirective} refused ${event.blockedURI || event.sample}`);
    });
  });

  return {
    page,
    context,
    assertClean: () => assert.deepEqual([...new Set(incidents)], [], `what the browser reported on ${page.url()}`),
  };
}
