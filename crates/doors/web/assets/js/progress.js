// Renews [data-poll] until the answer has no data-poll any more, then goes where data-then says.
const PAUSE = 1500;

export function watchProgress() {
  for (const element of document.querySelectorAll("[data-poll]")) setTimeout(renew, PAUSE, element);
}

async function renew(element) {
  if (!element.isConnected) return;
  try {
    const answer = await fetch(element.dataset.poll, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.body.firstElementChild;
    if (!fresh) return;
    update(element, fresh);
    if (element.dataset.poll) setTimeout(renew, PAUSE, element);
    else if (element.dataset.then) location.assign(element.dataset.then);
  } catch {
    setTimeout(renew, 4 * PAUSE, element); // The network may come back.
  }
}

// Kept in place rather than replaced: a status read aloud must be the same element.
function update(element, fresh) {
  for (const name of ["poll", "then"]) {
    if (name in fresh.dataset) element.dataset[name] = fresh.dataset[name];
    else delete element.dataset[name];
  }
  for (const part of [".progress-head", ".progress-detail"]) {
    const [own, other] = [element.querySelector(part), fresh.querySelector(part)];
    if (own && other && own.innerHTML !== other.innerHTML) own.innerHTML = other.innerHTML;
  }
  const [bar, other] = [element.querySelector("progress"), fresh.querySelector("progress")];
  if (other.hasAttribute("value")) bar.value = other.value;
  else bar.removeAttribute("value");
}
