"""python -m benchmarks all: steps are commands that exist; what was done is not done again."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
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
    option, module, *arguments = step.arguments(tmp_path, tmp_path)
    assert option == "-m"
    if module.startswith("docs."):
        assert find_spec(module)
        assert not arguments
        return
    name, *given = arguments
    commands_of(module).commands[name].make_context(name, given)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_pages_name_the_command_that_measures(step: Step) -> None:
    words = step.command.split()
    named = words[0] if words[0].startswith("docs.") else words[1]
    for page in step.where:
        if page != "docs/python.md":  # it leads to where the command stands
            assert f"{named} " in (ROOT / page).read_text(encoding="utf-8").replace("`", " ")


def test_names_are_their_own() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    about = {"commit": "one"}
    monkeypatch.setattr(everything, "circumstances", lambda: about)
    return about


def measured(steps: Sequence[Step], folder: Path, *, force: bool = False) -> dict[str, str]:
    return {**measure_all(steps, folder / "out", folder, force=force, tell=lambda _: None)}


def test_what_was_done_is_passed_over_and_a_failure_stops_nothing(
    tmp_path: Path, commit: dict[str, str]
) -> None:
    (tmp_path / "good.py").write_text("print('a figure')")
    (tmp_path / "bad.py").write_text("raise SystemExit(3)")
    steps = [
        Step("bad", (), "bad", prints=True),
        Step("good", (), "good", prints=True),
        Step("far", (), "good", ("a_module_that_is_nowhere",), prints=True),
        Step("apart", (), "good {data}/nowhere.jsonl", prints=True),
    ]
    outcomes = {"bad": "failed", "good": "done", "far": "missing", "apart": "missing"}
    assert measured(steps, tmp_path) == outcomes
    assert (tmp_path / "out" / "good.txt").read_text() == "a figure\n"
    assert measured(steps, tmp_path) == outcomes | {"good": "before"}
    assert measured(steps, tmp_path, force=True)["good"] == "done"
    steps[1] = Step("good", (), "good --other", prints=True)
    assert measured(steps, tmp_path)["good"] == "done"
    commit["commit"] = "two"
    assert measured(steps, tmp_path)["good"] == "done"
    assert measured(steps, tmp_path)["good"] == "before"
    commit["commit"] = "two-dirty"
    assert measured(steps, tmp_path)["good"] == "done"
    assert measured(steps, tmp_path)["good"] == "done"


def test_each_step_writes_json_of_its_own(tmp_path: Path, commit: dict[str, str]) -> None:
    assert commit
    (tmp_path / "writes.py").write_text(
        "import pathlib, sys\npathlib.Path(sys.argv[-1]).write_text('{\"figure\": 1}')\n"
    )
    steps = [Step(name, (), "writes") for name in ("one", "two")]
    assert measured(steps, tmp_path) == {"one": "done", "two": "done"}
    for step in steps:
        assert json.loads((tmp_path / "out" / f"{step.name}.json").read_text()) == {"figure": 1}


def test_a_failure_is_the_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(benchmarks, "STEPS", (Step("bad", (), "bad", prints=True),))
    asked = ["all", "--folder", str(tmp_path / "out")]
    result = CliRunner().invoke(benchmarks.main, asked)
    assert (result.exit_code, result.stderr) == (1, "Error: failed: bad\n")
    assert CliRunner().invoke(benchmarks.main, [*asked, "--list"]).exit_code == 0
    assert CliRunner().invoke(benchmarks.main, [*asked, "--only", "other"]).exit_code == 2
