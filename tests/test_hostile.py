"""Texts and names that would act on who looks at them are shown, and do nothing."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from textmend import Channel, Mended, mend_and_explain
from textmend.cli import main
from textmend.report.diff import lines

CLEAN = "The officers added that the other traders had left their ships there, and then they slept."
DAMAGED = Channel.of("the", "ad").apply(" ".join([CLEAN] * 12))
# What clears a screen, sets its title, goes back over a line, or turns its letters round.
CODES = ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\r", "\b", "\x00", "\u202e", "\u2066", "\u200f"]
NAME = "a\x1b[31m\n\u202e.txt"


def run(*arguments: str | Path) -> Result:
    # In colour, as on a terminal: elsewhere click takes some codes away.
    return CliRunner().invoke(main, list(map(str, arguments)), color=True)


def safe(shown: str) -> bool:
    """Whether nothing of it acts on a terminal but our own bold; tabs part the fields of lines."""
    plain = shown.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\t", " ")
    return all(map(str.isprintable, plain.split("\n")))


def hostile(text: str) -> str:
    """A text with every code between its words, most of them beside a damaged one."""
    words = text.split(" ")
    return " ".join(f"{word}{CODES[at % len(CODES)]}" for at, word in enumerate(words))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / (NAME if sys.platform != "win32" else "a.txt")
    path.write_bytes(hostile(DAMAGED).encode())
    return path


@pytest.mark.parametrize("code", CODES, ids=ascii)
def test_the_diff_shows_codes_and_sends_none(code: str) -> None:
    text = f"{code} y left{code} or ships {code}"
    mended = mend_and_explain(text, channel="the", min_probability=0.0)
    assert mended.edits
    for line in lines(f"a{code}.txt", Mended(text, mended.edits), width=200):
        assert safe(line)
        assert ascii(code)[1:-1] in line or code == "\r"


@pytest.mark.parametrize(
    "arguments",
    [
        ["mend", "--channel", "the,ad", "--diff", "--explain", "-v"],
        ["mend", "--dry-run", "-v"],
        ["detect", "--suspects"],
        ["detect", "--source", "file", "--by", "source"],
        ["mend", "--encoding", "ascii"],
        ["mend", "--channel", NAME],
        ["mend", "--channel", f"{NAME}.json"],
        ["mend", "--lang", NAME],
        ["mend", "--source", NAME],
        ["mend", "--encoding", NAME],
        ["mend", "--jobs", NAME],
        ["mend", "--field", NAME, "--model", NAME],
        ["mend", f"--{NAME}"],
        ["revert", "--edits", NAME, "-o", NAME],
        ["apply", "--edits", NAME, "-o", NAME, NAME],
        ["apply", "--edits", NAME, "-o", NAME, __file__, NAME],
        [NAME],
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[1:40],
)
def test_the_command_shows_codes_and_sends_none(page: Path, arguments: list[str]) -> None:
    result = run(*arguments, page)
    assert isinstance(result.exception, SystemExit | None)
    assert result.stdout + result.stderr
    assert safe(result.stdout)
    assert safe(result.stderr)


def test_cells_that_a_spreadsheet_would_run_stay_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    formulas = [
        "=1+1",
        "+1",
        "-2",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("//a.b","total")',
        "\t=1",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *([each, DAMAGED] for each in formulas)])
        csv.writer(file).writerows(["1", each] for each in formulas)
    result = run("mend", path, "--field", "text", "--channel", "the,ad")
    rows = list(csv.reader(io.StringIO(result.stdout, newline="")))
    assert [row[0] for row in rows[1 : len(formulas) + 1]] == formulas
    assert [row[1] for row in rows[len(formulas) + 1 :]] == formulas
    assert "they slept" in rows[1][1]
