// The review: which edits stand, who decided that, and the text that they make. No document object
// model here. Each edit of the data gets `decision`, the text that the reader chose for its place
// (undefined while the threshold decides). Start reading at `standing`.

const data = JSON.parse(document.getElementById("data").textContent);
const review = { threshold: data.threshold, open: 0 };
const documents = data.documents;
const storageKey = `textmend ${document.documentElement.dataset.key}`;

documents.forEach((each) => {
  each.edits.forEach((edit, place) => {
    edit.place = place;
    edit.decision = undefined;
    edit.choices = choicesOf(edit);
  });
  // The most doubtful first.
  each.byDoubt = [...each.edits].sort((a, b) => a.probability - b.probability || a.place - b.place);
});

// What may stand at an edit, the likeliest first, without what stood there: [text, probability].
function choicesOf(edit) {
  const others = edit.alternatives.filter(([text]) => text !== edit.before && text !== edit.after);
  return [[edit.after, edit.probability], ...others];
}

// The probability that what stood there is right, where it is known.
function leftAlone(edit) {
  const found = edit.alternatives.find(([text]) => text === edit.before);
  return found ? found[1] : undefined;
}

// The text that stands at an edit.
function standing(edit) {
  if (edit.decision !== undefined) return edit.decision;
  return edit.probability >= review.threshold ? edit.after : edit.before;
}

// Why it stands: "made" or "left" by the threshold; "accepted", "rejected" or "chosen" by the reader.
function stateOf(edit) {
  if (edit.decision === undefined) return edit.probability >= review.threshold ? "made" : "left";
  if (edit.decision === edit.before) return "rejected";
  return edit.decision === edit.after ? "accepted" : "chosen";
}

// The mended text of a document as it stands.
function mendedText(doc) {
  return doc.pieces.map((piece, at) => (at ? standing(doc.edits[at - 1]) : "") + piece).join("");
}

// How many edits of some documents are in each state, and how many of those made are likely wrong.
function countsOf(docs) {
  const counts = { made: 0, left: 0, accepted: 0, rejected: 0, chosen: 0, all: 0, wrong: 0 };
  for (const doc of docs) {
    for (const edit of doc.edits) {
      const state = stateOf(edit);
      counts[state] += 1;
      counts.all += 1;
      if (state === "made") counts.wrong += 1 - edit.probability;
    }
  }
  counts.standing = counts.made + counts.accepted + counts.chosen;
  return counts;
}

// All decisions as `textmend apply` reads them.
function decisionsJson() {
  const decided = documents.map((doc) => ({
    name: doc.name,
    sha256: doc.sha256,
    decisions: doc.edits.map((edit) => ({
      start: edit.start,
      end: edit.end,
      before: edit.before,
      after: standing(edit),
      by: edit.decision === undefined ? "threshold" : "reader",
    })),
  }));
  const { format, version } = data;
  const value = { format, version, threshold: review.threshold, documents: decided };
  return JSON.stringify(value, null, 1) + "\n";
}

// What was decided is kept in the browser, where that lets a page keep something.
function remember() {
  const decided = documents.map((doc) =>
    doc.edits.filter((edit) => edit.decision !== undefined).map((edit) => [edit.place, edit.decision]),
  );
  try {
    localStorage.setItem(storageKey, JSON.stringify({ threshold: review.threshold, decided }));
  } catch {
    // Private windows and frames keep nothing; the download still does.
  }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey));
    if (!kept) return;
    if (kept.threshold >= 0 && kept.threshold <= 1) review.threshold = kept.threshold;
    kept.decided.forEach((decided, at) => {
      for (const [place, text] of decided) documents[at].edits[place].decision = String(text);
    });
  } catch {
    // As above; and what some other page left there is no decision.
  }
}
