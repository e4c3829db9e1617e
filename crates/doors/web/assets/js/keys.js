// The keyboard of office work: "/" searches, "?" shows the keys, j and k walk through a list,
// x chooses the line, Enter opens it. One-letter keys can be switched off (WCAG 2.1.4).
import { recall, remember } from "./store.js";

const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

export function watchKeys() {
  const help = document.getElementById("raccourcis");
  const choice = document.querySelector("[data-keys-choice]");
  if (choice) {
    choice.checked = recall("touches") !== "non";
    choice.addEventListener("change", () => remember("touches", choice.checked ? "" : "non"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (recall("touches") === "non" || document.querySelector("dialog[open]")) return;
    const act = {
      "/": () => document.querySelector("input[name='q']")?.focus(),
      "?": () => help?.showModal(),
      j: () => walk(1),
      k: () => walk(-1),
      x: () => row()?.querySelector("input[name='choix']")?.click(),
    }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

const row = () => document.activeElement.closest("[data-list] tbody tr");

// The line in hand is the one whose link has the focus: Enter then opens it, as any link.
function walk(step) {
  const list = document.activeElement.closest("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  const rows = [...list.querySelectorAll("tbody tr")];
  const place = rows.indexOf(row());
  const next = rows[place < 0 ? 0 : Math.min(Math.max(place + step, 0), rows.length - 1)];
  (next?.querySelector("a[href]") ?? next?.querySelector("input"))?.focus();
}
