"""A fixed set of small tasks, one for each kind of loss, and what is counted of all of them.

It takes seconds, so that it can be done again for each number that is varied. It is to touch what
the numbers are for: losses of all kinds, told and inferred, in several languages; texts of one
source; word pairs instead of a network; clean text that looks damaged. All texts are of the
development split of ``corpora/``, or of a half of it. Start reading at :func:`probe`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, cycle, islice

from benchmarks.channels import CLEAN, EXAMPLE, Damager, Leaky, Literal, family, literal, noise
from benchmarks.documents import Document, documents, passages
from benchmarks.losses import solid_spans, unspaced, wrapped
from benchmarks.metrics import score
from benchmarks.systems import Output, Textmend
from textmend import Channel, Drop

TOLD, INFERRED = Textmend(told=True), Textmend()
_BOTH = (TOLD, INFERRED)
_COUNTS = (Textmend(told=True, model="counts"), Textmend(model="counts"))  # no network

# English losses, and how many news articles suffer each.
_LOSSES: Sequence[tuple[Damager, int]] = (
    (EXAMPLE, 2),
    (Literal("the+ad:spaces-kept", Channel.of("the", "ad", whitespace="keep")), 1),
    (Literal("the+ad:half", EXAMPLE.channel, spared=0.5), 1),
    (Literal("to:whole", Channel.of("to", where="whole-word")), 1),
    (Literal("er:inside", Channel.of("er", where="inside")), 1),
    (literal("ing"), 2),
    (literal("e"), 1),
    (Leaky("st:75%", Drop("st"), 0.75), 2),
    (family("ligatures"), 1),
    (family("ligatures:space"), 1),
    (family("ligatures:?"), 1),
    (family("drop-caps"), 1),
    (family("apostrophes"), 1),
    (family("hyphens"), 1),
    (noise(1), 1),
    (noise(3), 1),
)
_FOREIGN = ("fr", "tr")  # they lose their accents, and word pairs judge their context
_LETTERS = 2400  # of a text in another language
_SOURCE = 12  # passages of one source, half of them damaged
_PASSAGE = (30, 60)  # words
_EVERY = 6  # of the texts that look damaged one in six


@dataclass(frozen=True)
class Outcome:
    """What became of the words of a text: damaged ones repaired, intact ones harmed.

    A word that vanished is damaged, one that was put where none was lost is harm.
    """

    system: Textmend
    is_clean: bool
    damaged: int
    repaired: int
    intact: int
    harmed: int
    output: Output


@dataclass(frozen=True)
class Figures:
    """What was counted in all tasks.

    ``told``, ``inferred``: words damaged where the channel is told and where it is inferred.
    ``intact``, ``harmed``: of both, in damaged text. ``clean``: words of clean text; ``alarms``:
    those changed in it or put into it. ``digest``: the same where all texts, channels and
    probabilities are the same.
    """

    told: int
    repaired_told: int
    inferred: int
    repaired_inferred: int
    intact: int
    harmed: int
    clean: int
    alarms: int
    digest: str


@dataclass(frozen=True)
class Material:
    """The texts that the tasks are done with."""

    news: Sequence[Document]
    prose: Sequence[Document]
    negative: Sequence[Document]
    foreign: Sequence[Document]

    @staticmethod
    def all() -> Material:
        """That of the development split: all news, and some of what looks damaged."""
        return Material(
            documents("news"),
            documents("prose"),
            documents("negative")[::_EVERY],
            [_cut(text, 0) for text in documents("languages") if text.lang in _FOREIGN],
        )

    @staticmethod
    def half(number: int) -> Material:
        """The texts of the first half or the second (0 or 1), of which none is in the other."""
        return Material(
            documents("news")[number::2],
            documents("prose")[number::2],
            documents("negative")[number::2],
            [_cut(text, number) for text in documents("languages") if text.lang in _FOREIGN],
        )


def probe(material: Material | None = None, *, rounds: int = 1) -> Figures:
    """All tasks, done with the numbers as they are.

    ``rounds``: how often each loss is suffered, by other articles as far as there are any.
    """
    counts: Counter[str] = Counter()
    digest = hashlib.sha256()
    for each in _outcomes(material or Material.all(), rounds):
        digest.update(_described(each.output).encode("utf-8", "surrogatepass"))
        if each.is_clean:
            counts.update(clean=each.intact, alarms=each.harmed)
            continue
        counts.update(intact=each.intact, harmed=each.harmed)
        if each.system.told:
            counts.update(told=each.damaged, repaired_told=each.repaired)
        else:
            counts.update(inferred=each.damaged, repaired_inferred=each.repaired)
    return Figures(**counts, digest=digest.hexdigest()[:16])


def _described(output: Output) -> str:
    edits = [(each.start, each.after, f"{each.probability:.3f}") for each in output.edits]
    return repr((output.text, edits, sorted(output.sequences or ())))


def _outcomes(material: Material, rounds: int) -> Iterator[Outcome]:
    news = material.news
    articles = cycle(news)
    for damager, size in _LOSSES:
        for text in islice(articles, rounds * size):
            yield from _mended([text], damager, _BOTH)
    yield from _mended([next(articles)], EXAMPLE, _COUNTS)
    yield from _mended([material.prose[1]], family("apostrophes"), _BOTH)
    short = [passage for text in news[:8] for passage in passages(text, *_PASSAGE)]
    yield from _mended(short[:_SOURCE], EXAMPLE, [INFERRED], clean=short[_SOURCE : 2 * _SOURCE])
    for text in news[:2]:
        yield from _spaced(text, "spaces:line-ends", wrapped, _BOTH)
    for text in islice(passages(news[0], *_PASSAGE), 4):
        yield from _spaced(text, "spaces", unspaced, [TOLD])
    for text in [*material.negative, *news[8:12]]:
        yield from _mended([text], CLEAN, [INFERRED])
    yield from _mended(short, CLEAN, [INFERRED])
    for text in material.foreign:
        yield from _mended([text], CLEAN, [INFERRED])
        yield from _mended([text], family("accents"), _BOTH)


def _cut(document: Document, part: int) -> Document:
    """Some paragraphs of a document: those with which it begins (0), or the next ones (1)."""
    paragraphs = document.text.split("\n")
    ends = accumulate(len(each) + 1 for each in paragraphs)
    inside = [(end - 1) // _LETTERS == part for end in ends]
    text = "\n".join(compress(paragraphs, inside))
    return Document(document.id, text, document.lang)


def _mended(
    texts: Sequence[Document],
    damager: Damager,
    systems: Iterable[Textmend],
    clean: Sequence[Document] = (),
) -> Iterator[Outcome]:
    """What becomes of texts that are damaged, and of clean ones of the same source.

    A single text is mended by itself, several as texts of one source.
    """
    lang = texts[0].lang
    pairs = [*((each, damager) for each in texts), *((each, CLEAN) for each in clean)]
    damages = [(by, by.damage(each.text, seed=each.id)) for each, by in pairs]
    for system in systems:
        mender = system
        if len(damages) > 1:
            mender = system.for_source([damage.text for _, damage in damages], lang=lang)
        for by, damage in damages:
            output = mender.mend(damage.text, lang=lang, truth=damager.channel)
            found = score(damage, output)
            yield Outcome(
                system,
                by is CLEAN,
                damaged=found.damaged + found.vanished,
                repaired=found.repaired + found.placed,
                intact=found.intact,
                harmed=found.changed + found.inserted - found.placed,
                output=output,
            )


def _spaced(
    document: Document, spec: str, lose: Callable[[str], str], systems: Iterable[Textmend]
) -> Iterator[Outcome]:
    """What becomes of the spaces of a text: a word is damaged that stands between them no more."""
    clean, damaged = document.text, lose(document.text)
    written, arrived = solid_spans(clean), solid_spans(damaged)
    for system in systems:
        output = system.mend(damaged, lang=document.lang, truth=Channel.parse(spec))
        found = solid_spans(output.text)
        yield Outcome(
            system,
            is_clean=False,
            damaged=len(written - arrived),
            repaired=len((written - arrived) & found),
            intact=len(written & arrived),
            harmed=len((written & arrived) - found),
            output=output,
        )
