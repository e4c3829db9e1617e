// What every page owes its readers, beyond what axe-core asks: checked on the page as served.

import assert from 'node:assert/strict';

/** One main heading, a title, the language, unique ids, and French typography. */
export async function assertWellFormed(page) {
  const found = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return {
      language: document.documentElement.lang,
      title: document.title.trim(),
      headings: [...document.querySelectorAll('h1')].map((heading) => heading.textContent.trim()),
      repeatedIds: [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))],
    };
  });
  assert.equal(found.language, 'fr', 'language of the page');
  assert.notEqual(found.title, '', 'title of the page');
  assert.equal(found.headings.length, 1, `one h1 expected, found: ${JSON.stringify(found.headings)}`);
  assert.notEqual(found.headings[0], '', 'text of the h1');
  assert.deepEqual(found.repeatedIds, [], 'ids used more than once');
  assert.deepEqual(await breakableTypography(page), [], 'spaces that should not break (before : ; ! ? » and after «)');
}

/** Visible text where an ordinary space stands where French wants one that does not break. */
function breakableTypography(page) {
  return page.evaluate(() => {
    const wrong = /\S*[ \n\t]+[:;!?»](?=\s|$)|«[ \n\t]+\S*/gu;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.parentElement.closest('code, pre, kbd, samp, script, style, template, textarea, [lang]:not([lang|=fr])')) continue;
      for (const [excerpt] of text.data.matchAll(wrong)) found.add(excerpt.trim());
    }
    return [...found];
  });
}

/** WCAG 1.4.10: at this width nothing but marked scrolling regions needs a second direction of scrolling. */
export async function assertNoHorizontalScroll(page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = (element) => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX);
    const insideScroller = (element) => {
      for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) {
        if (scrolls(parent)) return true;
      }
      return false;
    };
    const tooWide = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !insideScroller(element))
      .slice(0, 10)
      .map((element) => `${element.cloneNode(false).outerHTML.slice(0, 120)} ends at ${Math.round(element.getBoundingClientRect().right)} px`);
    return [`the page is ${document.documentElement.scrollWidth} px wide in a window of ${width} px`, ...tooWide];
  });
  assert.deepEqual(wide, [], 'horizontal scrolling');
}
