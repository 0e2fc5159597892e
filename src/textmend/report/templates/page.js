// The page at work: documents opened, the threshold moved, edits visited and decided, by pointer and
// by key. Start reading at `openDocument`, then at `decide`.

const page = Object.fromEntries(
  ["text", "list", "evidence", "slider", "threshold", "counts", "verdict", "chart", "letters"]
    .concat(["name", "show", "said", "none", "beside"])
    .map((id) => [id, document.getElementById(id)]),
);
const groups = data.groups;
const narrow = matchMedia("(max-width: 60rem)");
let current; // the edit that next and previous go on from, and that Tab comes to
let closing; // the timer that closes a card after the pointer has left

function openDocument(number) {
  closeCard();
  current = undefined;
  review.open = number;
  const doc = documents[number];
  page.name.textContent = visible(doc.name) + (doc.source ? ` (${visible(doc.source)})` : "");
  page.verdict.textContent = doc.verdict;
  page.chart.hidden = doc.evidence.length === 0;
  page.none.hidden = doc.edits.length > 0;
  page.beside.hidden = doc.edits.length === 0;
  showEvidence(doc, page.evidence);
  showText(doc, page.text);
  showList(doc, page.list);
  for (const edit of doc.edits) drawEdit(doc, edit);
  if (doc.edits.length) makeCurrent(doc.byDoubt[0]);
  for (const link of document.querySelectorAll("[data-document]")) {
    if (Number(link.dataset.document) === number) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  filterList();
  recount();
}

// What the reader decides: a text for the place of an edit, or undefined: let the threshold decide.
function decide(edit, text) {
  edit.decision = text;
  drawEdit(documents[review.open], edit);
  filterItem(edit);
  recount();
  remember();
  if (card.edit === edit) fillCard();
  page.said.textContent = `${quoted(standing(edit))}: ${stateWords[stateOf(edit)]}`;
}

// Only edits between the old threshold and the new one change.
function moveThreshold(threshold) {
  const doc = documents[review.open];
  const [low, high] = [threshold, review.threshold].sort((a, b) => a - b);
  review.threshold = threshold;
  for (const edit of doc.byDoubt) {
    if (edit.probability >= low && edit.probability < high) drawEdit(doc, edit);
  }
  if (card.edit) fillCard();
  recount();
}

function recount() {
  const counts = countsOf([documents[review.open]]);
  const decided = counts.accepted + counts.rejected + counts.chosen;
  const { standing: made, all, wrong } = counts;
  page.threshold.textContent = `${Math.round(100 * review.threshold)} %`;
  page.slider.setAttribute("aria-valuetext", page.threshold.textContent);
  page.counts.textContent =
    `${made.toLocaleString("en")} of ${all.toLocaleString("en")} edits made, ` +
    `${decided.toLocaleString("en")} decided by you; of the others ${doubtOf(wrong)} likely wrong`;
  groups.forEach((group, at) => {
    const sums = countsOf(group.documents.map((number) => documents[number]));
    document.getElementById(`edits-${at}`).textContent = sums.standing.toLocaleString("en");
    document.getElementById(`doubt-${at}`).textContent = group.damaged ? doubtOf(sums.wrong) : "–";
  });
}

function doubtOf(wrong) {
  return wrong === 0 ? "none" : wrong < 1 ? "hardly one" : Math.round(wrong).toLocaleString("en");
}

// The list shows all edits, or those that nobody has decided.
function filterItem(edit) {
  edit.item.parentNode.hidden = page.show.value === "open" && edit.decision !== undefined;
}

function filterList() {
  documents[review.open].edits.forEach(filterItem);
}

// One edit of the text and its item can be reached by Tab: 3,000 stops would be too many.
function makeCurrent(edit) {
  if (current) {
    current.mark.tabIndex = current.item.tabIndex = -1;
    current.item.removeAttribute("aria-current");
  }
  current = edit;
  edit.mark.tabIndex = edit.item.tabIndex = 0;
  edit.item.setAttribute("aria-current", "true");
}

// Go to an edit in the text.
function visit(edit) {
  makeCurrent(edit);
  edit.mark.scrollIntoView({ block: "center" });
  edit.mark.focus({ preventScroll: true });
  if (!narrow.matches) edit.item.scrollIntoView({ block: "nearest" });
  openCard(edit);
}

// The next or previous edit by doubt, of those that the list shows.
function step(by, order) {
  const edits = order === "text" ? documents[review.open].edits : documents[review.open].byDoubt;
  let at = current ? edits.indexOf(current) : 0;
  // The first step goes to the first edit, where nothing was visited yet.
  if (by > 0 && !card.edit && document.activeElement !== current?.mark && at === 0) at = -1;
  do at += by;
  while (edits[at]?.item.parentNode.hidden && order !== "text");
  if (edits[at]) visit(edits[at]);
  else page.said.textContent = by > 0 ? "This was the last edit." : "This was the first edit.";
}

function download(name, kind, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${kind};charset=utf-8` }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function fileName(doc) {
  const last = doc.name.split(/[\\/]/).pop().replace(unseen, "_");
  return /\.\w+$/.test(last) ? last : `${last || "mended"}.txt`;
}

function editOf(node) {
  const place = node.closest?.("[data-place]")?.dataset.place;
  return place === undefined ? undefined : documents[review.open].edits[Number(place)];
}

function act(key, edit) {
  if (/^\d$/.test(key)) {
    const text = chosenBy(edit, Number(key));
    if (text !== undefined) decide(edit, text);
  } else if (key === "a") decide(edit, edit.after);
  else if (key === "r") decide(edit, edit.before);
  else if (key === "u") decide(edit, undefined);
}

// Keys: letters wherever no list takes them, if the reader wants them; arrows on edits alone.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  const onEdit = target.closest(".edit") || target.closest("#list");
  if (key === "Escape" && card.edit) {
    const { mark } = card.edit;
    if (card.box.contains(target)) mark.focus();
    closeCard();
  } else if (onEdit && ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].includes(key)) {
    event.preventDefault();
    const by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    if (target.closest("#list")) stepInList(by);
    else step(by, "text");
  } else if (target.closest(".edit") && (key === "Enter" || key === " ")) {
    event.preventDefault();
    openCard(current);
    card.choices.querySelector("button").focus();
  } else if (page.letters.checked && !target.closest("select")) {
    const letter = key.toLowerCase();
    if (letter === "n" || letter === "p") step(letter === "n" ? 1 : -1);
    else if (/^[aru\d]$/.test(letter)) {
      const edit = card.edit ?? (onEdit ? current : undefined);
      if (edit) act(letter, edit);
    }
  }
});

function stepInList(by) {
  const edits = documents[review.open].byDoubt;
  let at = edits.indexOf(current) + by;
  while (edits[at]?.item.parentNode.hidden) at += by;
  if (!edits[at]) return;
  makeCurrent(edits[at]);
  edits[at].item.focus();
}

page.text.addEventListener("click", (event) => {
  const edit = editOf(event.target);
  if (!edit) return;
  makeCurrent(edit);
  edit.mark.focus({ preventScroll: true });
  openCard(edit);
});
page.text.addEventListener("focusin", (event) => {
  const edit = editOf(event.target);
  if (!edit) return;
  if (edit !== current) makeCurrent(edit);
  openCard(edit);
});
page.list.addEventListener("click", (event) => {
  const edit = editOf(event.target);
  if (edit) visit(edit);
});

// By hover, for a pointer that hovers; the card of an edit in focus comes back when it leaves.
page.text.addEventListener("pointerover", (event) => {
  const edit = event.pointerType === "touch" ? undefined : editOf(event.target);
  if (!edit) return;
  clearTimeout(closing);
  openCard(edit);
});
page.text.addEventListener("pointerout", (event) => {
  if (event.pointerType !== "touch" && editOf(event.target)) closeSoon();
});
// It closes where the reader turns to something else.
for (const kind of ["focusin", "pointerdown"]) {
  document.addEventListener(kind, ({ target }) => {
    if (!card.box.contains(target) && !page.text.contains(target)) closeCard();
  });
}
card.box.addEventListener("pointerenter", () => clearTimeout(closing));
card.box.addEventListener("pointerleave", closeSoon);

function closeSoon() {
  clearTimeout(closing);
  closing = setTimeout(() => {
    if (card.box.contains(document.activeElement)) return;
    const focused = editOf(document.activeElement);
    if (focused && page.text.contains(document.activeElement)) openCard(focused);
    else closeCard();
  }, 250);
}

card.box.addEventListener("click", (event) => {
  const { act: key, choice: number } = event.target.closest("button")?.dataset ?? {};
  const { edit } = card;
  if (!edit) return;
  if (key === "close") {
    closeCard();
    edit.mark.focus({ preventScroll: true });
    closeCard();
  } else if (key) act(key, edit);
  else if (number) {
    decide(edit, chosenBy(edit, Number(number)));
    card.choices.querySelector(`[data-choice="${number}"]`).focus();
  }
});
// Also where paragraphs above get their height only once they come into sight.
new ResizeObserver(() => card.edit && placeCard()).observe(page.text);

let drawn = false;
page.slider.addEventListener("input", () => {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    moveThreshold(Number(page.slider.value));
  });
});
page.slider.addEventListener("change", () => {
  moveThreshold(Number(page.slider.value));
  remember();
});
page.show.addEventListener("change", filterList);
document.getElementById("next").addEventListener("click", () => step(1));
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("get-text").addEventListener("click", () => {
  const doc = documents[review.open];
  download(fileName(doc), "text/plain", mendedText(doc));
});
document.getElementById("get-decisions").addEventListener("click", () => {
  download("decisions.json", "application/json", decisionsJson());
});
document.getElementById("forget").addEventListener("click", () => {
  const doc = documents[review.open];
  for (const edit of doc.edits.filter((each) => each.decision !== undefined)) {
    edit.decision = undefined;
    drawEdit(doc, edit);
  }
  if (card.edit) fillCard();
  filterList();
  recount();
  remember();
  page.said.textContent = "Your decisions about this document are undone.";
});

function numberInAddress() {
  const number = Number(location.hash.replace("#document-", "")) - 1;
  return documents[number] ? number : 0;
}

addEventListener("hashchange", () => {
  openDocument(numberInAddress());
  page.name.focus();
});

recall();
page.slider.value = String(review.threshold);
page.beside.open = !narrow.matches;
openDocument(numberInAddress());
document.getElementById("review").hidden = false;
