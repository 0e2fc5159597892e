"""All figures that the README and the documentation quote, measured by one command.

Each step is a command of its own, in a process of its own; what it printed and wrote is kept, and
it is passed over when it was done at this commit with these options. So a run that was stopped goes
on where it was. To quote a new figure, add its step to :data:`STEPS`. Start reading at
:func:`measure_all`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Literal

from benchmarks.accuracy import circumstances

_ROOT = Path(__file__).parent.parent
Outcome = Literal["done", "failed", "before", "missing"]


@dataclass(frozen=True)
class Step:
    """A command whose figures are quoted; ``needs``: modules without which it cannot run."""

    name: str
    where: str
    command: str
    needs: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """Those of Python."""
        words = self.command.split()
        return words if words[0].endswith(".py") else ["-m", *words]


STEPS = (
    Step(
        "channels",
        "README.md, docs/accuracy.md",
        "benchmarks accuracy --no-repeat --channels clean,issue2,e,ligatures,shape,random:1%",
    ),
    Step("variants", "benchmarks/README.md", "benchmarks accuracy --channels variants,leaky"),
    Step("random", "benchmarks/README.md", "benchmarks accuracy --channels random --oracle"),
    Step("pools", "benchmarks/README.md", "benchmarks accuracy --cut 20 60 --pool 30"),
    Step("gate", "benchmarks/floors.json", "benchmarks gate"),
    Step("reading", "docs/accuracy.md", "benchmarks reading"),
    Step(
        "calibration-small",
        "docs/accuracy.md",
        "benchmarks calibration --corpus news --test held-out --limit 16",
    ),
    Step(
        "calibration-large",
        "docs/accuracy.md",
        "benchmarks calibration --model large --corpus news --test held-out --limit 16",
    ),
    Step("losses", "benchmarks/README.md", "benchmarks losses"),
    Step("alarms", "docs/accuracy.md", "benchmarks alarms"),
    Step("languages", "benchmarks/README.md", "benchmarks languages --cut 30 50"),
    Step("encodings", "docs/collections.md", "benchmarks encodings", ("chardet",)),
    Step("inferred", "docs/losses.md", "docs/what_is_inferred.py"),
    Step("speed", "benchmarks/README.md", "benchmarks speed --most 1000000", ("ftfy",)),
    Step("mixtures", "benchmarks/README.md", "benchmarks mixtures"),
    Step(
        "batch",
        "benchmarks/README.md",
        "benchmarks batch --files 2000 --folders 20 --megabytes 20 --kills 5",
    ),
    Step("peers", "benchmarks/README.md", "benchmarks peers --limit 6", ("spylls",)),
    Step("downstream", "README.md", "benchmarks downstream", ("datatrove", "spacy")),
    Step("hosts", "docs/scale.md", "benchmarks hosts", ("datasets", "pyspark")),
)


def measure_all(
    steps: Sequence[Step], folder: Path, *, force: bool, tell: Callable[[str], None]
) -> dict[str, Outcome]:
    """Run steps in their order; what each printed is ``NAME.txt`` in the folder.

    ``force``: those that were done before, too. A step that fails stops no other one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = circumstances()
    outcomes: dict[str, Outcome] = {}
    for step in steps:
        state, printed = folder / f"{step.name}.json", folder / f"{step.name}.txt"
        if missing := [each for each in step.needs if find_spec(each) is None]:
            outcomes[step.name] = "missing"
            tell(f"{step.name}: not run, for want of {', '.join(missing)}")
            continue
        if not force and _done(state) == (about["commit"], step.command):
            outcomes[step.name] = "before"
            tell(f"{step.name}: done before")
            continue
        tell(f"{step.name}: {step.command}")
        start = perf_counter()
        with printed.open("w", encoding="utf-8") as output:
            run = subprocess.run(
                [sys.executable, *step.arguments()],
                cwd=_ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        spent = round(perf_counter() - start, 1)
        outcomes[step.name] = "failed" if run.returncode else "done"
        if run.returncode:
            tell(f"{step.name}: failed, see {printed}")
            continue
        described = {**about, "command": step.command, "seconds": spent}
        state.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return outcomes


def _done(state: Path) -> tuple[str, str] | None:
    """The commit and the command of a step that was done; None where none was."""
    if not state.exists():
        return None
    described = json.loads(state.read_text(encoding="utf-8"))
    return described["commit"], described["command"]
