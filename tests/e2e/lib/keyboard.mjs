// Walks through a page with the Tab key alone, as an office worker does: every control is reached, in reading order,
// with a focus that is seen, without a trap; and the skip link skips.

import assert from 'node:assert/strict';

/** Keys one control may take for itself (the parts of a date, say) before we call it a trap. */
const PARTS_OF_A_CONTROL = 8;

/** @param {import('playwright-core').Page} page freshly loaded */
export async function assertKeyboardWalk(page) {
  const expected = await page.evaluate(prepareWalk);
  const visited = [];
  const problems = [];
  let previous;
  let stays = 0;

  for (let presses = 0; presses < expected.length * PARTS_OF_A_CONTROL + 20; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(readFocus);
    if (stop === undefined) break; // past the last control: the focus went back to the browser
    if (stop.at === previous) {
      stays += 1;
      if (stays > PARTS_OF_A_CONTROL) {
        problems.push(`keyboard trap: Tab does not leave ${stop.name}`);
        break;
      }
      continue;
    }
    if (stop.at === visited[0]) break; // once around
    previous = stop.at;
    stays = 0;
    if (stop.at === -1) {
      // Browsers let the keyboard into regions that scroll: an extra stop, not a mistake.
      if (!stop.scrolls) problems.push(`focus on something that is not a control: ${stop.name}`);
      continue;
    }
    visited.push(stop.at);
    if (!stop.visible) problems.push(`focus not visible on ${stop.name}`);
    if (!stop.uncovered) problems.push(`focused but hidden behind something: ${stop.name}`);
  }

  const missed = expected.filter((_, at) => !visited.includes(at));
  if (missed.length > 0) problems.push(`never reached with Tab: ${missed.join(' · ')}`);
  const outOfOrder = visited.find((at, step) => step > 0 && at < visited[step - 1]);
  if (outOfOrder !== undefined) problems.push(`reached out of reading order: ${expected[outOfOrder]}`);
  assert.deepEqual(problems, [], 'keyboard walk');
}

/** The first stop of the page is a link that leads past the navigation, into the main content. */
export async function assertSkipLink(page) {
  await page.evaluate(prepareWalk);
  await page.keyboard.press('Tab');
  const target = await page.evaluate(() => {
    const link = document.activeElement;
    return link?.matches('a[href^="#"]') ? document.getElementById(link.hash.slice(1))?.id : undefined;
  });
  assert.ok(target, 'the first Tab stop of the page must be a link to its main content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const landed = await page.evaluate((id) => {
    const main = document.getElementById(id);
    const follows = (element) => Boolean(main.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
    // Where nothing follows, the focus has gone around to the top.
    return follows(document.activeElement) || !window.__walk.controls.some(follows);
  }, target);
  assert.ok(landed, `after the skip link, Tab must continue inside or after #${target}`);
}

/** Runs in the page. Remembers the controls in document order and how each looks unfocused; answers their names. */
function prepareWalk() {
  const CANDIDATES =
    'a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex], [contenteditable=""], [contenteditable="true"]';
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');
  const isGroupsStop = (radio) => {
    const group = [...document.querySelectorAll('input[type=radio]')].filter(
      (other) => other.name === radio.name && other.form === radio.form && !other.disabled && shown(other),
    );
    return radio === (group.find((other) => other.checked) ?? group[0]);
  };
  const controls = [...document.querySelectorAll(CANDIDATES)].filter(
    (element) =>
      element.tabIndex >= 0 &&
      !element.matches(':disabled, input[type=hidden]') &&
      (!element.matches('summary') || element.matches('details > summary:first-of-type')) &&
      (!element.matches('input[type=radio][name]') || isGroupsStop(element)) &&
      shown(element),
  );
  const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? 'none' : style.outline;
    const { boxShadow, borderColor, backgroundColor, textDecoration, fill, stroke, strokeWidth } = style;
    return [outline, boxShadow, borderColor, backgroundColor, textDecoration, fill, stroke, strokeWidth].join('|');
  };
  // The mark may be drawn by the control, by its label, by the box around it or, on a map, by the shape inside.
  const looks = (element) =>
    [element, ...(element.labels ?? []), element.parentElement, element.parentElement?.parentElement, ...(element.closest('svg') ? element.children : [])]
      .filter((shownBy) => shownBy && shownBy !== document.body)
      .map(look)
      .join('\n');
  const name = (element) =>
    `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim().replaceAll(/\s+/g, ' ').slice(0, 50)}”`;
  if (document.activeElement !== document.body) {
    // The page focused a field by itself; the walk begins at the top all the same.
    document.body.tabIndex = -1;
    document.body.focus({ preventScroll: true });
    document.body.removeAttribute('tabindex');
  }
  window.__walk = { controls, looks, name, unfocused: controls.map(looks) };
  return controls.map(name);
}

/** Runs in the page. Where the focus is now, and whether a person sees it. */
function readFocus() {
  const { controls, looks, name, unfocused } = window.__walk;
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return undefined;
  const at = controls.indexOf(element);
  const box = element.getBoundingClientRect();
  const points = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1, 0.9].map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const seen = (hit) => hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
  return {
    at,
    name: name(element),
    scrolls: element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight,
    visible: at >= 0 && looks(element) !== unfocused[at],
    uncovered: box.width === 0 || points.some(([x, y]) => seen(document.elementFromPoint(x, y))),
  };
}
