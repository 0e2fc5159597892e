"""Batches: whole folders, faults, stops, and the way back."""

import csv
import gzip
import io
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import corpora
from textmend import Channel, mend
from textmend.api import SOURCE_WORDS
from textmend.batch.channels import Samples, load
from textmend.batch.inputs import find
from textmend.batch.manifest import Manifest
from textmend.cli import main

NEWS = [document.text for document in corpora.load("news", split="dev")]
THE_AD, OF_ING = Channel.parse("the,ad"), Channel.parse("of,ing")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def tree(folder: Path) -> dict[str, bytes]:
    """The files in a folder, less the state of batches."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".textmend" not in path.parts
    }


def passages(count: int, words: int = 70) -> list[str]:
    """Passages of news, no two alike."""
    found = [
        " ".join(text.split()[start : start + words])
        for text in NEWS
        for start in range(0, len(text.split()) - words, words)
    ]
    return random.Random(5).sample(found, count)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with two sites, one damaged, of plain text, and tables."""
    folder = tmp_path / "raw"
    for site, channel in (("one", THE_AD), ("two/deep", Channel())):
        (folder / site).mkdir(parents=True)
        for number, text in enumerate(passages(6)):
            name = folder / site / f"{number}.txt"
            name.write_bytes(channel.apply(text).encode() + b"\r\n")
    (folder / "one" / "bom.md").write_bytes(b"\xef\xbb\xbf" + THE_AD.apply(NEWS[0]).encode())
    rows = [
        {"id": number, "site": "ab"[number % 2], "text": text}
        for number, text in enumerate(passages(12))
    ]
    for row in rows[1::2]:
        row["text"] = OF_ING.apply(str(row["text"]))
    lines = [json.dumps(row, ensure_ascii=False, indent=None) for row in rows]
    (folder / "pages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerows([["id", "site", "text"], *(row.values() for row in rows)])
    (folder / "pages.csv.gz").write_bytes(gzip.compress(table.getvalue().encode(), 6, mtime=7))
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_a_folder_is_mirrored_and_comes_back_byte_for_byte(raw: Path, tmp_path: Path) -> None:
    before, out, log = tree(raw), tmp_path / "out", tmp_path / "edits.jsonl.gz"
    result = run("mend", raw, "-o", out, "--field", "text", "--edits", log)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "37 texts in 15 files, " in result.stderr
    assert "1 files of other formats left out" in result.stderr
    mended = tree(out)
    assert mended.keys() == before.keys() - {"picture.png"}
    changed = {name for name in mended if mended[name] != before[name]}
    # A short text of a damaged source is mended, and a clean source stays.
    assert {f"one/{number}.txt" for number in range(6)} | {"one/bom.md"} <= changed
    assert not any(name.startswith("two/") for name in changed)
    assert tree(raw) == before
    result = run("revert", out, "--edits", log, "-o", tmp_path / "back")
    assert result.exit_code == 0
    back = tree(tmp_path / "back")
    assert {name: back.get(name) for name in mended} == {name: before[name] for name in mended}
    result = run("apply", raw, "--edits", log, "-o", tmp_path / "again")
    assert result.exit_code == 0
    assert tree(tmp_path / "again") == mended


def test_only_the_field_changes(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages.jsonl"
    result = run(
        "mend", raw / "pages.jsonl", "-o", out, "--field", "text", "--source", "field:site"
    )
    assert result.exit_code == 0
    rows = zip(
        (raw / "pages.jsonl").read_bytes().splitlines(),
        out.read_bytes().splitlines(),
        strict=True,
    )
    for before, after in rows:
        old, new = json.loads(before), json.loads(after)
        assert (new["text"] != old["text"]) == (old["site"] == "b")
        assert {**new, "text": ""} == {**old, "text": ""}
        assert after.startswith(before[: before.index(b'"text"')])
    assert not list(tmp_path.glob(".*"))  # of one result no state stays


def test_a_second_run_does_nothing_again(raw: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "edits.jsonl"
    options: list[str | Path] = ["mend", raw, "-o", out, "--field", "text", "--edits", log]
    run(*options)
    first, edits = tree(out), log.read_bytes()
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.txt")}
    log.unlink()
    result = run(*options)
    assert "15 files done before" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.txt")} == times
    assert (tree(out), log.read_bytes()) == (first, edits)

    # A result that went away, an input that changed, and other settings are mended anew.
    (out / "one" / "0.txt").unlink()
    (raw / "two" / "deep" / "0.txt").write_text("Another clean text.", encoding="utf-8")
    result = run(*options)
    assert "13 files done before" in result.stderr
    assert (out / "two" / "deep" / "0.txt").read_text(encoding="utf-8") == "Another clean text."
    assert (out / "one" / "0.txt").read_bytes() == first["one/0.txt"]
    assert "done before" not in run(*options, "--min-probability", "0.9").stderr
    assert "15 files done before" in run(*options, "--min-probability", "0.9").stderr
    assert "done before" not in run(*options, "--min-probability", "0.9", "--force").stderr


def test_channels_are_stored_and_used_again(raw: Path, tmp_path: Path) -> None:
    stored = tmp_path / "channels.json"
    options: list[str | Path] = ["mend", raw, "--glob", "*.txt"]
    run(*options, "-o", tmp_path / "one", "--save-channels", stored)
    known = load(stored)
    assert [each.channel.sequences for each in known["one"].channels] == [("the", "ad")]
    assert known["two/deep"].channels == ()
    assert known["one"].texts == 6
    # What is stored is believed: a text that shows nothing itself is mended by it.
    lone = tmp_path / "lone" / "one"
    lone.mkdir(parents=True)
    (lone / "a.txt").write_text("Farmers said y knew or towns.", encoding="utf-8")
    options = ["mend", tmp_path / "lone", "-o", tmp_path / "two"]
    assert run(*options, "--channels", stored).exit_code == 0
    mended = (tmp_path / "two" / "one" / "a.txt").read_text(encoding="utf-8")
    assert mended == "Farmers said they knew other towns."
    stored.write_text('{"sources": {"one": 3}}', encoding="utf-8")
    result = run(*options, "--channels", stored)
    assert result.exit_code == 2
    assert f"{stored}: holds no channels of sources" in result.stderr


def test_dry_runs_and_differences(raw: Path, tmp_path: Path) -> None:
    result = run("mend", raw / "one", "-o", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert "7 texts in 7 files, 7 mended by " in result.stderr
    assert not (tmp_path / "out").exists()
    result = CliRunner().invoke(
        main, ["mend", str(raw / "one"), "--diff"], env={"COLUMNS": "80", "NO_COLOR": "1"}
    )
    lines = result.stdout.splitlines()
    assert max(len(line) for line in lines if not line.startswith(str(raw))) <= 80
    assert sum(" edit" in line and line.startswith(str(raw)) for line in lines) == 7
    assert any("{+the +}" in line for line in lines)
    # Doubtful ones come first.
    shares = [int(line.split()[0]) for line in lines[1:6]]
    assert shares == sorted(shares)


def test_the_difference_cuts_no_word_and_shows_what_cannot_be_printed(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("\x1b[31mred\u202e y saw or farmers " + "alongword " * 30, encoding="utf-8")
    result = CliRunner().invoke(
        main, ["mend", str(page), "--diff", "--channel", "the"], env={"COLUMNS": "90"}
    )
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert r"\x1b[31mred\u202e" in result.stdout
    for line in result.stdout.splitlines()[1:]:
        assert len(line) <= 90
        words = line.split("+}")[-1].strip("… ").split()
        assert set(words) <= {"saw", "other", "farmers", "alongword"}


def test_words_to_keep(tmp_path: Path) -> None:
    page, kept = tmp_path / "page.txt", tmp_path / "kept.txt"
    page.write_text("y met or farmers in dition", encoding="utf-8")
    kept.write_text("Or\n\n", encoding="utf-8")
    result = run("mend", page, "--channel", "the,ad", "--keep-words", kept)
    assert result.stdout == "They met or farmers in addition"


def test_settings_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "sub" / "page.txt"
    page.parent.mkdir()
    page.write_text("Nerlands", encoding="utf-8")
    monkeypatch.chdir(page.parent)
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.textmend]\nchannel = "the"\n', encoding="utf-8")
    assert run("mend", page).stdout == "Netherlands"
    assert run("mend", page, "--channel", "qu").stdout == "Nerlands"
    (tmp_path / "sub" / "textmend.toml").write_text("field = 'body'\n", encoding="utf-8")
    assert run("mend", page).stdout == "Nerlands"  # the nearest file is the one
    (tmp_path / "words.txt").write_text("\ufeffnerlands\n", encoding="utf-8")
    (tmp_path / "sub" / "textmend.toml").unlink()
    settings = "channel = 'the'\nkeep-words = 'words.txt'\nquiet = true\n"
    project.write_text(f"[tool.textmend]\n{settings}", encoding="utf-8")
    result = run("mend", page, "-o", tmp_path / "out.txt")
    assert (result.stdout, result.stderr) == ("", "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "Nerlands"
    project.write_text("[tool.textmend]\nfeild = 'text'\n", encoding="utf-8")
    result = run("mend", page)
    assert result.exit_code == 2
    assert f"{project}: unknown setting 'feild'; known are " in result.stderr


def test_sources_in_a_line_each(raw: Path) -> None:
    result = run("detect", raw, "--glob", "*.txt")
    assert result.exit_code == 1
    one, two = result.stdout.splitlines()
    assert one.startswith("one\tdamaged: 100 % of the texts, ")
    assert one.endswith("; 6 texts, " + one.rsplit(", ", 1)[1])
    assert two.startswith("two/deep\tno damage found; 6 texts, ")
    lines = run("detect", raw, "--glob", "*.txt", "--json").stdout.splitlines()
    found = {(each := json.loads(line))["source"]: each for line in lines}
    assert found["one"]["channels"][0]["share"] == 1.0
    assert found["two/deep"]["channels"] == []
    assert len(run("detect", raw, "--glob", "*.txt", "--by", "text").stdout.splitlines()) > 12
    result = run("detect", raw / "pages.jsonl", "--field", "text", "--source", "field:site")
    a, b = result.stdout.splitlines()
    assert a.startswith("a\tno damage")
    assert b.startswith("b\tdamaged")


# Faults: each is one line that names the file, the place and the remedy; the rest is done.


def _missing_field(folder: Path) -> None:
    (folder / "bad.jsonl").write_text('{"text": "fine"}\n{"other": "y left"}\n', encoding="utf-8")


def _lines(folder: Path, line: str) -> None:
    rows = ['{"text": "A clean text."}'] * 20
    rows[16] = line
    (folder / "bad.jsonl").write_text("\n".join(rows), encoding="utf-8")


def _loop(folder: Path) -> None:
    (folder / "loop").symlink_to(folder, target_is_directory=True)


FAULTS: dict[str, tuple[Any, str]] = {
    "gzip": (
        lambda folder: (folder / "bad.txt.gz").write_bytes(gzip.compress(b"y left" * 99)[:30]),
        "bad.txt.gz: is no whole gzip file: .*; get a whole copy of it",
    ),
    "json": (
        lambda folder: _lines(folder, '{"text": "y left"'),
        r"bad.jsonl: line 17: is no JSON \(Expecting ',' delimiter at column 18\); correct",
    ),
    "field": (_missing_field, "bad.jsonl: line 2: has no field text; add it"),
    "null": (
        lambda folder: _lines(folder, '{"text": null}'),
        "bad.jsonl: line 17: the field text is null; put a text in quotes there",
    ),
    "number": (
        lambda folder: _lines(folder, '{"text": 12.50}'),
        "bad.jsonl: line 17: the field text is a number; put a text in quotes there",
    ),
    "utf-8": (
        lambda folder: (folder / "bad.txt").write_bytes(b"y left\x93"),
        "bad.txt: byte 0x93 at offset 6 is not utf-8; name the encoding, such as --encoding cp1252",
    ),
    "loop": (_loop, "loop: is a link back to a folder that it is in; remove it"),
    "link": (
        lambda folder: (folder / "gone.txt").symlink_to("nowhere.txt"),
        "gone.txt: is a link to nothing; remove it",
    ),
    "folder twice": (
        lambda folder: (folder / "same").symlink_to(folder / "one", target_is_directory=True),
        "same: is named twice; what is in it is mended once",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_the_rest_is_done(name: str, raw: Path, tmp_path: Path) -> None:
    make, message = FAULTS[name]
    make(raw)
    result = run("mend", raw, "-o", tmp_path / "out", "--field", "text")
    assert result.exit_code == 1
    (line,) = (each for each in result.stderr.splitlines() if " texts in " not in each)
    assert line.startswith("textmend: ")
    assert re.search(message, line), line
    assert len(tree(tmp_path / "out")) >= 15
    if (raw / "bad.jsonl").exists():  # a record that cannot be mended stays as it is
        assert (tmp_path / "out" / "bad.jsonl").read_bytes() == (raw / "bad.jsonl").read_bytes()
    assert not list((tmp_path / "out").rglob("*unfinished*"))


def test_what_is_named_twice_is_mended_once(raw: Path, tmp_path: Path) -> None:
    result = run("mend", raw / "one", raw / "one" / "0.txt", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "0.txt: is named twice; it is mended once" in result.stderr
    # A pattern may well name what is in a folder that it names; a link has a result of its own.
    (raw / "one" / "same.txt").symlink_to(raw / "one" / "0.txt")
    result = run("mend", f"{raw}/one/**", "-o", tmp_path / "more")
    assert (result.exit_code, len(tree(tmp_path / "more"))) == (0, 8)


def test_a_pattern_of_several_files_needs_a_folder(raw: Path, tmp_path: Path) -> None:
    result = run("mend", f"{raw}/one/*.txt", "-o", tmp_path / "out.txt")
    assert result.exit_code == 2
    assert "make one to hold 6 results" in result.stderr


def test_a_log_is_written_wherever_results_go(raw: Path, tmp_path: Path) -> None:
    page, log = raw / "one" / "0.txt", tmp_path / "edits.jsonl"
    for output in ([], ["-o", "-"]):
        result = run("mend", page, "--channel", "the,ad", "--edits", log, *output)
        assert result.exit_code == 0
        out = tmp_path / "out.txt"
        out.write_bytes(result.stdout_bytes)
        assert run("revert", out, "--edits", log, "-o", tmp_path / "back.txt").exit_code == 0
        assert (tmp_path / "back.txt").read_bytes() == page.read_bytes() != out.read_bytes()
        log.unlink()
    run("mend", page, "--channel", "the,ad", "--edits", log, "--dry-run")
    assert not log.exists()


def test_logs_and_results_agree_whatever_was_named_and_failed(raw: Path, tmp_path: Path) -> None:
    out, log, back = tmp_path / "out", tmp_path / "out" / "edits.jsonl", tmp_path / "back"
    (raw / "one" / "more.log").write_bytes((raw / "one" / "0.txt").read_bytes())
    files = [raw / "one" / name for name in ("2.txt", "1.txt", "more.log")]
    options: list[Any] = ["mend", *files, "-o", f"{out}/", "--channel", "the,ad", "--edits", log]
    assert run(*options).exit_code == 0
    assert run("revert", out, "--edits", log, "-o", back).exit_code == 0
    assert tree(back) == {each.name: each.read_bytes() for each in files}
    # A result of which no log tells is none, whether its input fails now or went away.
    files[0].write_bytes(b"\xff")
    assert run(*options).exit_code == 1
    assert not (out / "2.txt").exists()
    assert run(*options[:2], *options[4:]).exit_code == 1
    assert run("revert", out, "--edits", log, "-o", tmp_path / "again").exit_code == 0
    assert tree(tmp_path / "again") == {each.name: each.read_bytes() for each in files[1:]}


def test_a_file_that_breaks_off_leaves_no_edits(tmp_path: Path) -> None:
    raw, out, log = tmp_path / "raw", tmp_path / "out", tmp_path / "edits.jsonl"
    raw.mkdir()
    rows = [json.dumps({"text": f"{number} y left or towns."}) for number in range(1400)]
    packed = gzip.compress("\n".join(rows).encode())
    (raw / "a.jsonl.gz").write_bytes(packed[:-50])
    (raw / "b.jsonl").write_text("\n".join(rows[:3]), encoding="utf-8")
    options: list[Any] = [
        "mend",
        raw,
        "-o",
        out,
        "--field",
        "text",
        "--channel",
        "the",
        "--edits",
        log,
    ]
    result = run(*options)
    assert result.exit_code == 1
    assert "a.jsonl.gz: is no whole gzip file" in result.stderr
    assert {json.loads(line)["file"] for line in log.read_text().splitlines()} == {"b.jsonl"}
    assert run("revert", out, "--edits", log, "-o", tmp_path / "back").exit_code == 0
    assert tree(tmp_path / "back") == {"b.jsonl": (raw / "b.jsonl").read_bytes()}


def test_no_side_output_overwrites_anything(raw: Path, tmp_path: Path) -> None:
    page = raw / "one" / "0.txt"
    before = page.read_bytes()
    refused: list[list[Any]] = [
        ["mend", page, "-o", tmp_path / "o", "--edits", page],
        ["mend", page, "-o", tmp_path / "o", "--edits", tmp_path / "o"],
        ["mend", raw, "-o", tmp_path / "o", "--save-channels", page],
        ["report", page, "-o", page],
    ]
    for options in refused:
        result = run(*options)
        assert result.exit_code == 2
        assert "is read or written already; name another file" in result.stderr
    assert page.read_bytes() == before


def test_odd_strings_fail_no_batch(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    half = json.dumps({"text": "y left or towns \ud83d", "site": "\ud83d"})
    (raw / "half.jsonl").write_text(f"{half}\n" * 3, encoding="utf-8")
    for source in ("dir", "field:site"):
        result = run("mend", raw, "-o", out, "--field", "text", "--source", source)
        assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
        assert (out / "half.jsonl").read_bytes() == (raw / "half.jsonl").read_bytes()
    result = run("mend", raw / "half.jsonl", "--field", "text", "--json")
    assert json.loads(result.stdout.splitlines()[0])["text"] == "y left or towns \ud83d"
    long = raw / f"{'a' * 240}.txt"
    long.write_text("text", encoding="utf-8")
    (raw / "gone.log").symlink_to("nowhere")
    result = run("mend", raw, "-o", out, "--field", "text", "--glob", "*")
    assert "gone.log: is a link to nothing" in result.stderr
    assert (out / long.name).read_text(encoding="utf-8") == "text"


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("text", encoding="utf-8")
    try:
        (tmp_path / "raw" / os.fsdecode(b"b\xff.txt")).write_text("text", encoding="utf-8")
    except OSError:
        pytest.skip("no such names here")
    result = run("mend", tmp_path / "raw", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert r"b\udcff.txt: has a name that is not UTF-8; rename it" in result.stderr
    assert tree(tmp_path / "out") == {"a.txt": b"text"}


def test_faults_are_told_each_time(raw: Path, tmp_path: Path) -> None:
    _lines(raw, '{"text": null}')
    options: list[Any] = ["mend", raw, "-o", tmp_path / "out", "--field", "text"]
    assert (run(*options).exit_code, run(*options).exit_code) == (1, 1)
    assert "bad.jsonl: 1 records cannot be mended; all stay" in run(*options).stderr
    result = run("detect", raw, "--field", "text")
    assert result.exit_code == 2
    assert "bad.jsonl: line 17: the field text is null" in result.stderr


def test_channels_of_sources_need_sources(raw: Path, tmp_path: Path) -> None:
    for option in ("--channels", "--save-channels"):
        result = run("mend", raw / "one" / "0.txt", option, tmp_path / "channels.json")
        assert result.exit_code == 2
        assert "say what is one: --source dir" in result.stderr


def test_a_name_with_a_newline_is_a_name(tmp_path: Path) -> None:
    page = tmp_path / "raw" / "a\nb\x1b.txt"
    page.parent.mkdir()
    page.write_bytes(b"\xff")
    result = run("mend", page.parent, "-o", tmp_path / "out")
    first, _ = result.stderr.splitlines()
    assert r"a\nb\x1b.txt: byte 0xff" in first
    page.write_bytes(b"y left")
    assert run("mend", page.parent, "-o", tmp_path / "out", "--channel", "the").exit_code == 0
    assert (tmp_path / "out" / page.name).read_bytes() == b"They left"


def test_an_output_in_the_input_is_refused(raw: Path) -> None:
    for output in (raw, raw / "mended", raw / "one"):
        result = run("mend", raw, "-o", output)
        assert result.exit_code == 2
        assert "would be mended the next time; name a folder elsewhere" in result.stderr
    result = run("mend", raw / "one" / "0.txt", raw / "one" / "1.txt", "-o", raw / "one")
    assert result.exit_code == 2
    assert "0.txt: would be overwritten; name another folder" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write all")
def test_permissions(raw: Path, tmp_path: Path) -> None:
    (raw / "one" / "0.txt").chmod(0)
    out = tmp_path / "out"
    (out / "two").mkdir(parents=True)
    (out / "two").chmod(0o500)
    result = run("mend", raw, "-o", out, "--glob", "*.txt")
    assert result.exit_code == 1
    assert "0.txt: cannot be read: Permission denied; check" in result.stderr
    assert result.stderr.count("cannot be written: Permission denied") == 6
    (out / "two").chmod(0o700)
    assert len(tree(out)) == 5


def test_every_database_that_is_opened_is_closed(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", watched)
    assert run("mend", raw, "-o", tmp_path / "out", "--glob", "*.txt").exit_code == 0
    assert len(opened) == 2  # the sample, and the state
    for each in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            each.execute("SELECT 1")


def test_two_batches_do_not_write_to_one_folder(raw: Path, tmp_path: Path) -> None:
    manifest = Manifest(tmp_path / "out" / ".textmend")
    result = run("mend", raw, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "another batch is writing to this folder; wait for its end" in result.stderr
    manifest.close()
    (tmp_path / "out" / ".textmend" / "manifest.sqlite").write_bytes(b"no database" * 99)
    result = run("mend", raw, "-o", tmp_path / "out")
    assert "is no manifest" in result.stderr


def test_a_log_that_does_not_fit_is_refused(raw: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "edits.jsonl"
    run("mend", raw, "-o", out, "--glob", "*.txt", "--edits", log)
    (out / "one" / "1.txt").write_text("Another text.", encoding="utf-8")
    result = run("revert", out, "--edits", log, "-o", tmp_path / "back")
    assert result.exit_code == 1
    assert "1.txt: edit at" in result.stderr
    assert "one/1.txt" not in tree(tmp_path / "back")
    assert tree(tmp_path / "back")["one/0.txt"] == (raw / "one" / "0.txt").read_bytes()
    (out / "one" / "1.txt").unlink()
    result = run("revert", out, "--edits", log, "-o", tmp_path / "back")
    assert "the log has edits of one/1.txt, which is not among the files" in result.stderr
    log.write_text("no JSON", encoding="utf-8")
    result = run("revert", out, "--edits", log, "-o", tmp_path / "back")
    assert f"{log}: line 1: is no JSON" in result.stderr


def test_a_batch_that_was_killed_goes_on_to_the_same_result(raw: Path, tmp_path: Path) -> None:
    rows = [json.dumps({"text": THE_AD.apply(text)}) for text in passages(40) * 12]
    (raw / "long.jsonl").write_text("\n".join(rows), encoding="utf-8")
    options: list[Any] = ["mend", str(raw), "--field", "text", "--jobs", "1"]
    assert run(*options, "-o", tmp_path / "whole", "--edits", tmp_path / "whole.log").exit_code == 0
    out, log = tmp_path / "out", tmp_path / "out.log"
    line = [sys.executable, "-m", "textmend", *options, "-o", str(out), "--edits", str(log)]
    draw = random.Random(8)
    for _ in range(3):
        batch = subprocess.Popen(line, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(1.0, 3.0))
        batch.send_signal(signal.SIGKILL)
        batch.wait()
        assert not any(
            path.suffix == ".jsonl" and not path.stat().st_size for path in out.rglob("*")
        )
    done = subprocess.run(line, stderr=subprocess.PIPE, text=True, check=True)
    assert "texts in 16 files" in done.stderr
    assert tree(out) == tree(tmp_path / "whole")
    assert log.read_bytes() == (tmp_path / "whole.log").read_bytes()


def _limited() -> None:
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_disk_that_is_full_stops_no_batch(raw: Path, tmp_path: Path) -> None:
    (raw / "big.txt").write_text("A clean text. " * 10_000, encoding="utf-8")
    options: list[Any] = ["mend", str(raw), "-o", str(tmp_path / "out"), "--field", "text"]
    line = [sys.executable, "-m", "textmend", *options]
    done = subprocess.run(line, stderr=subprocess.PIPE, text=True, preexec_fn=_limited, check=False)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert all(each.startswith("textmend: ") for each in lines)
    assert any("big.txt: cannot be written: File too large; see to that" in each for each in lines)
    assert any("the manifest of the batch cannot be written: " in each for each in lines)
    assert "files failed" in lines[-1]
    assert run(*options).exit_code == 0
    assert run(*options[:3], tmp_path / "whole", *options[4:]).exit_code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_several_processes_give_the_same_result(raw: Path, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        options: list[str | Path] = ["-o", tmp_path / jobs, "--glob", "*.txt", "--jobs", jobs]
        assert run("mend", raw, *options).exit_code == 0
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


def test_a_sample_is_bounded_and_from_all_over() -> None:
    samples = Samples()
    draw = random.Random(2)
    ranks = [f"{draw.random():.12f}" for _ in range(400)]
    for rank in ranks:
        samples.add("one", rank, f"{rank} " + "word " * (SOURCE_WORDS // 100))
    samples.add("two", "0", "a b")
    found = dict(samples)
    samples.close()
    assert found["two"] == ["a b"]
    drawn = [text.split()[0] for text in found["one"]]
    assert drawn == sorted(ranks)[: len(drawn)]
    assert SOURCE_WORDS <= sum(len(text.split()) for text in found["one"]) < 1.02 * SOURCE_WORDS


def test_patterns_and_paths(tmp_path: Path) -> None:
    for name in ("a/x.txt", "b/x.txt", "b/y.md", "b/.hidden.txt", "b/z.bin"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text", encoding="utf-8")

    def names(*given: str, pattern: str | None = None) -> list[str]:
        return [one.name for one in find([str(tmp_path / each) for each in given], pattern).inputs]

    assert names("") == ["a/x.txt", "b/x.txt", "b/y.md"]
    assert names("b") == ["x.txt", "y.md"]
    assert names("a", "b") == ["a/x.txt", "b/x.txt", "b/y.md"]
    assert names("a/x.txt", "b/x.txt") == ["a/x.txt", "b/x.txt"]
    assert names("b/z.bin") == ["z.bin"]  # what is named is meant
    assert names("*/x.txt") == ["a/x.txt", "b/x.txt"]
    assert names("", pattern="*.bin") == ["b/z.bin"]
    assert names("", pattern="b/*") == ["b/.hidden.txt", "b/x.txt", "b/y.md", "b/z.bin"]
    assert find([str(tmp_path / "no*.txt")]).faults == [
        f"{tmp_path / 'no*.txt'}: nothing fits this pattern; check it"
    ]


def test_a_text_that_changed_nothing_goes_through(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes("naïve\r\n".encode("latin-1"))
    out, log = tmp_path / "out.txt", tmp_path / "log"
    assert run("mend", page, "-o", out, "--encoding", "latin-1", "--edits", log).exit_code == 0
    assert out.read_bytes() == page.read_bytes()
    assert log.read_bytes() == b""
    assert mend("naïve\r\n") == "naïve\r\n"
