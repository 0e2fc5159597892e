"""python -m benchmarks all: steps are commands that exist; what was done is not done again."""

from pathlib import Path

import pytest

from benchmarks import everything
from benchmarks.__main__ import main
from benchmarks.everything import STEPS, Step, measure_all


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_is_a_command_that_exists(step: Step) -> None:
    program, *arguments = step.arguments()
    if program.endswith(".py"):
        assert (Path(everything.__file__).parent.parent / program).is_file()
        return
    assert (program, arguments[0]) == ("-m", "benchmarks")
    command = main.commands[arguments[1]]
    command.make_context(arguments[1], arguments[2:])


def test_names_are_their_own() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_what_was_done_is_passed_over_and_a_failure_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = {"commit": "one"}
    monkeypatch.setattr(everything, "circumstances", lambda: commit)
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("print('a figure')")
    bad.write_text("raise SystemExit(3)")
    steps = (
        Step("bad", "nowhere", str(bad)),
        Step("good", "nowhere", str(good)),
        Step("far", "nowhere", str(good), ("a_module_that_is_nowhere",)),
    )
    folder = tmp_path / "results"

    def run(*, force: bool = False) -> dict[str, str]:
        return {**measure_all(steps, folder, force=force, tell=lambda _: None)}

    assert run() == {"bad": "failed", "good": "done", "far": "missing"}
    assert (folder / "good.txt").read_text() == "a figure\n"
    assert run() == {"bad": "failed", "good": "before", "far": "missing"}
    assert run(force=True)["good"] == "done"
    commit["commit"] = "two"
    assert run()["good"] == "done"
