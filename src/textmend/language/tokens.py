"""Text as lossless tokens with offsets, and where sentences begin.

Joined, the tokens of a text are that text. Words are what mending works on; everything that looks
like a word but is none (addresses, file names, identifiers, "27th", "U.S.", the letter that labels
an item) is kept whole as ``other``, out of mending's reach. :func:`code_lines` tells the lines that
are not written to be read at all. Start reading at :func:`tokenize`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal, NamedTuple

import regex

from textmend.language.priors import PRIORS

Kind = Literal["word", "number", "space", "break", "other"]

# A word, as a pattern: letters and marks that combine with them, apostrophes between.
WORD = r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*"

_WORD = regex.compile(WORD)

# The order matters: what only looks like words comes before words. What may be long begins where no
# part of it stands before it, or is possessive: a run is then read a fixed number of times, and not
# once more from each of its characters.
_TOKEN = regex.compile(
    r"""
    (?P<word>[\p{L}\p{M}]++(?:['’][\p{L}\p{M}]++)*+)(?=[ ,;\n]|\Z)  # as most words stand
  | (?P<space>[^\S\r\n]+|\r(?!\n))
  | (?P<break>\r?\n)
  | (?P<other>
        </?[a-zA-Z][^<>\n]*>                          # a tag of mark-up
      | (?<![\p{L}\p{M}`])`[^`\n]+`(?![\p{L}\p{M}`])   # code in Markdown
      | (?:https?://|www\.)\S*[^\s\p{P}]              # an address on the web
      | (?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+    # an e-mail address
      | [@\#$]\w+                                     # a handle, a tag, a variable
      | (?<!\w)\w++(?:\.\w++){0,9}+\(\)               # a call: name()
      | (?:\p{L}\.){2,}                               # an abbreviation: U.S.
      | [\p{L}\p{M}]*[\p{N}_](?:[\p{L}\p{N}\p{M}_]*)[\p{L}_][\p{L}\p{N}\p{M}_]*   # 27th, is_on
      | \p{N}+(?:[.,:]\p{N}+)+[\p{L}\p{M}]+         # 1.3m, 10.30am
      | [\p{L}\p{M}]+[\p{N}_]+                        # B2, x_
      | (?<![\p{L}\p{M}'’])\p{L}(?=\))                # a label: a) or (a)
    )
  | (?P<number>\p{N}+(?:[.,:]\p{N}+)*)
  | (?P<word>"""
    + WORD
    + r""")
  | (?P<mark>.)
    """,
    regex.VERBOSE,
)
_KINDS: dict[str, Kind] = {
    "break": "break",
    "space": "space",
    "other": "other",
    "number": "number",
    "word": "word",
    "mark": "other",
}


class Token(NamedTuple):
    """A stretch of text: ``text == whole_text[start:end]``, and what it is."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.text)


_new = tuple.__new__


def tokenize(text: str) -> list[Token]:
    r"""The tokens of ``text``, in order and without gaps.

    >>> [token.text for token in tokenize("They’re 2 of 27th.")]
    ['They’re', ' ', '2', ' ', 'of', ' ', '27th', '.']
    >>> "".join(token.text for token in tokenize("any text\n")) == "any text\n"
    True
    """
    # To make the tuples without a call of Token itself saves a tenth of the time.
    return [
        _new(Token, (_KINDS[found.lastgroup or "mark"], found.group(), found.start()))
        for found in _TOKEN.finditer(text)
    ]


def is_word(text: str) -> bool:
    """Whether all of a text is one word; an apostrophe inside it is a letter of it.

    >>> is_word("don't"), is_word("don\ufffdt")
    (True, False)
    """
    return text.isalpha() or _WORD.fullmatch(text) is not None


def lines(tokens: Iterable[Token]) -> list[list[Token]]:
    """The tokens line by line; a line keeps the break that ends it."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        found[-1].append(token)
        if token.kind == "break":
            found.append([])
    if not found[-1]:
        found.pop()
    return found


# What source code, tables, data and mark-up have among their words, and running text seldom.
# Each alternative begins with what is rarest in it, or the search would stop at every letter.
_CODE = regex.compile(
    r"""
    [{}\[\]<>=\\|~^_*`] | ;$
  | \((?<=\p{L}\() | [.,:](?=\p{L})(?<=\p{L}.)    # call(, path.name, a,b
  | \p{Lu}(?<=\p{Ll}\p{Lu}) | [$%](?=\p{L})        # camelCase, $variable, %s
  | [\s\p{Cc}](?=\p{L}(?![^\s\p{Cc}]))(?<=(?<![^\s\p{Cc}])\p{L}.)   # s p a c e d, or in UTF-16
    """,
    regex.VERBOSE,
)
# What Markdown adds to running text, which is no more code for that: bullets, code in a line,
# links, emphasis. A star is emphasis only where another one ends it, unlike in (*args) and int *n.
_MARKUP = regex.compile(
    r"""
    ^\s*[*+-]\s
  | (?<!`)`[^`\n]+`(?!`)
  | \[(?P<shown>[^\[\]\n]*)\]\([^()\s]*\)
  | (?<![\w*])(?P<stars>\*\*?)(?!\s)(?P<shown>[^*\n]+)(?<!\s)(?P=stars)(?![\w*])
    """,
    regex.VERBOSE,
)


def code_lines(text_lines: Sequence[Sequence[Token]]) -> list[bool]:
    r"""For each line of a text, whether it is code, data or a table rather than running text.

    A line is judged together with those around it: a bare "return" stands among code. Markdown is
    running text, with what is code in it.

    >>> code_lines(lines(tokenize("It takes the first.\n\ndef call(*args):\n    return")))
    [False, False, True, True]
    """
    return are_code(
        ["".join([text for _, text, _ in line]) for line in text_lines],
        [sum([kind == "word" for kind, _, _ in line]) for line in text_lines],
    )


def are_code(text_lines: Sequence[str], words: Sequence[int]) -> list[bool]:
    """The same for lines that are texts, of which each has so many words."""
    marks = [len(_CODE.findall(_MARKUP.sub(r"\g<shown>", line.rstrip()))) for line in text_lines]
    found = []
    for place in range(len(text_lines)):
        around = slice(max(0, place - PRIORS.code_context), place + PRIORS.code_context + 1)
        # The line itself counts as much as two others.
        total = marks[place] + sum(marks[around])
        found.append(total > PRIORS.code_marks * (words[place] + sum(words[around])))
    return found


def labels(line: Sequence[Token]) -> set[str]:
    """The letter that labels a line as an item of an enumeration, and those in brackets.

    >>> sorted(labels(tokenize("b. a rule under (c) or d")))
    ['b', 'c']
    """
    found = {
        text for kind, text, _ in line if kind == "other" and len(text) == 1 and text.isalpha()
    }
    shown = [token.text for token in line if token.kind != "space"][:2]
    if len(shown) == 2 and len(shown[0]) == 1 and shown[0].isalpha() and shown[1] in (".", ":"):
        found.add(shown[0])
    return found


# Marks beside which code has its names: call(first, *rest), <name>, key = value.
_BESIDE_NAMES = frozenset("{}[]<>=\\|~^_*`();&-%")


def identifiers(line: Sequence[Token]) -> set[str]:
    """The words of a line of code that are names in it.

    >>> sorted(identifiers(tokenize("    prev = cls(*args)  # of this class")))
    ['args', 'cls', 'prev']
    """
    shown = [token for token in line if token.kind != "space"]
    beside = ["", *(token.text for token in shown), ""]
    return {
        token.text
        for token, before, after in zip(shown, beside, beside[2:], strict=False)
        if token.kind == "word" and (before == "." or not _BESIDE_NAMES.isdisjoint((before, after)))
    }


_TERMINATORS = frozenset(".!?…:")
# Marks that may stand between the end of a sentence and the next word.
_TRANSPARENT = frozenset("\"'“‘«([{—–-•*\ufeff”’»)]}")
# Abbreviations after which a sentence goes on; single capitals ("J. Smith") are handled apart.
_TITLES = frozenset(
    "mr mrs ms dr prof st gen sen rep gov lt col sgt capt rev jr sr vs".split()  # noqa: SIM905
)


def sentence_starts(line: Sequence[Token], residues: frozenset[str] = frozenset()) -> list[bool]:
    """For each token of a line, whether a sentence may begin with it.

    ``residues``: marks that stand in the place of letters, and end no sentence unless a capital
    follows.

    >>> line = tokenize("Mr. Lee left. then rain fell")
    >>> [t.text for t, first in zip(line, sentence_starts(line)) if first and t.kind == "word"]
    ['Mr', 'then']
    """
    starts, fresh, before = [], True, ""
    followed = _capital_follows(line) if residues else []
    for place, (kind, text, _) in enumerate(line):
        starts.append(fresh)
        if kind == "space" or kind == "break":
            continue
        if text in residues and not followed[place]:
            before = text
            continue
        if kind == "other" and text in _TERMINATORS:
            abbreviation = text == "." and (
                before.lower() in _TITLES or (len(before) == 1 and before.isupper())
            )
            fresh = text != ":" and not abbreviation
        elif kind != "other" or not (text in _TRANSPARENT or is_tag(text)):
            fresh = False
        before = text
    return starts


def is_tag(text: str) -> bool:
    """Whether a token is a tag of mark-up, such as ``<b>``."""
    return len(text) > 2 and text[0] == "<" and text[-1] == ">"


def _capital_follows(line: Sequence[Token]) -> list[bool]:
    """For each token, whether the next word after it is capitalised."""
    found, capital = [], False
    for kind, text, _ in reversed(line):
        found.append(capital)
        if kind == "word":
            capital = text[:1].isupper()
    return found[::-1]


def is_typographic(text_lines: Sequence[Sequence[Token]]) -> bool:
    """Whether a text has curled apostrophes: as those are that it holds, or its quotation marks.

    >>> is_typographic([tokenize("He said: “it is Anns.”")])
    True
    """
    straight = curled = quoted = 0
    for line in text_lines:
        for kind, text, _ in line:
            if kind == "word":
                straight += "'" in text
                curled += "’" in text
            elif kind == "other":
                quoted += (text in _CURLED) - (text == '"')
    return curled > straight if curled or straight else quoted > 0


_CURLED = frozenset("“”‘’")


def is_sentence(line: Sequence[Token]) -> bool:
    """Whether a line is running text: captions, bylines and headings leave words out anyway.

    >>> is_sentence(tokenize("The mayor said that it would take a year."))
    True
    >>> is_sentence(tokenize("Mayor says new bridge to take a year"))
    False
    """
    if not any(token.kind == "other" and token.text in ".!?" for token in reversed(line)):
        return False
    words = (token for token in line if token.kind == "word")
    return len(list(islice(words, PRIORS.sentence_words))) == PRIORS.sentence_words


def is_shouted(line: Sequence[Token]) -> bool:
    """Whether a line is written in capitals, and not merely a row of acronyms.

    >>> is_shouted(tokenize("COUNCIL KEEPS THE LAST FERRY"))
    True
    >>> is_shouted(tokenize("GDP, CPI AND PMI OF UK AND US"))
    False
    """
    count = letters = 0
    for kind, text, _ in line:
        if kind == "word" and len(text) > 1:
            if not text.isupper():  # most lines are decided by their first word or two
                return False
            count += 1
            letters += len(text)
    return count >= PRIORS.shouted_words and letters > PRIORS.shouted_letters * count


# Marks that clean text has between letters: they join words.
JOINING = frozenset("'’‘ʼ`´-‐‑–—./@_:,…·*")

Shape = Literal["lower", "title", "upper", "mixed"]


def shape(word: str) -> Shape:
    """How a word is capitalised; a lone capital letter counts as title.

    >>> [shape(word) for word in ("they", "They", "THEY", "eBay", "I")]
    ['lower', 'title', 'upper', 'mixed', 'title']
    """
    if word.islower() or word == word.lower():
        return "lower"
    if word[:1].isupper() and word[1:] == word[1:].lower():
        return "title"
    return "upper" if word.isupper() else "mixed"


# The capitalised words that a word stands beside: "<" one before it, ">" one after it.
Beside = Literal["", "<", ">", "<>"]


def beside_capitals(line: Sequence[Token], starts: Sequence[bool]) -> list[Beside]:
    """For each token, on which sides the next word is capitalised.

    A capital at the start of a sentence says nothing.
    """
    words = [place for place, token in enumerate(line) if token.kind not in ("space", "break")]
    title = [
        line[place].kind == "word" and not starts[place] and shape(line[place].text) == "title"
        for place in words
    ]
    found: list[Beside] = [""] * len(line)
    sides = zip(words, [False, *title], [*title[1:], False], strict=False)
    for place, before, after in sides:
        found[place] = "<>" if before and after else "<" if before else ">" if after else ""
    return found
