// Everything works without these modules; they make it quicker under the hand.
import { watchForms } from "./forms.js";
import { watchKeys } from "./keys.js";
import { watchProgress } from "./progress.js";
import { watchSuggestions } from "./suggestions.js";
import { remember } from "./store.js";

const theme = document.querySelector("[data-theme-choice]");
if (theme) {
  theme.value = document.documentElement.dataset.theme ?? "";
  theme.addEventListener("change", () => {
    remember("theme", theme.value);
    if (theme.value) document.documentElement.dataset.theme = theme.value;
    else delete document.documentElement.dataset.theme;
  });
}

// Browsers that do not know command="show-modal" yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[command='show-modal']");
    if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}

watchForms();
watchKeys();
watchProgress();
watchSuggestions();
