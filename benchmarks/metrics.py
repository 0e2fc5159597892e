"""Counts first: what is counted in one document, and the rates of the sums.

A :class:`Score` holds the counts of one document; scores add up, and every rate is a quotient of
sums, so that long documents weigh what they hold. Start reading at :func:`score`; the rates are in
:data:`RATES`.

Words are compared exactly, capitals included. A word whose damaged form is itself common is one
that no spelling checker would touch ("or" from "other").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache

import jiwer
import numpy as np
import wordfreq
from numpy.typing import NDArray

from benchmarks.align import Damage, Trace, pieces, trace
from benchmarks.systems import Output
from textmend import Edit

# Sequence → how many words lost it; a sequence of the channel that none lost has 0.
Losses = Mapping[str, int]

_COMMON = 1e-5
TRACES = 8
_RESAMPLES = 500
_BINS = 15


@dataclass(frozen=True)
class Score:
    """What was counted in one document; one of several documents holds the sums."""

    documents: int = 0
    words: int = 0

    damaged: int = 0
    repaired: int = 0
    damaged_common: int = 0
    repaired_common: int = 0
    intact: int = 0
    changed: int = 0
    vanished: int = 0
    inserted: int = 0
    placed: int = 0

    characters: int = 0
    character_errors_before: int = 0
    character_errors_after: int = 0
    reference_words: int = 0
    word_errors_before: int = 0
    word_errors_after: int = 0

    restored: int = 0
    unchanged: int = 0
    proofs: int = 0
    proven: int = 0
    repeats: int = 0
    repeats_same: int = 0

    sequences: int = 0
    sequences_inferred: int = 0
    sequences_right: int = 0
    sets: int = 0
    sets_exact: int = 0
    sets_traced: int = 0
    sets_traced_exact: int = 0
    sets_each_traced: int = 0
    sets_each_traced_exact: int = 0
    clean: int = 0
    alarms: int = 0

    edits: int = 0
    edits_right: int = 0

    nanoseconds: int = 0
    # (probability in thousandths, whether right) → how many edits
    calibration: Counter[tuple[int, bool]] = field(default_factory=Counter)

    def __add__(self, other: Score) -> Score:
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return Score(**sums, calibration=self.calibration + other.calibration)


COUNTS = tuple(each.name for each in fields(Score) if each.name != "calibration")


@dataclass(frozen=True, slots=True)
class Rate:
    """A quotient of sums of counts, with its name and what it is of."""

    name: str
    over: tuple[str, ...]
    under: tuple[str, ...]
    scale: float = 1.0
    per_document: bool = False  # each document counts once, as right or wrong


RATES = {
    each.name: each
    for each in (
        Rate("repair", ("repaired",), ("damaged",)),
        Rate("repair_common", ("repaired_common",), ("damaged_common",)),
        Rate("harm", ("changed",), ("intact",), 1e6),
        Rate("touched", ("changed", "inserted"), ("words",), 1e6),
        Rate("vanished_precision", ("placed",), ("inserted",)),
        Rate("vanished_recall", ("placed",), ("vanished",)),
        Rate("vanished_f1", ("placed", "placed"), ("inserted", "vanished")),
        Rate("cer_before", ("character_errors_before",), ("characters",)),
        Rate("cer_after", ("character_errors_after",), ("characters",)),
        Rate("wer_before", ("word_errors_before",), ("reference_words",)),
        Rate("wer_after", ("word_errors_after",), ("reference_words",)),
        Rate("restored", ("restored",), ("documents",), per_document=True),
        Rate("unchanged", ("unchanged",), ("documents",), per_document=True),
        Rate("proven", ("proven",), ("proofs",), per_document=True),
        Rate("idempotent", ("repeats_same",), ("repeats",), per_document=True),
        Rate("channel_precision", ("sequences_right",), ("sequences_inferred",)),
        Rate("channel_recall", ("sequences_right",), ("sequences",)),
        Rate("channel_exact", ("sets_exact",), ("sets",), per_document=True),
        Rate("channel_exact_traced", ("sets_traced_exact",), ("sets_traced",), per_document=True),
        Rate(
            "channel_exact_each_traced",
            ("sets_each_traced_exact",),
            ("sets_each_traced",),
            per_document=True,
        ),
        Rate("false_alarms", ("alarms",), ("clean",), per_document=True),
        Rate("words_per_second", ("words",), ("nanoseconds",), 1e9),
        Rate("edit_precision", ("edits_right",), ("edits",)),
    )
}


def score(
    damage: Damage,
    output: Output,
    *,
    losses: Losses | None = None,
    again: str | None = None,
    nanoseconds: int = 0,
    traces: int = TRACES,
) -> Score:
    """Count what ``output`` is worth as a repair of ``damage``.

    ``losses``: where the damage is a loss of sequences, how many words lost each of them.
    ``again``: the output mended once more. ``nanoseconds``: what the mending took. ``traces``:
    with so many damaged words, inference is asked for.
    """
    traced = trace(damage, output.text)
    counts: Counter[str] = Counter(documents=1)
    counts["words"] = sum(piece.is_word for piece in pieces(damage.clean))
    for fate in traced.fates:
        right = fate.mended == (fate.written,)
        if fate.arrived == (fate.written,):
            counts["intact"] += 1
            counts["changed"] += not right
            continue
        counts["damaged"] += 1
        counts["repaired"] += right
        if len(fate.arrived) == 1 and is_common(fate.arrived[0]):
            counts["damaged_common"] += 1
            counts["repaired_common"] += right
    for gap in traced.gaps:
        counts["vanished"] += len(gap.lost)
        counts["inserted"] += len(gap.inserted)
        counts["placed"] += gap.placed
    counts += text_errors(damage.clean, damage.text, output.text)
    counts["restored"] = output.text == damage.clean
    counts["unchanged"] = output.text == damage.text
    if output.proven is not None:
        counts["proofs"], counts["proven"] = 1, output.proven
    if again is not None:
        counts["repeats"], counts["repeats_same"] = 1, again == output.text
    if output.sequences is not None and losses is not None:
        counts += channel_counts(output.sequences, losses, traces=traces)
    counts["nanoseconds"] = nanoseconds
    verdicts = [(edit.probability, is_right(edit, traced)) for edit in output.edits]
    counts["edits"], counts["edits_right"] = len(verdicts), sum(right for _, right in verdicts)
    calibration = Counter((round(1000 * chance), right) for chance, right in verdicts)
    return Score(**{name: int(counts[name]) for name in COUNTS}, calibration=calibration)


@lru_cache(maxsize=100_000)
def is_common(word: str) -> bool:
    """Whether a damaged form is a common English word.

    >>> is_common("or"), is_common("ministration")
    (True, False)
    """
    return wordfreq.get_frequency_dict("en").get(word.lower(), 0.0) >= _COMMON


def text_errors(clean: str, damaged: str, mended: str) -> Counter[str]:
    """Words and characters of the clean text, and the errors in both before and after mending."""
    clean, before, after = (" ".join(text.split()) for text in (clean, damaged, mended))
    counts: Counter[str] = Counter()
    if not clean:
        return counts
    for name, text in (("before", before), ("after", after)):
        words, characters = jiwer.process_words(clean, text), jiwer.process_characters(clean, text)
        for kind, measured in (("word", words), ("character", characters)):
            errors = measured.substitutions + measured.deletions + measured.insertions
            counts[f"{kind}_errors_{name}"] = errors
    counts["reference_words"], counts["characters"] = len(clean.split()), len(clean)
    return counts


def channel_counts(
    inferred: frozenset[str], losses: Losses, *, traces: int = TRACES
) -> Counter[str]:
    """Count the sequences of an inferred channel against those that were lost.

    The set is exact when it has all that were lost from this document, and none that the channel
    does not delete. That is counted over all damaged documents, and over those that lost ``traces``
    words or more to each of the sequences. Of a document that lost as many to some of them, these
    are asked for: what left fewer traces may be found or not. A document that lost nothing can only
    raise a false alarm.
    """
    lost = frozenset(sequence for sequence, count in losses.items() if count)
    counts = Counter(
        sequences=len(lost),
        sequences_inferred=len(inferred),
        sequences_right=len(inferred & losses.keys()),
    )
    if not lost:
        counts["clean"], counts["alarms"] = 1, bool(inferred)
        return counts
    traced = frozenset(sequence for sequence in lost if losses[sequence] >= traces)
    told = {
        "sets": lost,
        "sets_traced": traced,
        "sets_each_traced": lost if traced == lost else frozenset(),
    }
    nothing_else = inferred <= losses.keys()
    for name, asked in told.items():
        counts[name] = bool(asked)
        counts[f"{name}_exact"] = bool(asked) and nothing_else and asked <= inferred
    return counts


def is_right(edit: Edit, traced: Trace) -> bool:
    """Whether an edit put back what was written there, exactly."""
    after = tuple(piece.text for piece in pieces(edit.after))
    covered = [
        place
        for place, piece in enumerate(traced.damaged)
        if piece.start < edit.end and edit.start < piece.end
    ]
    if not covered:
        gap = sum(piece.end <= edit.start for piece in traced.damaged)
        lost = traced.lost.get(gap, ())
        return any(lost[at : at + len(after)] == after for at in range(len(lost)))
    written: list[str] = []
    for place in covered:
        if place and traced.owners[place] == traced.owners[place - 1] and place - 1 in covered:
            continue
        written += traced.owners[place]
    return tuple(written) == after


def rate(total: Score, name: str) -> float | None:
    """A rate of summed counts; None where there is nothing to divide by."""
    wanted = RATES[name]
    over, under = (sum(getattr(total, each) for each in s) for s in (wanted.over, wanted.under))
    return wanted.scale * over / under if under else None


Interval = tuple[float, float]


def interval(scores: Sequence[Score], name: str) -> Interval | None:
    """The 95 % interval of a rate: Wilson's where documents are right or wrong, else bootstrap.

    The bootstrap draws documents, not words: the words of one document stand and fall together.
    """
    wanted = RATES[name]
    over = np.array([sum(getattr(each, key) for key in wanted.over) for each in scores], float)
    under = np.array([sum(getattr(each, key) for key in wanted.under) for each in scores], float)
    if not under.sum():
        return None
    if wanted.per_document:
        return wilson(int(over.sum()), int(under.sum()))
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(scores), np.full(len(scores), 1 / len(scores)), size=_RESAMPLES)
    tops, bottoms = draws @ over, draws @ under
    rates = wanted.scale * tops[bottoms > 0] / bottoms[bottoms > 0]
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def wilson(right: int, of: int) -> Interval:
    """Wilson's 95 % interval of a share.

    >>> low, high = wilson(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    z = 1.959964
    share, square = right / of, z * z / of
    middle = (share + square / 2) / (1 + square)
    spread = z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def _arrays(
    calibration: Counter[tuple[int, bool]],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities, rising; how many edits have each; how many of these are right."""
    levels = sorted({level for level, _ in calibration})
    right = np.array([calibration[level, True] for level in levels], float)
    wrong = np.array([calibration[level, False] for level in levels], float)
    return np.array(levels, float) / 1000, right + wrong, right


@dataclass(frozen=True, slots=True)
class Bin:
    """Edits of like probability: how many, their mean probability, and the share that is right."""

    count: int
    probability: float
    right: float


def bins(calibration: Counter[tuple[int, bool]]) -> list[Bin]:
    """The edits in bins of equal width, by probability; empty bins are left out."""
    chances, counts, right = _arrays(calibration)
    places = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    found = []
    for place in range(_BINS):
        here = places == place
        count = counts[here].sum()
        if count:
            mean = float((chances[here] * counts[here]).sum() / count)
            found.append(Bin(int(count), mean, float(right[here].sum() / count)))
    return found


def calibration_error(calibration: Counter[tuple[int, bool]]) -> float | None:
    """The expected calibration error: the mean distance of probability and share right."""
    found = bins(calibration)
    total = sum(each.count for each in found)
    if not total:
        return None
    return sum(each.count * abs(each.probability - each.right) for each in found) / total


def risk_coverage(calibration: Counter[tuple[int, bool]]) -> list[tuple[float, float]]:
    """(coverage, risk) when only the surest edits are made: their share, and the share wrong."""
    _, counts, right = (each[::-1] for each in _arrays(calibration))
    made, good = np.cumsum(counts), np.cumsum(right)
    return [(float(n / made[-1]), float(1 - r / n)) for n, r in zip(made, good, strict=True)]


def total(scores: Iterable[Score]) -> Score:
    """The sums of several scores."""
    return sum(scores, Score())
