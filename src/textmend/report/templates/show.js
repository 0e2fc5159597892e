// Texts on the page: their edits marked, their control characters shown, the list of edits beside.
// All text reaches the page as text, never as mark-up. Start reading at `showText`.

// Characters that steer what is shown, or have no shape: controls (bidirectional ones too), format
// characters, private use, halves of pairs. Joiners are part of emoji and of some scripts.
const unseen =
  /(?![\n\t\u200c\u200d])(?:[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/gu;

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// A text for names and labels, in one line.
function visible(text) {
  return text.replace(/\r?\n/g, " ⏎ ").replace(unseen, (each) => `‹${codeOf(each)}›`);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// A text as nodes, its unseen characters as chips.
function nodesOf(text) {
  const nodes = [];
  let done = 0;
  for (const found of text.matchAll(unseen)) {
    if (found.index > done) nodes.push(text.slice(done, found.index));
    nodes.push(element("span", { class: "code" }, codeOf(found[0])));
    done = found.index + found[0].length;
  }
  if (done < text.length) nodes.push(text.slice(done));
  return nodes;
}

// The parts of what an edit put there: [text, whether it was put in]. As `survivors` in Python.
function partsOf(before, after) {
  const rest = Array.from(before);
  const parts = [];
  for (const character of after) {
    const kept = character === rest[0];
    if (kept) rest.shift();
    const last = parts.at(-1);
    if (last && last[1] === !kept) last[0] += character;
    else parts.push([character, !kept]);
  }
  return rest.length ? [[after, true]] : parts;
}

// How doubtful an edit is, in five shades from 0 (surest).
function shadeOf(edit) {
  return [0.99, 0.95, 0.8, 0.6].filter((bound) => edit.probability < bound).length;
}

function percent(share) {
  return `${Math.min(Math.max(Math.round(100 * share), 1), 99)} %`;
}

// A text between quotation marks; of none, and of spaces, what it is.
function quoted(text) {
  if (text === "") return "nothing";
  return text.trim() === "" ? "a space" : `“${visible(text.trim())}”`;
}

const stateWords = {
  made: "made",
  left: "left out: below the threshold",
  accepted: "accepted by you",
  rejected: "rejected by you",
  chosen: "chosen by you",
};

// The element of an edit in the text, as it now stands.
function drawEdit(doc, edit) {
  const { mark } = edit;
  const state = stateOf(edit);
  const text = standing(edit);
  mark.dataset.state = state;
  const nodes = [];
  if (state === "left" || state === "rejected") nodes.push(...nodesOf(text));
  else {
    for (const [part, put] of partsOf(edit.before, text)) {
      // The space beside a word that was put back is no part of the mark, unless it is all of it.
      const end = put && part.trim() ? part.trimEnd() : part;
      nodes.push(...(put ? [element("ins", {}, ...nodesOf(end))] : nodesOf(end)));
      if (end !== part) nodes.push(...nodesOf(part.slice(end.length)));
    }
  }
  mark.replaceChildren(...nodes);
  if (text.trim() === "") {
    mark.classList.toggle("empty", text === "");
    const stands = text === "" ? "nothing here" : "a space";
    mark.setAttribute("aria-label", `${stands}; found: ${quoted(edit.after)}`);
  } else {
    mark.classList.remove("empty");
    mark.removeAttribute("aria-label");
  }
  edit.item.dataset.state = state;
  edit.item.querySelector(".state").textContent = state === "made" ? "" : stateWords[state];
  const now = state === "chosen" ? text : edit.after;
  edit.item.querySelector(".change").replaceChildren(...changeOf(doc, edit, now));
}

// What an edit changes, in words; of a word that had vanished, between which words it stands.
function changeOf(doc, edit, after) {
  const to = element("strong", {}, element("bdi", {}, quoted(after)));
  if (edit.before !== "") return [element("bdi", {}, quoted(edit.before)), " → ", to];
  const [left, right] = aroundOf(doc, edit);
  return [element("bdi", {}, left), " ", to, " ", element("bdi", {}, right)];
}

// A few words before and after an edit, as they were mended.
function aroundOf(doc, edit) {
  let left = doc.pieces[edit.place];
  let right = doc.pieces[edit.place + 1];
  for (let at = edit.place - 1; at >= 0 && left.length < 20; at--) {
    left = doc.pieces[at] + doc.edits[at].after + left;
  }
  for (let at = edit.place + 1; at < doc.edits.length && right.length < 20; at++) {
    right += doc.edits[at].after + doc.pieces[at + 1];
  }
  const before = left.split("\n").at(-1).match(/(?:\S{1,20}\s+){0,2}\S{0,20}\s*$/u)[0];
  const behind = right.split("\n")[0].match(/^\s*(?:\S{1,20}\s+){0,2}\S{0,20}/u)[0];
  return [visible(before.trim()), visible(behind.trim())];
}

// The text of a document, a paragraph for each line, and its edits in it.
function showText(doc, into) {
  let line = element("p", { dir: "auto" });
  const lines = [line];
  doc.pieces.forEach((piece, at) => {
    if (at) {
      const edit = doc.edits[at - 1];
      edit.mark = element("span", {
        class: "edit",
        role: "button",
        tabindex: "-1",
        "data-place": edit.place,
        "data-shade": shadeOf(edit),
      });
      line.append(edit.mark);
    }
    piece.split(/\r?\n/).forEach((part, number) => {
      if (number) lines.push((line = element("p", { dir: "auto" })));
      line.append(...nodesOf(part));
    });
  });
  into.replaceChildren(...lines);
}

// The edits of a document, the most doubtful first.
function showList(doc, into) {
  const items = doc.byDoubt.map((edit) => {
    edit.item = element(
      "button",
      { type: "button", tabindex: "-1", "data-place": edit.place, "data-shade": shadeOf(edit) },
      element("span", { class: "sure" }, percent(edit.probability)),
      element("span", { class: "change" }),
      element("span", { class: "where" }, `line ${edit.line}`),
      element("span", { class: "state" }),
    );
    return element("li", {}, edit.item);
  });
  into.replaceChildren(...items);
}

// The evidence of a document: what was lost, expected and found, with bars as wide as the numbers.
function showEvidence(doc, into) {
  const most = Math.max(1, ...doc.evidence.map((each) => Math.max(each.expected, each.observed)));
  into.replaceChildren(
    ...doc.evidence.map((each) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, element("bdi", {}, each.sequence)),
        element("td", { class: "number", "data-label": "expected" }, each.expected.toFixed(each.expected < 10 ? 1 : 0)),
        element("td", { class: "number", "data-label": "found" }, String(each.observed)),
        element("td", { class: "bars" }, bars(each, most)),
        element("td", { class: "why" }, each.why),
      ),
    ),
  );
}

function bars({ expected, observed }, most) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 100 16");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  [expected, observed].forEach((count, at) => {
    const bar = document.createElementNS(drawing.namespaceURI, "rect");
    bar.setAttribute("class", at ? "found" : "expected");
    bar.setAttribute("y", String(at * 8 + 1));
    bar.setAttribute("height", "6");
    // What is none is a line at the start, so that it is seen to be none.
    bar.setAttribute("width", String(Math.max((100 * count) / most, 0.7)));
    drawing.append(bar);
  });
  return drawing;
}
