"""Clean text as compact arrays of ids: what the training loop reads.

A source is a text file (``.txt`` or ``.txt.xz``), one paragraph a line, an empty line between
documents. :func:`prepare` draws a share of each source's documents, counts their words, keeps the
commonest as the vocabulary and writes a :class:`Corpus`: per token an id and a code (how it is
capitalised, whether a sentence may begin with it, whether a line does). Start reading there.
"""

from __future__ import annotations

import json
import lzma
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmend.errors import TextmendError
from textmend.language.lexicon import key
from textmend.language.tokens import is_word, sentence_starts, tokenize
from textmend.models.modelfile import CLASSES
from textmend.models.network import (
    FIRST,
    LONGEST_ENDING,
    SHAPES,
    form,
    number_class,
    unknown_class,
)

_ENDINGS_SHARE = 40  # of a vocabulary one part in so many is for what unknown words end in
LINE_START = 8  # bit of a code: the token begins a line; below are the shape and FIRST


@dataclass(frozen=True)
class Source:
    """A text file to learn from, the share of its documents to take, and its licence.

    ``names``: whether its capitals are those of a newspaper, so that names can be counted on it.
    """

    path: str
    share: float = 1.0
    licence: str = "not stated"
    names: bool = True


@dataclass(frozen=True)
class Corpus:
    """Clean text, ready to be damaged: aligned ``ids`` and ``codes``, in the order of the text.

    ``words`` is the vocabulary, most frequent first, after the classes of unknown words;
    ``counts`` says how often each of them occurs in the text.
    """

    ids: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    words: list[str]
    counts: NDArray[np.int64]
    lang: str
    sources: list[dict[str, Any]]

    def save(self, path: Path) -> None:
        """Write all of it as one file, packed so that it can be moved to another machine."""
        about = {"words": self.words, "lang": self.lang, "sources": self.sources}
        header = json.dumps(about, ensure_ascii=False).encode()
        with lzma.open(path, "wb", preset=1) as out:
            for block in (header, self.counts, self.ids, self.codes):
                data = block if isinstance(block, bytes) else block.tobytes()
                out.write(len(data).to_bytes(8, "little"))
                out.write(data)

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """Read what :meth:`save` wrote."""
        try:
            with lzma.open(path) as packed:
                header, counts, ids, codes = (
                    packed.read(int.from_bytes(packed.read(8), "little")) for _ in range(4)
                )
            about = json.loads(header)
        except (lzma.LZMAError, EOFError, ValueError) as error:
            raise TextmendError(
                f"{path} is no prepared corpus ({error}); "
                "make one with: python -m textmend.training prepare"
            ) from None
        return cls(
            np.frombuffer(ids, np.uint16),
            np.frombuffer(codes, np.uint8),
            about["words"],
            np.frombuffer(counts, np.int64),
            about["lang"],
            about["sources"],
        )

    def held_back(self, stretches: int = 64, size: int = 4000) -> tuple[Corpus, Corpus]:
        """Two corpora: all but so many stretches of ``size`` tokens, and these, which lie apart."""
        starts = np.flatnonzero(self.codes & LINE_START)
        stretch = starts // size
        every = max(2, len(self.ids) // (size * stretches))
        is_held = np.repeat(stretch % every == every - 1, np.diff(np.append(starts, len(self.ids))))
        rest, held = (
            replace(self, ids=self.ids[of], codes=self.codes[of]) for of in (~is_held, is_held)
        )
        return rest, held


def read_mix(path: Path, root: Path) -> tuple[str, list[Source]]:
    """The language and the sources that a mix file (TOML) names; they lie in ``root``."""
    mix = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = [Source(**entry) for entry in mix["source"]]
    return mix["lang"], [replace(each, path=str(root / each.path)) for each in sources]


def prepare(
    sources: list[Source],
    *,
    lang: str,
    size: int,
    seed: int = 0,
    workers: int = 1,
    words: list[str] | None = None,
) -> Corpus:
    """The documents drawn from ``sources``, with a vocabulary of ``size`` entries, or ``words``."""
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(partial(_read, seed=seed), sources))
    words = words or _vocabulary(parts, size)
    index = {word: place for place, word in enumerate(words)}
    ids = np.concatenate([part.under(index) for part in parts])
    return Corpus(
        ids,
        np.concatenate([part.codes for part in parts]),
        words,
        np.bincount(ids, minlength=len(words)),
        lang,
        [
            {**asdict(each), "path": Path(each.path).name, "tokens": len(part.codes)}
            for each, part in zip(sources, parts, strict=True)
        ],
    )


def _vocabulary(parts: list[_Part], size: int) -> list[str]:
    """The classes of unknown words, then the commonest words."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(dict(zip(part.words, part.counts.tolist(), strict=True)))
    for name in CLASSES:
        del counts[name]
    most = size // (_ENDINGS_SHARE * SHAPES)
    known = [word for word, _ in counts.most_common(size - len(CLASSES) - most * SHAPES)]
    endings = common_endings(counts.keys() - known, counts, most)
    return [
        *CLASSES,
        *(name + ending for ending in endings for name in CLASSES[:SHAPES]),
        *known,
    ]


def common_endings(words: Iterable[str], counts: Mapping[str, int], most: int) -> list[str]:
    """The commonest last letters of the words that a vocabulary has not."""
    found: Counter[str] = Counter()
    for word in filter(is_word, words):
        for length in range(1, min(LONGEST_ENDING, len(word) - 1) + 1):
            found[word[-length:]] += counts[word]
    return sorted(ending for ending, _ in found.most_common(most))


@dataclass(frozen=True)
class _Part:
    """One source, under a numbering of its own: ``words[ids]`` are the keys of its tokens."""

    ids: NDArray[np.uint32]
    codes: NDArray[np.uint8]
    words: list[str]

    @property
    def counts(self) -> NDArray[np.int64]:
        return np.bincount(self.ids, minlength=len(self.words))

    def under(self, index: dict[str, int]) -> NDArray[np.uint16]:
        """The ids under a vocabulary; what is not in it becomes a class of unknown words."""
        unknown = np.array([word not in index and is_word(word) for word in self.words])
        places = np.array(
            [
                unknown_class(word, index) if is_unknown else index.get(word, index[CLASSES[-1]])
                for word, is_unknown in zip(self.words, unknown.tolist(), strict=True)
            ]
        )
        shapes = self.codes % SHAPES  # the classes of other shapes follow that of lower case
        return (places[self.ids] + unknown[self.ids] * shapes).astype(np.uint16)


def _read(source: Source, *, seed: int) -> _Part:
    index: dict[str, int] = {}
    seen: dict[str, int] = {}  # a token's text, as id and shape in one number
    ids: list[int] = []
    codes = bytearray()
    for line in _drawn(source, seed):
        opening = LINE_START
        tokens = tokenize(line)
        for token, first in zip(tokens, sentence_starts(tokens), strict=True):
            if token.kind == "space" or token.kind == "break":
                continue
            packed = seen.get(token.text)
            if packed is None:
                listed = number_class(token.text) or key(token.text)
                place = index.setdefault(listed, len(index))
                packed = seen[token.text] = place * SHAPES + form(token.text)
            ids.append(packed // SHAPES)
            codes.append(packed % SHAPES | (FIRST if first else 0) | opening)
            opening = 0
    return _Part(np.array(ids, np.uint32), np.frombuffer(codes, np.uint8), list(index))


def _drawn(source: Source, seed: int) -> Iterator[str]:
    """The paragraphs of the documents drawn from a source."""
    opener = lzma.open if source.path.endswith(".xz") else open
    draw = random.Random(f"{seed} {Path(source.path).name}")
    taken = draw.random() < source.share
    with opener(source.path, "rt", encoding="utf-8") as paragraphs:
        for line in paragraphs:
            if not line.strip():
                taken = draw.random() < source.share
            elif taken:
                yield line.rstrip("\n")
