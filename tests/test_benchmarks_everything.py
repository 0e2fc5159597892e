"""python -m benchmarks all: steps are commands that exist; what was done is not done again."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks import __main__ as benchmarks
from benchmarks import everything
from benchmarks.everything import STEPS, Step, measure_all

ROOT = Path(everything.__file__).parent.parent


def commands_of(program: str) -> click.Group:
    if program == "benchmarks":
        return benchmarks.main
    assert program == "textmend.training"
    pytest.importorskip("torch")
    from textmend.training.__main__ import main

    return main


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_is_a_command_that_exists(step: Step, tmp_path: Path) -> None:
    program, *arguments = step.arguments(tmp_path, tmp_path)
    if program.endswith(".py"):
        assert (ROOT / program).is_file()
        return
    assert program == "-m"
    group = commands_of(arguments[0])
    group.commands[arguments[1]].make_context(arguments[1], arguments[2:])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_pages_name_the_command_that_measures(step: Step) -> None:
    words = step.command.split()
    named = words[0] if words[0].endswith(".py") else words[1]
    for page in step.where:
        if page != "docs/python.md":  # it leads to where the command stands
            assert f"{named} " in (ROOT / page).read_text(encoding="utf-8").replace("`", " ")


def test_names_are_their_own() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.fixture
def commit(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    about = {"commit": "one"}
    monkeypatch.setattr(everything, "circumstances", lambda: about)
    return about


def measured(steps: Sequence[Step], folder: Path, *, force: bool = False) -> dict[str, str]:
    return {**measure_all(steps, folder / "out", folder, force=force, tell=lambda _: None)}


def test_what_was_done_is_passed_over_and_a_failure_stops_nothing(
    tmp_path: Path, commit: dict[str, str]
) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("print('a figure')")
    bad.write_text("raise SystemExit(3)")
    steps = [
        Step("bad", (), str(bad), prints=True),
        Step("good", (), str(good), prints=True),
        Step("far", (), str(good), ("a_module_that_is_nowhere",), prints=True),
        Step("apart", (), f"{good} {{data}}/nowhere.jsonl", prints=True),
    ]
    outcomes = {"bad": "failed", "good": "done", "far": "missing", "apart": "missing"}
    assert measured(steps, tmp_path) == outcomes
    assert (tmp_path / "out" / "good.txt").read_text() == "a figure\n"
    assert measured(steps, tmp_path) == outcomes | {"good": "before"}
    assert measured(steps, tmp_path, force=True)["good"] == "done"
    steps[1] = Step("good", (), f"{good} --other", prints=True)
    assert measured(steps, tmp_path)["good"] == "done"
    commit["commit"] = "two"
    assert measured(steps, tmp_path)["good"] == "done"
    assert measured(steps, tmp_path)["good"] == "before"
    commit["commit"] = "two-dirty"
    assert measured(steps, tmp_path)["good"] == "done"
    assert measured(steps, tmp_path)["good"] == "done"


def test_each_step_writes_json_of_its_own(tmp_path: Path, commit: dict[str, str]) -> None:
    assert commit
    script = tmp_path / "writes.py"
    script.write_text(
        "import pathlib, sys\npathlib.Path(sys.argv[-1]).write_text('{\"figure\": 1}')\n"
    )
    steps = [Step(name, (), str(script)) for name in ("one", "two")]
    assert measured(steps, tmp_path) == {"one": "done", "two": "done"}
    for step in steps:
        assert json.loads((tmp_path / "out" / f"{step.name}.json").read_text()) == {"figure": 1}


def test_a_failure_is_the_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("raise SystemExit(3)")
    monkeypatch.setattr(benchmarks, "STEPS", (Step("bad", (), str(bad), prints=True),))
    asked = ["all", "--folder", str(tmp_path / "out")]
    result = CliRunner().invoke(benchmarks.main, asked)
    assert (result.exit_code, result.stderr) == (1, "Error: failed: bad\n")
    assert CliRunner().invoke(benchmarks.main, [*asked, "--list"]).exit_code == 0
    assert CliRunner().invoke(benchmarks.main, [*asked, "--only", "other"]).exit_code == 2
