"""Clean documents to damage: the project's own corpora, or any file or folder of text.

Start reading at :func:`documents`.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import click

import corpora

# Named corpora. Negative texts are given to an English mender whatever they are written in: that
# is the harm a user could do with them.
_NAMED = ("news", "held-out", "prose", "negative", "languages")
_SUFFIXES = (".txt", ".txt.xz", ".jsonl")


@dataclass(frozen=True, slots=True)
class Document:
    """A clean text; ``lang`` is the language that its mender is told."""

    id: str
    text: str
    lang: str = "en"

    @property
    def words(self) -> int:
        """How many words it has, split at white space."""
        return len(self.text.split())


def documents(
    source: str,
    *,
    min_words: int = 0,
    max_words: int | None = None,
    cut: tuple[int, int] | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[Document]:
    """The documents of a named corpus, of a file (.txt, .txt.xz, .jsonl), or of a folder of them.

    ``cut``: passages of so many words (at least, at most) are cut from each document instead.
    ``limit``: so many of them, drawn with ``seed``, in their old order.
    """
    found = [each for _, several in collections(source) for each in several]
    if cut is not None:
        found = [passage for each in found for passage in passages(each, *cut)]
    found = [each for each in found if min_words <= each.words <= (max_words or each.words)]
    if limit is not None and limit < len(found):
        drawn = random.Random(f"documents {seed}").sample(range(len(found)), limit)
        found = [found[place] for place in sorted(drawn)]
    if not found:
        raise click.ClickException(f"{source}: no document of {min_words} or more words")
    return found


def corpus_hash(chosen: Iterable[Document]) -> str:
    """A short hash of ids, languages and texts: the same for the same documents only."""
    digest = hashlib.sha256()
    for each in chosen:
        for part in (each.id, each.lang, each.text):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def passages(document: Document, least: int, most: int) -> Iterator[Document]:
    """Runs of whole paragraphs with ``least`` to ``most`` words, of all lengths between these."""
    rng = random.Random(document.id)
    wanted = rng.randint(least, most)
    text = document.text
    start = end = 0
    while start < len(text):
        next_end = text.find("\n", end) + 1 or len(text)
        size = len(text[start:end].split())
        if end == len(text) or size >= wanted or len(text[start:next_end].split()) > most:
            if least <= size <= most:
                passage = text[start:end].strip("\n")
                yield Document(f"{document.id}@{start}", passage, document.lang)
            # A paragraph that is too long by itself is passed over.
            start = end = next_end if end == start else end
            wanted = rng.randint(least, most)
        else:
            end = next_end


def collections(source: str) -> Iterator[tuple[str, Iterable[Document]]]:
    """What ``source`` is made of: a corpus, or files, by name; documents are read as asked for."""
    path = Path(source)
    if source in _NAMED:
        yield source, _own(source)
    elif path.is_dir():
        files = sorted(each for each in path.iterdir() if each.name.endswith(_SUFFIXES))
        if not files:
            raise click.ClickException(f"{source}: no {' or '.join(_SUFFIXES)} file in this folder")
        yield from ((_stem(each), _file(each)) for each in files)
    elif path.is_file():
        yield _stem(path), _file(path)
    else:
        known = ", ".join(_NAMED)
        raise click.ClickException(f"{source}: neither a file, a folder, nor one of {known}")


def _stem(path: Path) -> str:
    return path.name.removesuffix(".xz").rpartition(".")[0]


def _own(name: str) -> Sequence[Document]:
    if name == "held-out":
        found = corpora.load("news", split="held-out")
    else:
        found = [each for each in corpora.load(split="dev") if each.set == name]
    return [
        Document(each.id, each.text, "en" if name == "negative" else each.language)
        for each in found
    ]


def _file(path: Path) -> Iterator[Document]:
    if path.suffix == ".jsonl":
        yield from _records(path)
    elif path.suffix == ".xz":
        yield from _packed(path)
    else:
        yield Document(path.stem, path.read_text(encoding="utf-8"))


def _packed(path: Path) -> Iterator[Document]:
    """The documents of a file in the format for training, parted by empty lines."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        # The lines alternate between documents and the empty lines that part them.
        parts = (list(part) for full, part in groupby(lines, key=lambda line: line != "\n") if full)
        for number, part in enumerate(parts, start=1):
            yield Document(f"{_stem(path)}:{number}", "".join(part).rstrip("\n"))


def _records(path: Path) -> Iterator[Document]:
    with path.open(encoding="utf-8") as lines:
        # Only "\n" ends a record: str.splitlines would cut at the separators that texts may hold.
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                yield Document(
                    str(record.get("id", f"{path.stem}:{number}")),
                    # What OCR should have read ("gt", ground truth) is a text, too.
                    record["text"] if "text" in record else record["gt"],
                    record.get("lang", "en"),
                )
            except (ValueError, KeyError, AttributeError) as error:
                raise click.ClickException(
                    f"{path}, line {number}: not a JSON object with a field 'text' or 'gt' "
                    f"({error})"
                ) from None
