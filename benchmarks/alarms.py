"""False alarms: how often clean text is taken for damaged, and a word of it changed.

Clean texts are tried as users have them: *pools* of texts that are given to inference as one
source, and *documents* one by one. Pools are drawn at random: a kind of text, one collection or
several, a number of texts. Every trial has an id by which it can be run again alone. Start reading
at :func:`measure_alarms`.

A channel that is found but changes no word does no harm; it is counted apart.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, islice
from typing import Any

import click
import regex

from benchmarks.accuracy import circumstances, mapped
from benchmarks.documents import Document, collections, corpus_hash
from benchmarks.metrics import wilson
from textmend import Channel, Evidence, Mended, Mender

# Of each file so many characters are read, a million English words: enough for pools that differ,
# and a hundred megabytes for all files that the project has.
PREFIX = 6_000_000
POOL_WORDS = 50_000  # of a pool, at most: five thousand headlines
_LEAST_TEXTS, _MOST_TEXTS = 20, 5_000
_MIXED = 0.5  # the chance that a pool is drawn from several collections, where there are more
_MOST_MIXED = 4  # collections in such a pool
_DRAWN = 10  # times that each word read is drawn for pools, on average, at most

_SNIPPET = (20, 60)  # words
_LEAST_SENTENCE, _LEAST_PARAGRAPH, _LEAST_ARTICLE = 4, 13, 50  # words
_LONGEST_ARTICLE = 1_000  # words; a longer one is parted between paragraphs
_LONGEST_HEADLINE = 16  # words

DOCUMENT = "document"  # the kind of a trial that is no pool
_BATCH = 4_000  # trials; new processes take some seconds to start
_SHOWN = 5  # words of an alarm that are kept …
_AROUND = 12  # … with so many characters before and after

_SENTENCE_END = regex.compile(r"(?<=[.?!…][\"”’»)\]]?)\s+(?=[\"“„‘«(\[]?[\p{Lu}\p{N}])")
_QUOTE = regex.compile(r"[“\"]([^“”\"\n]+)[”\"]")


def _lines(document: Document) -> Iterator[str]:
    return (line.strip() for line in document.text.split("\n"))


def _sentences(document: Document) -> Iterator[str]:
    for line in _lines(document):
        yield from (each for each in _SENTENCE_END.split(line) if _is_long(each, _LEAST_SENTENCE))


def _questions(document: Document) -> Iterator[str]:
    return (each for each in _sentences(document) if each.endswith("?"))


def _headlines(document: Document) -> Iterator[str]:
    """The first line; of a line that is no headline, the first sentence."""
    for line in islice(filter(None, _lines(document)), 1):
        first = _SENTENCE_END.split(line)[0]
        if not _is_long(first, _LONGEST_HEADLINE + 1):
            yield first


def _quotes(document: Document) -> Iterator[str]:
    found = (each[1] for each in _QUOTE.finditer(document.text))
    return (each for each in found if _is_long(each, _LEAST_SENTENCE))


def _snippets(document: Document) -> Iterator[str]:
    """Runs of words, wherever they begin and end, as a search engine shows them."""
    rng = random.Random(document.id)
    words = document.text.split()
    start = rng.randint(0, _SNIPPET[1])
    while start + _SNIPPET[0] <= len(words):
        end = start + rng.randint(*_SNIPPET)
        yield " ".join(words[start:end])
        start = end + rng.randint(0, _SNIPPET[1])


def _paragraphs(document: Document) -> Iterator[str]:
    return (line for line in _lines(document) if _is_long(line, _LEAST_PARAGRAPH))


def _articles(document: Document) -> Iterator[str]:
    """The document, in parts of whole paragraphs where it is long."""
    part: list[str] = []
    size = 0
    for line in document.text.split("\n"):
        words = len(line.split())
        if size and size + words > _LONGEST_ARTICLE:
            if size >= _LEAST_ARTICLE:
                yield "\n".join(part)
            part, size = [], 0
        part.append(line)
        size += words
    if size >= _LEAST_ARTICLE:
        yield "\n".join(part)


def _is_long(text: str, words: int) -> bool:
    return len(text.split()) >= words


KINDS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    "sentences": _sentences,
    "questions": _questions,
    "headlines": _headlines,
    "quotes": _quotes,
    "snippets": _snippets,
    "paragraphs": _paragraphs,
    "articles": _articles,
}


@dataclass(frozen=True)
class Collection:
    """Clean documents in one language, and what they are cut into, by kind of text.

    ``lang``: what menders are told.
    """

    name: str
    lang: str
    documents: Sequence[Document]
    texts: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Trial:
    """Clean texts of one source, or a single document, and where they are from."""

    id: str
    kind: str
    collections: tuple[str, ...]
    lang: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of a trial.

    ``channel``: what was inferred, empty where nothing was. ``explained``: the words that speak for
    it. ``changes``: the first words that it changes, each as ``many [or → other] areas``.
    """

    id: str
    kind: str
    collections: tuple[str, ...]
    lang: str
    size: int
    words: int
    channel: str = ""
    explained: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tally:
    """Verdicts counted: trials and what they held, those with a channel, and with changed words."""

    tried: int
    texts: int
    words: int
    found: int
    alarms: int

    @property
    def rate(self) -> float:
        """Alarms a trial."""
        return self.alarms / self.tried if self.tried else 0.0

    @property
    def bound(self) -> float:
        """The upper end of the rate's 95 % interval (Wilson's)."""
        return wilson(self.alarms, self.tried)[1] if self.tried else 1.0

    def to_dict(self) -> dict[str, Any]:
        """The counts and rates as plain values for JSON."""
        return {**asdict(self), "rate": self.rate, "bound": self.bound}


@dataclass(frozen=True)
class Alarms:
    """The verdicts on pools and on documents, and under what circumstances they were made."""

    pools: tuple[Verdict, ...]
    documents: tuple[Verdict, ...]
    about: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Counts and alarms as plain values for JSON."""
        return dict(self.about) | {
            name: {
                "all": tally(verdicts).to_dict(),
                "by_kind": {k: v.to_dict() for k, v in by(verdicts, kind_of).items()},
                "by_collection": {k: v.to_dict() for k, v in by(verdicts, collection_of).items()},
                "found": [asdict(each) for each in verdicts if each.channel],
            }
            for name, verdicts in (("pools", self.pools), ("documents", self.documents))
        }

    def complaints(self, most_pools: float, most_documents: float) -> list[str]:
        """What is wrong with the rates, one line each; empty where both are low enough."""
        return [
            f"{counted.alarms:,} of {counted.tried:,} {name} alarm, {counted.rate:.5f}; "
            f"at most {most} may"
            for name, verdicts, most in (
                ("pools", self.pools, most_pools),
                ("documents", self.documents, most_documents),
            )
            if (counted := tally(verdicts)).rate > most
        ]


def measure_alarms(
    sources: Iterable[str],
    *,
    pools: int,
    documents: int,
    seed: int = 0,
    lang: str | None = None,
    only: str = "",
    pool_words: int = POOL_WORDS,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Alarms:
    """Whether clean text comes back unchanged: the verdict on each of so many pools and documents.

    ``lang``: what menders are told instead of the language of each text. ``only``: the id of the
    one trial to be run. ``pool_words``: no more in a pool. There are fewer pools where words would
    be drawn too often, and no more documents than there are. ``progress``: called with how many
    trials are done, and of how many.
    """
    read = list(gather(sources, lang))
    trials = [
        *draw_pools(read, pools, seed=seed, most_words=pool_words),
        *draw_documents(read, documents, seed=seed),
    ]
    if only:
        trials = [each for each in trials if each.id == only]
    if not trials:
        raise click.ClickException(f"nothing to try: {only or 'too little text'}")
    verdicts: dict[str, Verdict] = {}
    for batch in _batches(trials):
        for verdict in mapped(judge, batch, jobs):
            verdicts[verdict.id] = verdict
            if progress:
                progress(len(verdicts), len(trials))
    in_order = [verdicts[each.id] for each in trials]
    corpus = corpus_hash(document for each in read for document in each.documents)
    about = {**circumstances(), "corpus": corpus, "seed": seed, "lang": lang}
    return Alarms(
        tuple(each for each in in_order if each.kind in KINDS),
        tuple(each for each in in_order if each.kind == DOCUMENT),
        about,
    )


def _batches(trials: Iterable[Trial]) -> Iterator[Sequence[Trial]]:
    """The trials by language, some thousands at a time.

    Each batch has processes of its own: in one that tried them all, the lexicons of all languages
    and what is kept of so many words would take more than a gigabyte.
    """
    by_language: dict[str, list[Trial]] = {}
    for each in trials:
        by_language.setdefault(each.lang, []).append(each)
    for several in by_language.values():
        yield from (several[at : at + _BATCH] for at in range(0, len(several), _BATCH))


def gather(sources: Iterable[str], lang: str | None = None) -> Iterator[Collection]:
    """The collections of some sources, those in several languages parted by language."""
    for source in sources:
        for name, found in collections(source):
            by_language: dict[str, list[Document]] = {}
            for document in _prefix(found):
                by_language.setdefault(document.lang, []).append(document)
            for each, several in by_language.items():
                yield Collection(
                    f"{name}:{each}" if len(by_language) > 1 else name,
                    lang or each,
                    several,
                    {kind: _cut(several, cut) for kind, cut in KINDS.items()},
                )


def _prefix(documents: Iterable[Document]) -> Iterator[Document]:
    """Documents until they have as many characters as are read of a file."""
    read = 0
    for document in documents:
        yield document
        read += len(document.text)
        if read >= PREFIX:
            break


def _cut(documents: Iterable[Document], cut: Callable[[Document], Iterable[str]]) -> list[str]:
    return [text for document in documents for text in cut(document)]


def draw_pools(
    read: Sequence[Collection], count: int, *, seed: int, most_words: int = POOL_WORDS
) -> Iterator[Trial]:
    """So many pools, or fewer where each word would be drawn too often."""
    left = _DRAWN * sum(document.words for each in read for document in each.documents)
    for number in range(count):
        drawn = _pool(read, number, seed, most_words) if left > 0 else None
        if drawn is None:
            break
        left -= _words(drawn.texts)
        yield drawn


def _pool(read: Sequence[Collection], number: int, seed: int, most_words: int) -> Trial | None:
    """A pool that depends on its number, the seed and what was read, and on no other pool."""
    rng = random.Random(f"{seed} pool {number}")
    filled = {
        kind: several
        for kind in KINDS
        if (several := [each for each in read if len(each.texts[kind]) >= _LEAST_TEXTS])
    }
    if not filled:
        return None
    kind, several = rng.choice(list(filled.items()))
    chosen = [rng.choice(several)]
    others = [each for each in several if each.lang == chosen[0].lang and each is not chosen[0]]
    if others and rng.random() < _MIXED:
        chosen += rng.sample(others, rng.randint(1, min(len(others), _MOST_MIXED - 1)))
    size = round(_LEAST_TEXTS * (_MOST_TEXTS / _LEAST_TEXTS) ** rng.random())
    share = -(-size // len(chosen))
    texts = [
        text
        for each in chosen
        for text in rng.sample(each.texts[kind], min(share, len(each.texts[kind])))
    ]
    rng.shuffle(texts)
    fitting = max(_LEAST_TEXTS, bisect_right(list(accumulate(_lengths(texts))), most_words))
    names = tuple(sorted(each.name for each in chosen))
    return Trial(f"p{number}", kind, names, chosen[0].lang, tuple(texts[:fitting]))


def draw_documents(read: Sequence[Collection], count: int, *, seed: int) -> Iterator[Trial]:
    """So many documents, or as many as there are."""
    every = [(each, text) for each in read for text in each.texts["articles"]]
    random.Random(f"{seed} documents").shuffle(every)
    for number, (each, text) in enumerate(every[:count]):
        yield Trial(f"d{number}", DOCUMENT, (each.name,), each.lang, (text,))


def judge(trial: Trial) -> Verdict:
    """What becomes of the texts of a trial."""
    channel, evidence, changes = _tried(trial)
    return Verdict(
        trial.id,
        trial.kind,
        trial.collections,
        trial.lang,
        size=len(trial.texts),
        words=_words(trial.texts),
        channel=str(channel) if channel else "",
        explained=tuple(
            f"{word.arrived} ← {word.written} ({word.count})"
            for each in evidence
            for word in each.explained[:_SHOWN]
        ),
        changes=tuple(islice(changes, _SHOWN)),
    )


def _tried(trial: Trial) -> tuple[Channel, Sequence[Evidence], Iterator[str]]:
    """What was inferred, why, and what it changes, text by text as it is asked for."""
    mender = Mender(lang=trial.lang)
    if trial.kind == DOCUMENT:
        mended = mender.mend_and_explain(trial.texts[0])
        return mended.channel, mended.evidence, _changes(mended)
    inference = mender.infer_channel(trial.texts)
    told = Mender(lang=trial.lang, channel=inference)
    several = map(told.mend_and_explain, trial.texts if inference else ())
    return (
        inference.channel,
        inference.evidence,
        (change for mended in several for change in _changes(mended)),
    )


def _changes(mended: Mended) -> Iterator[str]:
    """Each edit where it stands, on one line."""
    text = mended.original
    for edit in mended.edits:
        before, after = text[: edit.start][-_AROUND:], text[edit.end :][:_AROUND]
        yield " ".join(f"{before}[{edit.before} → {edit.after}]{after}".split())


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """Verdicts counted."""
    several = list(verdicts)
    return Tally(
        tried=len(several),
        texts=sum(each.size for each in several),
        words=sum(each.words for each in several),
        found=sum(bool(each.channel) for each in several),
        alarms=sum(bool(each.changes) for each in several),
    )


def by(verdicts: Iterable[Verdict], label: Callable[[Verdict], str]) -> dict[str, Tally]:
    """Verdicts counted by what ``label`` says of them, in the order of the labels."""
    groups: dict[str, list[Verdict]] = {}
    for each in verdicts:
        groups.setdefault(label(each), []).append(each)
    return {name: tally(groups[name]) for name in sorted(groups)}


def kind_of(verdict: Verdict) -> str:
    """The kind of text that was tried."""
    return verdict.kind


def collection_of(verdict: Verdict) -> str:
    """The collection that was tried, or that there were several."""
    return verdict.collections[0] if len(verdict.collections) == 1 else "several"


def _lengths(texts: Iterable[str]) -> Iterator[int]:
    return (len(text.split()) for text in texts)


def _words(texts: Iterable[str]) -> int:
    return sum(_lengths(texts))
