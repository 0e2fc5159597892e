"""Which files are not read: by their names, and by content that nothing else has."""

import bz2
import gzip
import json
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from textmend import TextmendError
from textmend.batch import decoding, formats
from textmend.batch.records import format_of

RECORDS = [{"id": 1, "text": "y left"}, {"id": 2, "text": "Nerlands"}]


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("page.txt", "y left")


def _tar(path: Path) -> None:
    page = path.with_name("page")
    page.write_text("y left", encoding="utf-8")
    with tarfile.open(path, "w") as archive:
        archive.add(page, "page")


def _sqlite(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("create table pages (text)")
    base.commit()
    base.close()


# How a file is written, what it is, and what to do with it.
WRITTEN: list[tuple[Callable[[Path], object], str, str]] = [
    (lambda path: path.write_bytes(gzip.compress(b"y left")), "gzip", "gzip -dc"),
    (lambda path: path.write_bytes(bz2.compress(b"y left")), "bzip2", "bzip2 -dc"),
    (lambda path: path.write_bytes(lzma.compress(b"y left")), "xz", "xz -dc"),
    (lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd\x04"), "zstd", "zstd -dc"),
    (_zip, "a ZIP archive", "unpack it first"),
    (_tar, "a tar archive", "unpack it first"),
    (_sqlite, "SQLite", "mend the texts in it from Python"),
    (lambda path: path.write_bytes(b"%PDF-1.7\n%\xe2\xe3"), "PDF", "save or extract its text"),
    (lambda path: path.write_bytes(b"PAR1\x15\n\0PAR1"), "Parquet", "name the field"),
    (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0"), "binary", "extract its text"),
    (lambda path: path.write_text(json.dumps(RECORDS)), "JSON", "mend the texts in it"),
    (lambda path: path.write_text(json.dumps(RECORDS, indent=2)), "JSON", "mend the texts in it"),
    (lambda path: path.write_text("\ufeff" + json.dumps(RECORDS[0])), "JSON", "mend the texts"),
    (
        lambda path: path.write_text("\n\n".join(map(json.dumps, RECORDS)) + "\n"),
        "JSON lines",
        "end in .jsonl, and name the field",
    ),
]


def read(path: Path) -> str | None:
    (record,) = format_of(path).records()
    return record.text


@pytest.mark.parametrize(("write", "found", "remedy"), WRITTEN)
def test_content_tells(
    tmp_path: Path, write: Callable[[Path], object], found: str, remedy: str
) -> None:
    path = tmp_path / "page.txt"
    write(path)
    with pytest.raises(TextmendError, match=f"page.txt: is {found}, and no plain text; .*{remedy}"):
        read(path)


def test_in_no_encoding_is_it_text() -> None:
    with pytest.raises(TextmendError, match="is gzip, and no plain text"):
        decoding.decode(gzip.compress(b"y left"), "page.txt", "latin-1")


@pytest.mark.parametrize(
    "name",
    ["a.json", "a.PDF", "a.tar", "a.tgz", "a.docx", "a.xlsx", "a.zip", "a.orc"],
)
def test_names_tell(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("plain text\n", encoding="utf-8")
    with pytest.raises(TextmendError, match=f"{name}: is .*, and no plain text; "):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        "[sic]",
        '["the" is what was lost]',
        '{"text": "y left"}\nand then a line of prose\n',
        '{"text": "cut sho\n',
        "ORCHARDS and PAR1 of it",
        "BZh9 is no word",
        "PK of a company",
        '["' * 100_000,
        '["' * 100_000 + '"]',
    ],
)
def test_text_that_only_looks_like_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.txt"
    path.write_text(text, encoding="utf-8")
    assert read(path) == text


@given(st.text(max_size=40), st.sampled_from(["utf-8", "utf-16"]))
def test_other_text_is_read_as_it_is(text: str, encoding: str) -> None:
    shown = f"Text: {text}"
    assert decoding.decode(shown.encode(encoding), "page.txt", encoding) == shown


def test_of_the_corpora_only_json_is_refused() -> None:
    refused = []
    for document in corpora.load("negative"):
        try:
            formats.refuse_text(document.id, document.text)
        except TextmendError:
            refused.append(document.id)
    assert refused == ["negative/json_config"]
