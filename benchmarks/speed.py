"""Speed, start-up and memory, each as a ratio to a floor measured in the same run.

The floor is the least that any repair must do: find all words with ``regex`` and look each up in a
set. Ratios to it hold on any machine; seconds do not. What is mended are articles, each by itself:
once, as they come, and again, when their words are known. Start reading at :func:`measure_speed`.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import ftfy
import regex
import wordfreq
from rich.table import Table

import corpora
from benchmarks.accuracy import circumstances
from benchmarks.channels import EXAMPLE
from textmend import Mender
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import tokenize

_WORD = regex.compile(r"\p{L}+")
_REPEATS = 5
_PROCESSES = 3
_BASE = 10_000  # words of the text that one long document is measured on
_ARTICLE = 400  # words of an article, of which rates are measured on as many as there are
# Shares of the floor's speed, half of what they were when this was set on an idle machine: what
# makes textmend several times as slow is seen on any machine.
_LEAST_SHARES = {
    "mend clean articles, first time": 0.005,
    "mend clean articles, again": 0.02,
    "mend damaged articles": 0.001,
    "mend damaged articles, channel given": 0.0015,
}
_CLEAN_BASE = 1_000  # … and of the clean document that inference is measured on


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure beside its floor; ``unit`` is of both. ``rate``: more of it is better."""

    what: str
    value: float
    floor: float
    unit: str
    rate: bool = False

    @property
    def ratio(self) -> float:
        """How many times what the floor takes: time or memory."""
        return self.floor / self.value if self.rate else self.value / self.floor


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds to mend a text of so many words, by kind of text."""

    kind: str
    words: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def exponent(self) -> float | None:
        """The slope of log seconds over log words: 1 where cost is linear."""
        if len(self.words) < 2:
            return None
        xs, ys = [math.log(n) for n in self.words], [math.log(s) for s in self.seconds]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
            (a - x) ** 2 for a in xs
        )


@dataclass(frozen=True)
class Speed:
    """All figures of a run."""

    figures: tuple[Measured, ...]
    growth: tuple[Growth, ...]
    about: dict[str, Any]

    def complaints(self) -> list[str]:
        """What is slower, beside the floor, than it may be anywhere."""
        return [
            f"{each.what}: {1.0 / each.ratio:.4f} of the floor's speed, at least {least}"
            for each in self.figures
            if (least := _LEAST_SHARES.get(each.what, 0.0)) > 1.0 / each.ratio
        ]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        return {
            **self.about,
            "figures": {
                each.what: {
                    "value": each.value,
                    "floor": each.floor,
                    "unit": each.unit,
                    "ratio": each.ratio,
                }
                for each in self.figures
            },
            "growth": {
                each.kind: {
                    "words": each.words,
                    "seconds": each.seconds,
                    "exponent": each.exponent,
                }
                for each in self.growth
            },
        }


def text_of(words: int) -> str:
    """Clean news of about that many words: the articles of corpora/, over and over."""
    paragraphs = [
        paragraph
        for each in corpora.load("news", split="dev")
        for paragraph in each.text.split("\n\n")
    ]
    found: list[str] = []
    size = 0
    while size < words:
        for paragraph in paragraphs:
            found.append(paragraph)
            size += len(paragraph.split())
            if size >= words:
                break
    return "\n\n".join(found)


def articles_of(words: int) -> list[str]:
    """The articles of corpora/, each without what is beyond so many words and their paragraph."""
    found = []
    for each in corpora.load("news", split="dev"):
        text, size = [], 0
        for paragraph in each.text.split("\n\n"):
            if size < words:
                text.append(paragraph)
                size += len(paragraph.split())
        found.append("\n\n".join(text))
    return found


def floor(text: str, known: frozenset[str]) -> int:
    """How many words are known: the least that any repair must do."""
    return sum(word in known for word in _WORD.findall(text))


def measure_speed(*, most: int = 100_000) -> Speed:
    """All figures; growth is measured up to ``most`` words."""
    known = frozenset(wordfreq.get_frequency_dict("en", wordlist="best"))
    clean = text_of(_BASE)
    damaged = EXAMPLE.channel.apply(clean)
    mender, told = Mender(), Mender(channel=EXAMPLE.channel)
    article = text_of(_CLEAN_BASE)
    articles = articles_of(_ARTICLE)
    ruined = [EXAMPLE.channel.apply(each) for each in articles]
    for each in (article, EXAMPLE.channel.apply(article)):  # what is loaded is loaded now
        mender.mend(each)

    def of_floor(text: str) -> int:
        return floor(text, known)

    def beside(
        what: str,
        mend: Callable[[str], str],
        texts: Sequence[str],
        least: Callable[[str], object] = of_floor,
        repeats: int | None = None,
    ) -> Measured:
        words = sum(len(each.split()) for each in texts)
        spent = _seconds(lambda: [mend(each) for each in texts], repeats)
        at_least = _seconds(lambda: [least(each) for each in texts])
        return Measured(what, words / spent, words / at_least, "words/s", rate=True)

    figures = (
        beside("mend clean articles, first time", mender.mend, articles, repeats=0),
        beside("mend clean articles, again", mender.mend, articles),
        beside("mend clean articles; floor: ftfy", mender.mend, articles, ftfy.fix_text),
        beside("mend damaged articles", mender.mend, ruined, repeats=1),
        beside("mend damaged articles, channel given", told.mend, ruined, repeats=1),
        beside("mend one long text, clean", mender.mend, [clean]),
        beside("mend one long text, damaged", mender.mend, [damaged]),
        beside("mend one long text, channel given", told.mend, [damaged]),
        Measured(
            "infer on a clean article",
            1000 * _seconds(lambda: mender.infer_channel(article)),
            1000 * _seconds(lambda: _look_up(article, mender)),
            "ms; floor: tokenize, look up",
        ),
        *_new_processes(),
    )
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= most]
    growth = (
        _growth("clean", sizes, lambda text: text, mender),
        _growth("damaged", sizes, EXAMPLE.channel.apply, mender),
    )
    return Speed(figures, growth, circumstances())


def _look_up(text: str, mender: Mender) -> None:
    lexicon = Lexicon.load(mender.lang)
    for token in tokenize(text):
        if token.kind == "word":
            lexicon.frequency(token.text)


def _seconds(work: Callable[[], object], repeats: int | None = None) -> float:
    """The least time of several, after one that warms up; of the first where there are none."""
    repeats = _REPEATS if repeats is None else repeats
    if repeats:
        work()
    times = []
    for _ in range(max(repeats, 1)):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


_FLOOR_PROCESS = """
import regex, wordfreq
known = frozenset(wordfreq.get_frequency_dict("en", wordlist="best"))
sum(word in known for word in regex.findall(r"\\p{L}+", text))
"""
_MEND_PROCESS = """
import textmend
textmend.mend(text)
"""
# The peak of this very program: getrusage would count the memory of the process that started it.
_PEAK = """
import re, sys
text = sys.stdin.read()
%s
print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
"""


def _new_processes() -> list[Measured]:
    """Start-up and peak memory of new processes that mend one article."""
    article = text_of(400)
    damaged = EXAMPLE.channel.apply(article)
    least_seconds, least_memory = _process(_FLOOR_PROCESS, article)
    found = []
    for kind, text in (("clean", article), ("damaged", damaged)):
        seconds, memory = _process(_MEND_PROCESS, text)
        found += [
            Measured(f"first mend in a new process, {kind}", seconds, least_seconds, "s"),
            Measured(f"peak memory, {kind}", memory, least_memory, "MiB"),
        ]
    return found


def _process(body: str, text: str) -> tuple[float, float]:
    """Seconds and MiB of a new Python process, the least of several."""
    seconds, memory = [], []
    for _ in range(_PROCESSES):
        start = perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _PEAK % body],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        seconds.append(perf_counter() - start)
        memory.append(int(done.stdout) / 1024)
    return min(seconds), min(memory)


def _growth(
    kind: str, sizes: Sequence[int], damage: Callable[[str], str], mender: Mender
) -> Growth:
    seconds, words = [], []
    for size in sizes:
        text = damage(text_of(size))
        words.append(len(text.split()))
        seconds.append(_seconds(partial(mender.mend, text), repeats=1))
    return Growth(kind, tuple(words), tuple(seconds))


def speed_tables(speed: Speed) -> list[Table]:
    """The figures beside their floors, and the growth with length."""
    about = speed.about
    figures = Table(title=f"Speed; commit {about['commit']}, {about['date'][:10]}")
    for heading in ("what", "textmend", "floor", "times the floor", "unit"):
        figures.add_column(heading, justify="left" if heading in ("what", "unit") else "right")
    for each in speed.figures:
        shown = (f"{v:,.0f}" if v > 1000 else f"{v:,.2f}" for v in (each.value, each.floor))
        figures.add_row(each.what, *shown, f"{each.ratio:,.1f}", each.unit)
    growth = Table(title="Growth with the length of the document")
    for heading in ("text", "words", "seconds", "µs a word", "exponent"):
        growth.add_column(heading, justify="right")
    for line in speed.growth:
        for words, seconds in zip(line.words, line.seconds, strict=True):
            last = line.exponent is not None and words == line.words[-1]
            growth.add_row(
                line.kind,
                f"{words:,}",
                f"{seconds:.3f}",
                f"{1e6 * seconds / words:.1f}",
                f"{line.exponent:.2f}" if last else "",
            )
    return [figures, growth]
