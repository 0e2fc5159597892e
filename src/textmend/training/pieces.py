"""What a pretrained encoder knows, read from its folder, and what it would make of whole words.

The folder holds ``model.safetensors``, ``vocab.txt`` and ``config.json`` of a BERT without capitals
(such as all-MiniLM-L6-v2). Its vocabulary is of pieces of words; ours is of words, and a word
begins as the mean of its pieces. Start reading at :meth:`Pretrained.load`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmend.errors import TextmendError
from textmend.models.modelfile import CLASSES, is_class

Floats = NDArray[np.float32]

_INSIDE = "##"  # what marks a piece that does not begin a word
_LONGEST = 40  # characters of a piece
_KINDS = {"F32": "<f4", "F16": "<f2"}
# What classes of which no letter is known begin as.
_LIKE: Mapping[str, Sequence[str]] = {
    "<number>": ("3", "12", "25", "100", "250", "1000"),
    "<year>": ("1965", "1987", "1999", "2004", "2010", "2015"),
    "<other>": ("*", "@", "=", "~"),
}


@dataclass(frozen=True)
class Pretrained:
    """An encoder: its arrays by the names of its file, its pieces, and how many heads it has."""

    arrays: Mapping[str, Floats]
    pieces: Mapping[str, int]
    heads: int

    @classmethod
    def load(cls, folder: Path) -> Pretrained:
        """Read the folder of an encoder."""
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            listed = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
            arrays = read_safetensors(folder / "model.safetensors")
            heads = int(config["num_attention_heads"])
        except (OSError, ValueError, KeyError) as error:
            raise TextmendError(
                f"{folder} holds no encoder ({error}); it needs the config.json, vocab.txt and "
                "model.safetensors of a BERT without capitals"
            ) from None
        return cls(arrays, {piece: place for place, piece in enumerate(listed)}, heads)

    @property
    def width(self) -> int:
        """The numbers that describe a piece, and a state."""
        return int(self["embeddings.word_embeddings.weight"].shape[1])

    @property
    def depth(self) -> int:
        """How many layers it has."""
        return sum(name.endswith("attention.self.query.weight") for name in self.arrays)

    def __getitem__(self, name: str) -> Floats:
        """An array, whatever the model is called in its file."""
        found = self.arrays.get(name)
        return self.arrays[f"bert.{name}"] if found is None else found

    def embedding(self, words: Sequence[str]) -> Floats:
        """What the entries of a vocabulary begin as, shape (words, width)."""
        table = self["embeddings.word_embeddings.weight"]
        return np.stack([table[self._begins_as(word)].mean(axis=0) for word in words])

    def special(self, name: str) -> Floats:
        """The embedding of ``[CLS]`` or ``[SEP]``."""
        return self["embeddings.word_embeddings.weight"][self.pieces[name]]

    def _begins_as(self, entry: str) -> list[int]:
        if not is_class(entry):
            return self.split(entry)
        name = next(name for name in CLASSES if entry.startswith(name))
        like = _LIKE.get(name)
        if like:
            return [place for word in like for place in self.split(word)]
        ending = entry.removeprefix(name)
        return [self.pieces["[UNK]"], *(self._greedy(ending, _INSIDE) if ending else [])]

    def split(self, word: str) -> list[int]:
        """The pieces of a word, longest first: WordPiece, Wu et al. 2016 (arXiv:1609.08144).

        The encoder knows no capitals and no accents; marks are words of their own.
        """
        plain = unicodedata.normalize("NFD", word.lower())
        kept = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
        apart = "".join(letter if letter.isalnum() else f" {letter} " for letter in kept)
        found = [place for part in apart.split() for place in self._greedy(part, "")]
        return found or [self.pieces["[UNK]"]]

    def _greedy(self, part: str, mark: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(part):
            ends = range(min(len(part), start + _LONGEST), start, -1)
            end = next((end for end in ends if mark + part[start:end] in self.pieces), None)
            if end is None:
                return [self.pieces["[UNK]"]]
            found.append(self.pieces[mark + part[start:end]])
            start, mark = end, _INSIDE
        return found


def read_safetensors(path: Path) -> dict[str, Floats]:
    """The arrays of numbers in a safetensors file: a length, a JSON header, then the numbers."""
    body = path.read_bytes()
    size = int.from_bytes(body[:8], "little")
    header: dict[str, dict[str, Any]] = json.loads(body[8 : 8 + size])
    found: dict[str, Floats] = {}
    for name, about in header.items():
        kind = _KINDS.get(about.get("dtype", ""))
        if kind is not None:
            start, end = about["data_offsets"]
            values = np.frombuffer(body[8 + size + start : 8 + size + end], kind)
            found[name] = values.reshape(about["shape"]).astype(np.float32)
    return found
