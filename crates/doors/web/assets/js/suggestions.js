// Fills the <datalist> of a field while one types, from an address that answers <option> lines.
export function watchSuggestions() {
  for (const field of document.querySelectorAll("input[data-suggestions]")) {
    let asked, pause;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      const text = field.value.trim();
      if (text.length < 2) return;
      pause = setTimeout(async () => {
        asked?.abort();
        asked = new AbortController();
        try {
          const address = new URL(field.dataset.suggestions, location.href);
          address.searchParams.set("q", text);
          const answer = await fetch(address, { signal: asked.signal });
          if (answer.ok) field.list.innerHTML = await answer.text();
        } catch { /* the text stays as typed, the server reads it */ }
      }, 150);
    });
  }
}
