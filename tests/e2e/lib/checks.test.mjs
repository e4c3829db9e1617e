// The checks themselves: each must let a sound page pass and refuse the fault it is there for.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './a11y.mjs';
import { launch, openPage } from './browser.mjs';
import { assertKeyboardWalk, assertSkipLink } from './keyboard.mjs';
import { assertNoHorizontalScroll, assertWellFormed } from './structure.mjs';

const STYLE = 'body { font: 16px sans-serif; color: #111; background: #fff } :focus-visible { outline: 3px solid #00f } a, button { padding: 6px; display: inline-block }';

const page = (body, { style = '', head = '<title>Essai</title>', lang = 'fr' } = {}) =>
  `<!doctype html><html lang="${lang}"><head>${head}<style>${STYLE}${style}</style></head><body>${body}</body></html>`;

const SOUND = page(`
  <a href="#contenu">Aller au contenu</a>
  <nav aria-label="Principale"><a href="/a">Accueil</a> <a href="/b">Personnes</a></nav>
  <main id="contenu" tabindex="-1"><h1>Essai</h1>
    <p>Prêt${'\u00a0'}? «${'\u00a0'}Oui${'\u00a0'}»</p>
    <form><label>Nom <input name="nom" autofocus></label>
      <label>Né le <input type="date" name="jour"></label>
      <fieldset><legend>Choix</legend>
        <label><input type="radio" name="c" value="1"> Un</label> <label><input type="radio" name="c" value="2" checked> Deux</label>
      </fieldset>
      <button disabled>Plus tard</button> <button>Envoyer</button></form>
    <details><summary>Détail</summary><a href="/c">Caché</a></details>
  </main>`);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function on(html, check, width = 320) {
  const { page, context } = await openPage(browser, { viewport: { width, height: 600 } });
  await page.setContent(html);
  try {
    await check(page);
  } finally {
    await context.close();
  }
}

const CHECKS = [assertAccessible, assertKeyboardWalk, assertSkipLink, assertNoHorizontalScroll, assertWellFormed];
for (const check of CHECKS) {
  test(`${check.name} lets a sound page pass`, () => on(SOUND, (page) => check(page, () => {})));
}

const FAULTS = [
  ['text too pale', assertAccessible, page('<main><h1 style="color:#bbb">Essai</h1></main>'), /color-contrast/],
  ['a field without a name', assertAccessible, page('<main><h1>Essai</h1><input></main>'), /label/],
  ['a focus that is not seen', assertKeyboardWalk, page('<a href="/a">A</a>', { style: ':focus-visible { outline: none }' }), /not visible/],
  ['a focus behind a fixed bar', assertKeyboardWalk, page('<a href="/a">A</a><div style="position:fixed;inset:0;background:#fff">Bandeau</div>'), /hidden behind/],
  ['a trap', assertKeyboardWalk, page('<button onkeydown="event.preventDefault()">A</button><button>B</button>'), /trap/],
  ['an order that jumps', assertKeyboardWalk, page('<button>A</button><button tabindex="1">B</button>'), /reading order/],
  ['no skip link', assertSkipLink, page('<a href="/a">A</a><main id="contenu"><button>B</button></main>'), /main content/],
  ['a skip link that does not skip', assertSkipLink, page('<a href="#contenu" onclick="event.preventDefault()">Passer</a><a href="/a">A</a><main id="contenu"><button>B</button></main>'), /continue inside/],
  ['a page wider than the phone', assertNoHorizontalScroll, page('<div style="width:500px">Large</div>'), /508 px wide/],
  ['two main headings', assertWellFormed, page('<h1>A</h1><h1>B</h1>'), /one h1/],
  ['no title', assertWellFormed, page('<h1>A</h1>', { head: '' }), /title/],
  ['another language', assertWellFormed, page('<h1>A</h1>', { lang: 'en' }), /language/],
  ['an id twice', assertWellFormed, page('<h1 id="a">A</h1><p id="a"></p>'), /more than once/],
  ['a space that breaks', assertWellFormed, page('<h1>Vraiment ?</h1>'), /should not break/],
];
for (const [fault, check, html, message] of FAULTS) {
  test(`${check.name} refuses ${fault}`, () => on(html, (page) => assert.rejects(check(page, () => {}), message)));
}

test('the browser speaks French', () =>
  on(page('<input required>'), async (page) => {
    const told = await page.locator('input').evaluate((input) => input.validationMessage);
    assert.match(told, /Veuillez/, 'install the translations of Chromium (Debian: chromium-l10n)');
  }));

test('what the browser reports is not lost', async () => {
  const { page, context, assertClean } = await openPage(browser, {});
  assertClean();
  await page.setContent('<img src="http://exemple.invalid/x.png"><script>undefinedFunction()</script>');
  assert.throws(assertClean, /undefinedFunction/);
  assert.throws(assertClean, /another machine/);
  await context.close();
});

test('a refusal of the content security policy is reported', async () => {
  const { page, context, assertClean } = await openPage(browser, {});
  await context.route('http://127.0.0.1/', (route) =>
    route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': "default-src 'none'" }, body: '<p style="color:red">x</p>' }),
  );
  const told = page.waitForEvent('console');
  await page.goto('http://127.0.0.1/');
  await told;
  assert.throws(assertClean, /policy|security/i);
  await context.close();
});
