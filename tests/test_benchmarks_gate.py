"""The gate closes when a floor is missed, and no floor falls without a reason."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from benchmarks import gate
from benchmarks.__main__ import main
from benchmarks.gate import FLOORS, Floors, bound_for, complaints, lowered, raised

REACHED = {"news st: repair": 0.9, "news st: harm": 100.0, "news st: proven": 1.0}
KEPT = Floors("hash", {"news st: repair": 0.85, "news st: harm": 150.0, "news st: proven": 1.0})


def test_figures_that_keep_their_bounds_pass() -> None:
    assert complaints("hash", REACHED, KEPT) == []


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("news st: repair", 0.84, "must be at least 0.8500"),
        ("news st: harm", 151.0, "must be at most 150.0000"),
        ("news st: proven", 0.999, "must be at least 1.0000"),
    ],
)
def test_a_missed_bound_is_named(key: str, value: float, wanted: str) -> None:
    found = complaints("hash", {**REACHED, key: value}, KEPT)
    assert len(found) == 1
    assert key in found[0]
    assert wanted in found[0]


def test_a_figure_that_is_no_longer_measured_is_named() -> None:
    found = complaints("hash", {"news st: repair": 0.9, "news st: harm": 0.0}, KEPT)
    assert found == ["news st: proven: no longer measured, its bound is 1.0000"]


def test_other_texts_close_the_gate() -> None:
    (found,) = complaints("other", REACHED, KEPT)
    assert "other" in found
    assert "hash" in found


def test_margins() -> None:
    assert bound_for("news st: repair", 0.9) == 0.895
    assert bound_for("news st: repair", 0.001) == 0.0
    assert bound_for("news st: harm", 100.0) == 130.0
    assert bound_for("news st: proven", 1.0) == 1.0


def test_raising_tightens_and_never_loosens() -> None:
    better = raised({"news st: repair": 0.95, "news st: harm": 10.0, "news st: proven": 1.0}, KEPT)
    assert better.bounds == {
        "news st: repair": 0.945,
        "news st: harm": 31.0,
        "news st: proven": 1.0,
    }
    worse = raised({"news st: repair": 0.2, "news st: harm": 900.0, "news st: proven": 0.5}, KEPT)
    assert worse.bounds == KEPT.bounds
    assert raised({"news er: repair": 0.5}, KEPT).bounds["news er: repair"] == 0.495


def test_lowering_keeps_the_reason() -> None:
    found = lowered("new", {"news st: repair": 0.5, "news st: harm": 10.0}, KEPT, " harder texts ")
    assert found.corpus == "new"
    assert found.bounds == {"news st: repair": 0.495, "news st: harm": 31.0}
    (entry,) = found.lowered
    assert entry["reason"] == "harder texts"
    assert entry["from_to"] == {"news st: repair": [0.85, 0.495], "news st: proven": [1.0, None]}
    with pytest.raises(ValueError, match="reason"):
        lowered("new", REACHED, KEPT, " ")


def test_floors_survive_the_file(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    KEPT.write(path)
    assert Floors.read(path) == KEPT
    assert Floors.read(tmp_path / "none.json").bounds == {}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A floors file, with figures that need not be measured."""
    monkeypatch.setattr(gate, "figures", lambda **_: ("hash", REACHED))
    found = tmp_path / "floors.json"
    KEPT.write(found)
    return found


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["gate", "--floors", str(path), *arguments])


def test_the_command_passes_and_changes_nothing(path: Path) -> None:
    done = run(path)
    assert done.exit_code == 0
    assert "the accuracy gate is open" in done.output
    assert Floors.read(path) == KEPT


def test_the_command_fails_on_a_missed_floor(path: Path) -> None:
    Floors("hash", {"news st: repair": 0.91}).write(path)
    for arguments in ([], ["--update"]):
        done = run(path, *arguments)
        assert done.exit_code == 1
        assert "news st: repair: 0.9000, must be at least 0.9100" in done.output
        assert Floors.read(path).bounds == {"news st: repair": 0.91}


def test_update_raises(path: Path) -> None:
    assert run(path, "--update").exit_code == 0
    assert Floors.read(path).bounds["news st: repair"] == 0.895


def test_update_makes_the_first_floors(path: Path) -> None:
    path.unlink()
    assert run(path).exit_code == 1
    assert run(path, "--update").exit_code == 0
    assert Floors.read(path).corpus == "hash"


def test_lowering_needs_a_reason(path: Path) -> None:
    Floors("hash", {"news st: repair": 0.91}).write(path)
    refused = run(path, "--lower")
    assert refused.exit_code == 2
    assert "--reason" in refused.output
    assert Floors.read(path).bounds == {"news st: repair": 0.91}
    assert run(path, "--lower", "--reason", "a rule was wrong").exit_code == 0
    entry = json.loads(path.read_text(encoding="utf-8"))["lowered"][0]
    assert entry["reason"] == "a rule was wrong"
    assert entry["from_to"] == {"news st: repair": [0.91, 0.895]}


def test_the_kept_floors_are_of_the_texts_that_are_there() -> None:
    kept = Floors.read(FLOORS)
    assert kept.bounds
    assert kept.corpus == gate.corpus()
    assert all(entry["reason"] for entry in kept.lowered)
