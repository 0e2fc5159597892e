// The card of one edit: what stood there, why, what else it may be; and the reader's decision.
// It opens by hover, focus or touch, stays while the pointer is on it, and closes by Escape.
// Start reading at `openCard`.

const card = {
  box: document.getElementById("card"),
  title: document.getElementById("card-title"),
  why: document.getElementById("card-why"),
  choices: document.getElementById("card-choices"),
  state: document.getElementById("card-state"),
  edit: undefined,
};

function openCard(edit) {
  if (card.edit && card.edit !== edit) card.edit.mark.removeAttribute("aria-describedby");
  card.edit = edit;
  fillCard();
  card.box.hidden = false;
  edit.mark.setAttribute("aria-describedby", "card-why card-state");
  placeCard();
}

function closeCard() {
  if (!card.edit) return;
  card.edit.mark.removeAttribute("aria-describedby");
  card.edit = undefined;
  card.box.hidden = true;
}

function fillCard() {
  const { edit } = card;
  card.title.replaceChildren(...changeOf(documents[review.open], edit, edit.after));
  const stood = `Stood there: ${quoted(edit.before)} (line ${edit.line}, column ${edit.column}).`;
  card.why.textContent = `${stood} ${edit.why}`;
  card.state.textContent = `Now: ${quoted(standing(edit))}, ${stateWords[stateOf(edit)]}.`;
  const now = standing(edit);
  const rows = edit.choices.map(([text, probability], at) =>
    choice(at + 1, text, probability, now === text),
  );
  rows.push(choice(0, edit.before, leftAlone(edit), now === edit.before));
  card.choices.replaceChildren(...rows);
}

function choice(key, text, probability, stands) {
  const name = key ? quoted(text) : `as it stood: ${quoted(text)}`;
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", "data-choice": key, "aria-pressed": String(stands) },
      element("kbd", {}, String(key)),
      element("bdi", {}, name),
      element("span", { class: "sure" }, probability === undefined ? "under 1 %" : percent(probability)),
    ),
  );
}

// Below its edit, or above where there is no room; on a small screen the style puts it at the foot.
function placeCard() {
  const { box, edit } = card;
  const at = edit.mark.getClientRects()[0] ?? edit.mark.getBoundingClientRect();
  // Within the text, so that the list beside it stays in sight.
  const end = edit.mark.closest("#text").getBoundingClientRect().right;
  const left = Math.max(8, Math.min(at.left, end - box.offsetWidth));
  const below = at.bottom + box.offsetHeight < innerHeight || at.top < box.offsetHeight;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom : at.top - box.offsetHeight) + scrollY}px`;
}

// The text that a key or button of the card stands for; 0 is what stood there.
function chosenBy(edit, number) {
  return number === 0 ? edit.before : edit.choices[number - 1]?.[0];
}
