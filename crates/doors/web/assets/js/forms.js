// Sends a form once, shows errors first, counts the chosen lines.
export function watchForms() {
  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // A page brought back by "Précédent" can send again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });

  for (const form of document.querySelectorAll("form[data-bulk]")) {
    const all = form.querySelector("[data-choose-all]");
    const boxes = [...form.querySelectorAll("input[name='choix']")];
    const said = form.querySelector("[data-chosen]");
    const count = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
      said.textContent = chosen < 2 ? `${chosen} ligne choisie` : `${chosen} lignes choisies`;
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
    });
    form.addEventListener("change", count);
    count();
  }
}
