"""How the families of losses are measured: what is lost, what is counted, what specialists get."""

import doctest
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import losses, specialists
from benchmarks.__main__ import main
from benchmarks.losses import (
    FAMILIES,
    FIGURES,
    Counts,
    count_errors,
    count_spaces,
    count_words,
    solid_spans,
    wrapped,
)
from benchmarks.specialists import SPECIALISTS, specialist
from benchmarks.systems import Missing


@pytest.mark.parametrize("module", [losses, specialists])
def test_doctests(module: Any) -> None:
    tried = doctest.testmod(module)
    assert (tried.failed, tried.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("mended", "cut"),
    [
        ("We don't know where it's kept", 1.0),
        ("We don't know where its kept", 0.5),
        ("We dont know where its kept", 0.0),
        ("We dont no wear its kept", -1.0),
    ],
)
def test_errors_of_words_are_cut(mended: str, cut: float) -> None:
    clean, damaged = "We don't know where it's kept", "We dont know where its kept"
    counts = count_errors(clean, damaged, mended)
    assert (counts.word_errors_before, counts.reference_words) == (2, 6)
    assert FIGURES["wer_cut"](counts) == cut


def test_words_run_together_are_two_errors() -> None:
    counts = count_errors("a man of his word", "a manof his word", "a man of his word")
    assert (counts.word_errors_before, counts.word_errors_after) == (2, 0)


def test_damaged_words_are_repaired_and_intact_ones_changed() -> None:
    clean = "The dogs' bowl – its rim – wasn't well-known."
    damaged = "The dogs bowl – its rim – wasnt wellknown."
    mended = "The dogs bowl – it's rim – wasn't well-known."
    counts = count_words(clean, damaged, mended)
    assert (counts.damaged, counts.repaired, counts.intact, counts.changed) == (3, 2, 4, 1)


def test_a_word_put_in_or_vanished_shifts_no_blame() -> None:
    clean, damaged = "To  re-do it, return early", "To  -do it, turn early"
    counts = count_words(clean, damaged, "To and re-do it, turn early")
    assert (counts.damaged, counts.repaired, counts.intact, counts.changed) == (2, 1, 3, 0)
    counts = count_words("Read re as it is", "Read  as it is", "Read as that is")
    assert (counts.damaged, counts.repaired, counts.intact, counts.changed) == (0, 0, 4, 1)


@pytest.mark.parametrize(
    ("mended", "found", "right"),
    [
        ("“Well, it is a well-known café – now.”", 7, 7),
        ("well it is a wellknown cafe now", 7, 7),  # marks, capitals and accents are none of it
        ("well it isa wellknown cafe now", 6, 5),
        ("well it is a well known cafe now", 8, 6),
        ("well itisawell known cafe now", 5, 3),
    ],
)
def test_words_between_spaces_are_found(mended: str, found: int, right: int) -> None:
    clean = "“Well, it is a well-known café – now.”"
    counts = count_spaces(clean, "", mended)
    assert (counts.written, counts.found, counts.right) == (7, found, right)
    assert FIGURES["word_f1"](counts) == 2 * right / (7 + found)


def test_the_same_words_elsewhere_are_not_right() -> None:
    assert solid_spans("so it goes") & solid_spans("goes so it") == set()


def test_line_ends_are_lost_within_paragraphs_only() -> None:
    line = " ".join(["seventy"] * 9)  # 71 columns
    assert wrapped(f"{line}\n\n{line} two\nthree") == f"{line}\n\n{line}two\nthree"
    hyphened = f"{line[:-8]} well-known"
    assert wrapped(hyphened) == f"{line[:-8]}well-known"


def test_what_each_family_loses() -> None:
    text = "It's a well-known rémy of Ross’s, he said. Return the contract"
    assert {name: family.damage(text) for name, family in FAMILIES.items()} == {
        "apostrophes": "Its a well-known rémy of Rosss, he said. Return the contract",
        "line-ends": text,
        "spaces": "It'sawell-knownrémyofRoss’s,hesaid.Returnthecontract",
        "hyphens": "It's a wellknown rémy of Ross’s, he said. Return the contract",
        "accents": "It's a well-known remy of Ross’s, he said. Return the contract",
        "prefixes": "It's a well-known rémy of Ross’s, he said. turn the tract",
    }


def test_nothing_of_a_kind_has_no_figure() -> None:
    assert {figure(Counts(1)) for figure in FIGURES.values()} == {None}


@pytest.mark.parametrize("name", SPECIALISTS["spaces"])
def test_a_splitter_parts_words(name: str) -> None:
    pytest.importorskip(name)
    mended = specialist("spaces", name).mend("“Thehouseisopen,”Noëlsaid.".replace("ë", "é"))
    assert solid_spans(mended) == solid_spans("The house is open Noel said")


def test_ogonki_restores_polish() -> None:
    pytest.importorskip("ogonki")
    assert specialist("accents", "ogonki").mend("Bede tu jutro.") == "Będę tu jutro."


def test_the_command_measures_and_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise Missing("not installed: no parter")

    monkeypatch.setitem(SPECIALISTS, "spaces", {"parter": missing})
    corpus, accented = tmp_path / "en.jsonl", tmp_path / "others.jsonl"
    corpus.write_text(json.dumps({"text": "They don't know that it's his."}) + "\n", "utf-8")
    records = [
        {"lang": "es", "text": "La función empezó tarde."},
        {"lang": "de", "text": "Die Übung war schwer."},
    ]
    accented.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    options = ["--corpus", str(corpus), "--accented", str(accented), "--json", str(tmp_path / "j")]
    families = ["--family", "apostrophes", "--family", "spaces", "--family", "accents"]
    result = CliRunner().invoke(main, ["losses", *options, *families], catch_exceptions=False)
    assert result.exit_code == 0
    assert "parter: not run: not installed: no parter" in result.output
    assert "| accents     | told      | mean of 2 |     2 |" in result.output
    written = json.loads((tmp_path / "j").read_text("utf-8"))
    rows = {(row["family"], row["system"], row["lang"]): row["counts"] for row in written["rows"]}
    assert list(rows) == [
        ("apostrophes", "told", "en"),
        ("apostrophes", "inferred", "en"),
        ("spaces", "told", "en"),
        ("accents", "told", "es"),
        ("accents", "told", "de"),
    ]
    assert rows["apostrophes", "told", "en"]["damaged"] == 2
    assert rows["spaces", "told", "en"]["written"] == 6
    assert [rows["accents", "told", lang]["damaged"] for lang in ("es", "de")] == [2, 1]
