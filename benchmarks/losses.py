"""Each family of losses: how much of it is mended, told and inferred.

A family loses something of a text and is told by a spec. What was lost is measured by what it took:
errors of words (WER), words that arrived damaged or intact, or, where all spaces are lost, the
words between them. Specialists mend the same texts where there are any. Nothing here prints. Start
reading at :func:`measure_losses`; :data:`FAMILIES` has them all.
"""

from __future__ import annotations

import random
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from typing import Any

from benchmarks.accuracy import circumstances, mapped
from benchmarks.alarms import KINDS
from benchmarks.align import Span, match
from benchmarks.documents import Document, corpus_hash, documents
from benchmarks.metrics import text_errors
from benchmarks.specialists import SPECIALISTS, specialist
from benchmarks.systems import Missing, Textmend
from textmend import Channel

TOLD, INFERRED = "told", "inferred"
_WIDTH = 72  # columns of wrapped text


@dataclass(frozen=True)
class Counts:
    """What was counted in one text; those of several texts add up."""

    texts: int = 0
    reference_words: int = 0
    word_errors_before: int = 0
    word_errors_after: int = 0
    damaged: int = 0
    repaired: int = 0
    intact: int = 0
    changed: int = 0
    written: int = 0
    found: int = 0
    right: int = 0

    @staticmethod
    def total(several: Iterable[Counts]) -> Counts:
        """The sums of several counts."""
        sums: Counter[str] = Counter()
        for each in several:
            sums.update(asdict(each))
        return Counts(**sums)


def _share(over: float, under: float) -> float | None:
    return over / under if under else None


# Figure → its share of one; None where there was nothing of the kind.
FIGURES: Mapping[str, Callable[[Counts], float | None]] = {
    "wer_before": lambda of: _share(of.word_errors_before, of.reference_words),
    "wer_cut": lambda of: _share(
        of.word_errors_before - of.word_errors_after, of.word_errors_before
    ),
    "repaired": lambda of: _share(of.repaired, of.damaged),
    "changed": lambda of: _share(of.changed, of.intact),
    "word_f1": lambda of: _share(2 * of.right, of.written + of.found),
}


def solid_spans(text: str) -> set[Span]:
    """The words between spaces, by their offsets among the letters and digits of the text.

    Marks count as nothing, so that a text may lack them.

    >>> sorted(solid_spans("“Well, no – 5"))
    [(0, 4), (4, 6), (6, 7)]
    """
    words = unicodedata.normalize("NFC", text).split()
    ends = [0, *accumulate(sum(map(str.isalnum, word)) for word in words)]
    return {(start, end) for start, end in pairwise(ends) if start < end}


def count_spaces(clean: str, damaged: str, mended: str) -> Counts:  # noqa: ARG001
    """The words that were written between spaces, those that were found, and those in both."""
    written, found = solid_spans(clean), solid_spans(mended)
    return Counts(1, written=len(written), found=len(found), right=len(written & found))


def count_errors(clean: str, damaged: str, mended: str) -> Counts:
    """The errors of words."""
    errors = text_errors(clean, damaged, mended)
    names = ("reference_words", "word_errors_before", "word_errors_after")
    return Counts(1, **{name: errors[name] for name in names})


def count_words(clean: str, damaged: str, mended: str) -> Counts:
    """The errors of words, and what became of each word between spaces that did not vanish.

    ``damaged`` has all white space of ``clean``, so that it is known what arrived of each word.
    """
    result = mended.split()
    pairs = zip(re.split(r"\s", clean), re.split(r"\s", damaged), strict=True)
    arrived = [(written, left) for written, left in pairs if left]
    became = match([left for _, left in arrived], result)
    counts: Counter[str] = Counter()
    for place, (written, left) in enumerate(arrived):
        if not any(map(str.isalpha, written)):
            continue
        right = [result[to] for to in became.of(range(place, place + 1))] == [written]
        if left == written:
            counts.update(intact=1, changed=not right)
        else:
            counts.update(damaged=1, repaired=right)
    return Counts.total([count_errors(clean, damaged, mended), Counts(**counts)])


def wrapped(text: str) -> str:
    """``text`` with its paragraphs wrapped and the line ends deleted, so that words run together.

    >>> wrapped("There was a bell that rang for the first time in years on the evening of May 4.")
    'There was a bell that rang for the first time in years on the evening ofMay 4.'
    """
    # A word is broken at no hyphen, where nothing would be lost.
    return "\n".join(
        "".join(textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False))
        for line in text.split("\n")
    )


def unspaced(text: str) -> str:
    """``text`` without white space."""
    return "".join(text.split())


@dataclass(frozen=True)
class Family:
    """A kind of loss: what it takes, by which spec it is told, and how its mending is counted.

    ``lose``: the damage; None where it is what the spec says. ``systems``: told, inferred, or both.
    ``accented``: measured on the texts in languages with accents. ``sentences``: each is a text.
    """

    spec: str
    count: Callable[[str, str, str], Counts] = count_words
    lose: Callable[[str], str] | None = None
    systems: tuple[str, ...] = (TOLD,)
    accented: bool = False
    sentences: bool = False

    @property
    def channel(self) -> Channel:
        """What is told; it keeps all white space, so that each word can be found again."""
        return Channel(Channel.parse(self.spec).drops, "keep")

    def damage(self, text: str) -> str:
        """``text`` with the loss."""
        return self.lose(text) if self.lose else self.channel.apply(text)


FAMILIES: Mapping[str, Family] = {
    "apostrophes": Family("apostrophes", systems=(TOLD, INFERRED)),
    "line-ends": Family("spaces:line-ends", count_errors, wrapped, systems=(TOLD, INFERRED)),
    "spaces": Family("spaces", count_spaces, unspaced, sentences=True),
    "hyphens": Family("hyphens"),
    "accents": Family("accents", accented=True),
    "prefixes": Family("re:word-start,con:word-start"),
}


@dataclass(frozen=True)
class Task:
    """A text that a family of losses damages and a system mends: textmend, or a specialist."""

    family: str
    system: str
    document: Document


def run(task: Task) -> Counts:
    """Damage, mend, count."""
    family, text, lang = FAMILIES[task.family], task.document.text, task.document.lang
    damaged = family.damage(text)
    if task.system in (TOLD, INFERRED):
        system = Textmend(told=task.system == TOLD)
        mended = system.mend(damaged, lang=lang, truth=family.channel).text
    else:
        mended = specialist(task.family, task.system).mend(damaged)
    return family.count(text, damaged, mended)


@dataclass(frozen=True)
class Row:
    """What one system made of one family of losses, in one language."""

    family: str
    system: str
    lang: str
    counts: Counts

    def to_dict(self) -> dict[str, Any]:
        """The counts and figures as plain values for JSON."""
        figures = {name: figure(self.counts) for name, figure in FIGURES.items()}
        return {**asdict(self), "figures": figures}


@dataclass(frozen=True)
class Losses:
    """All rows of a run, the specialists that could not run and why, and the circumstances."""

    rows: tuple[Row, ...]
    missing: Mapping[str, str]
    about: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        rows = [row.to_dict() for row in self.rows]
        return {**self.about, "missing": dict(self.missing), "rows": rows}


def measure_losses(
    families: Sequence[str],
    *,
    corpus: str,
    accented: str,
    limit: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    peers: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Losses:
    """How much of each family of losses is mended.

    ``corpus``: the clean texts; ``accented``: those that lose their accents. ``limit``: so many
    texts of each family are drawn with ``seed``. ``peers``: by the specialists, too. ``progress``:
    called with how many texts are done, and of how many.
    """
    tasks: list[Task] = []
    missing: dict[str, str] = {}
    versions = {"textmend": Textmend().version}
    texts: dict[str, str] = {}
    for name in families:
        family = FAMILIES[name]
        chosen = _texts(family, accented if family.accented else corpus, limit, seed)
        texts[name] = corpus_hash(chosen)
        tasks += [Task(name, system, each) for system in family.systems for each in chosen]
        for peer in SPECIALISTS.get(name, ()) if peers else ():
            try:
                found = specialist(name, peer)
            except Missing as reason:
                missing[peer] = str(reason)
                continue
            versions[peer] = found.version
            tasks += [Task(name, peer, each) for each in chosen if each.lang == found.lang]
    counted: dict[tuple[str, str, str], list[Counts]] = {}
    for done, (task, counts) in enumerate(zip(tasks, mapped(run, tasks, jobs), strict=True), 1):
        counted.setdefault((task.family, task.system, task.document.lang), []).append(counts)
        if progress:
            progress(done, len(tasks))
    about = {**circumstances(), "systems": versions, "corpora": texts, "seed": seed}
    rows = tuple(Row(*key, Counts.total(several)) for key, several in counted.items())
    return Losses(rows, missing, about)


def _texts(family: Family, source: str, limit: int | None, seed: int) -> list[Document]:
    if not family.sentences:
        return documents(source, limit=limit, seed=seed)
    found = [sentence for each in documents(source) for sentence in _sentences(each)]
    if limit is None or limit >= len(found):
        return found
    return random.Random(f"sentences {seed}").sample(found, limit)


def _sentences(document: Document) -> Iterator[Document]:
    for number, text in enumerate(KINDS["sentences"](document), start=1):
        yield Document(f"{document.id}:{number}", text, document.lang)
