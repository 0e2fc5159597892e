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

README, ACCURACY, LOSSES = "README.md", "docs/accuracy.md", "docs/losses.md"
COLLECTIONS, SCALE, PYTHON = "docs/collections.md", "docs/scale.md", "docs/python.md"
NUMBERS, BENCHMARKS = "docs/numbers.md", "benchmarks/README.md"


@dataclass(frozen=True)
class Step:
    """A command whose figures are quoted.

    ``where``: the pages that quote them. ``command``: a module that Python runs, and what it is
    given; ``{data}`` stands for the folder of texts that do not come with the project, ``{out}``
    for that of the figures.
    ``needs``: modules without which it cannot run. ``prints``: it writes no JSON.
    """

    name: str
    where: tuple[str, ...]
    command: str
    needs: tuple[str, ...] = ()
    prints: bool = False

    def arguments(self, data: Path, out: Path) -> list[str]:
        """Those of Python."""
        words = [word.format(data=data, out=out) for word in self.command.split()]
        json_file = [] if self.prints else ["--json", str(out / f"{self.name}.json")]
        return ["-m", *words, *json_file]

    def missing(self, data: Path) -> list[str]:
        """What it needs, and is not there."""
        modules = [each for each in self.needs if find_spec(each) is None]
        paths = [
            word.format(data=data) for word in self.command.split() if word.startswith("{data}")
        ]
        return modules + [path for path in paths if not Path(path).exists()]


_BOTH = "--system textmend --system textmend:large"

STEPS = (
    Step(
        "channels",
        (README, ACCURACY),
        "benchmarks accuracy --no-repeat --channels clean,issue2,e,ligatures,shape,random:1% "
        "--plots {out}/plots",
        ("matplotlib",),
    ),
    Step(
        "long-articles",
        (ACCURACY,),
        "benchmarks accuracy --corpus {data}/allsides.jsonl --min-words 250 --limit 12 "
        "--channels all",
    ),
    Step(
        "pools",
        (ACCURACY,),
        "benchmarks accuracy --corpus {data}/allsides.jsonl --cut 20 60 --pool 30 --limit 360 "
        "--channels all --no-repeat",
    ),
    Step(
        "alarms",
        (README, ACCURACY),
        "benchmarks alarms --seed 1 --corpus news --corpus prose --corpus negative "
        "--corpus languages --corpus {data}",
    ),
    Step("gate", (ACCURACY, BENCHMARKS), "benchmarks gate", prints=True),
    Step("speed", (ACCURACY,), "benchmarks speed", ("ftfy",)),
    Step("reading", (), "benchmarks reading"),
    Step(
        "calibration-small",
        (),
        "benchmarks calibration --corpus news --test held-out --limit 16",
    ),
    Step(
        "calibration-large",
        (),
        "benchmarks calibration --model large --corpus news --test held-out --limit 16",
    ),
    Step("sensitivity", (NUMBERS,), "benchmarks sensitivity"),
    Step("inferred", (LOSSES,), "docs.what_is_inferred", prints=True),
    Step(
        "encodings",
        (COLLECTIONS,),
        "benchmarks encodings --corpus {data}/languages.jsonl",
        ("chardet", "charset_normalizer"),
    ),
    Step(
        "encodings-passages",
        (COLLECTIONS,),
        "benchmarks encodings --corpus {data}/languages.jsonl --cut 20 40",
        ("chardet", "charset_normalizer"),
    ),
    Step(
        "encodings-english",
        (COLLECTIONS,),
        "benchmarks encodings --corpus {data}/allsides.jsonl",
        ("chardet", "charset_normalizer"),
    ),
    Step("scale", (SCALE,), "benchmarks scale --corpus {data}/allsides.jsonl --limit 100"),
    Step("scale-spark", (SCALE,), "benchmarks scale --spark", ("pyspark",)),
    Step(
        "hosts",
        (SCALE,),
        "benchmarks hosts --host datasets --host spark --repeat 2",
        ("datasets", "pyspark"),
    ),
    Step("downstream", (README,), "benchmarks downstream", ("datatrove", "spacy")),
    Step(
        "large",
        (PYTHON, BENCHMARKS),
        "benchmarks accuracy --corpus {data}/allsides.jsonl --channels the+ad,ing --oracle "
        f"--min-words 250 --limit 20 --no-repeat {_BOTH}",
    ),
    Step(
        "large-40",
        (BENCHMARKS,),
        "benchmarks accuracy --corpus {data}/allsides.jsonl --channels the+ad,in,ing --oracle "
        f"--min-words 250 --limit 40 {_BOTH}",
    ),
    Step(
        "large-60",
        (BENCHMARKS,),
        "textmend.training evaluate src/textmend/data/context-en-large.tmnd {data}/wikinews.jsonl "
        "{data}/allsides.jsonl {data}/reuters.jsonl --documents 60",
        ("torch",),
        prints=True,
    ),
    Step(
        "batch",
        (BENCHMARKS,),
        "benchmarks batch --corpus {data}/wikinews.jsonl --files 20000 --folders 200 "
        "--megabytes 2000 --kills 20",
    ),
    *(
        Step(
            f"sources-{pool}",
            (BENCHMARKS,),
            "benchmarks accuracy --corpus {data}/wikinews.jsonl --channels rk,ance,drop-caps "
            f"--min-words 150 --limit 60 --no-repeat --pool {pool}",
        )
        for pool in (1, 20)
    ),
    *(
        Step(
            f"snippets-{pool}",
            (BENCHMARKS,),
            "benchmarks accuracy --corpus {data}/wikinews.jsonl --channels the+ad,ligatures:space "
            f"--cut 30 50 --limit 180 --no-repeat --pool {pool}",
        )
        for pool in (1, 30)
    ),
    Step("mixtures", (BENCHMARKS,), "benchmarks mixtures --corpus {data}/wikinews.jsonl"),
    Step(
        "peers",
        (BENCHMARKS,),
        "benchmarks peers --limit 6",
        ("autocorrect", "spellchecker", "spylls", "textblob"),
    ),
    Step("losses", (BENCHMARKS,), "benchmarks losses"),
    Step("losses-wikinews", (BENCHMARKS,), "benchmarks losses --corpus {data}/wikinews.jsonl"),
    Step("losses-reuters", (BENCHMARKS,), "benchmarks losses --corpus {data}/reuters.jsonl"),
    Step(
        "losses-spaces",
        (BENCHMARKS,),
        "benchmarks losses --family spaces",
        ("wordninja", "wordsegment"),
    ),
    Step(
        "losses-accents",
        (BENCHMARKS, ACCURACY),
        "benchmarks losses --family accents --accented {data}/languages.jsonl --limit 504",
        ("ogonki",),
    ),
    Step(
        "languages",
        (BENCHMARKS,),
        "benchmarks languages --corpus {data}/languages.jsonl "
        "--channels clean,the+ad,e,non-ascii,random:3%",
    ),
    Step(
        "languages-passages",
        (BENCHMARKS,),
        "benchmarks languages --corpus {data}/languages.jsonl --cut 30 50 "
        "--channels clean,the+ad,e,non-ascii,random:3%",
    ),
    Step(
        "random",
        (BENCHMARKS,),
        "benchmarks accuracy --corpus {data}/allsides.jsonl --min-words 250 --limit 40 "
        "--channels noise",
    ),
    Step("ocr-papers", (BENCHMARKS,), "benchmarks ocr {data}/ocr/acl.jsonl", prints=True),
    Step(
        "ocr-newspapers",
        (BENCHMARKS,),
        "benchmarks ocr {data}/ocr/bln600.jsonl --channel random:1% --channel random:0.2%",
        prints=True,
    ),
)


def measure_all(
    steps: Sequence[Step], out: Path, data: Path, *, force: bool, tell: Callable[[str], None]
) -> dict[str, Outcome]:
    """Run steps in their order, for the files ``NAME.txt``, what each printed, and ``NAME.json``.

    ``force``: those that were done before, too. A step that fails stops no other one.
    """
    out, data = out.absolute(), data.absolute()
    out.mkdir(parents=True, exist_ok=True)
    about = circumstances()
    # What is in no commit may have changed since.
    known = not about["commit"].endswith(("-dirty", "unknown"))
    outcomes: dict[str, Outcome] = {}
    for step in steps:
        arguments = step.arguments(data, out)
        state, printed = out / f"{step.name}.done", out / f"{step.name}.txt"
        if missing := step.missing(data):
            outcomes[step.name] = "missing"
            tell(f"{step.name}: not run, for want of {', '.join(missing)}")
            continue
        if known and not force and _done(state) == (about["commit"], arguments):
            outcomes[step.name] = "before"
            tell(f"{step.name}: done before")
            continue
        tell(f"{step.name}: {step.command}")
        start = perf_counter()
        with printed.open("w", encoding="utf-8") as output:
            run = subprocess.run(
                [sys.executable, *arguments],
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
        described = {**about, "arguments": arguments, "seconds": spent}
        state.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return outcomes


def _done(state: Path) -> tuple[str, list[str]] | None:
    """The commit and the arguments of a step that was done; None where none was."""
    if not state.exists():
        return None
    described = json.loads(state.read_text(encoding="utf-8"))
    return described["commit"], described["arguments"]
