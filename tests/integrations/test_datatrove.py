from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import textmend
from textmend import Channel, Mender

pytest.importorskip("datatrove")
pytest.importorskip("tokenizers", reason="datatrove asks for it where it finds duplicates")
pytest.importorskip("spacy", reason="datatrove asks for it where it finds duplicates")

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from textmend.integrations.datatrove import TextmendFormatter

BUCKETS = 14  # of MinhashConfig


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., Any]:
    """Run a pipeline on this machine, and give its statistics."""
    logs = iter(range(100))

    def run(*steps: Any, tasks: int = 1, workers: int = 1) -> Any:
        executor = LocalPipelineExecutor(
            list(steps),
            tasks=tasks,
            workers=workers,
            logging_dir=str(tmp_path / f"logs{next(logs)}"),
        )
        return executor.run()

    return run


def written(folder: Path, texts: dict[str, str], files: int = 2) -> str:
    folder.mkdir()
    lines = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    for number in range(files):
        part = "".join(line + "\n" for line in lines[number::files])
        (folder / f"{number}.jsonl").write_text(part, encoding="utf-8")
    return str(folder)


def read(folder: Path) -> dict[str, Any]:
    lines = [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {record["id"]: record for record in map(json.loads, lines)}


def writer(folder: Path) -> JsonlWriter:
    return JsonlWriter(str(folder), output_filename="${rank}.jsonl", compression=None)


def test_two_workers_mend_and_count(
    execute: Callable[..., Any], damaged: list[str], tmp_path: Path
) -> None:
    texts = {**{f"n{number}": text for number, text in enumerate(damaged)}, "clean": "It is."}
    stats = execute(
        JsonlReader(written(tmp_path / "in", texts)),
        TextmendFormatter(),
        writer(tmp_path / "out"),
        tasks=2,
        workers=2,
    )
    found = read(tmp_path / "out")
    assert found.keys() == texts.keys()
    edits = 0
    for name, text in texts.items():
        told = textmend.mend_and_explain(text)
        assert found[name]["text"] == told.text
        kept = json.loads(found[name]["metadata"]["edits"])
        assert kept == [edit.to_dict() for edit in told.edits]
        edits += len(kept)
    counted = stats.stats[1].stats
    assert counted["total"].total == 7
    assert counted["mended"].total == 6
    assert counted["edits"].total == edits > 100
    assert counted["edits"].n == 6


def test_a_mender_is_given_and_edits_are_not_kept() -> None:
    step = pickle.loads(pickle.dumps(TextmendFormatter(Mender(channel="the"), edits=None)))
    (document,) = step.run([Document("Sourn seas", "1")])
    assert (document.text, document.metadata) == ("Southern seas", {})
    assert step.format("Nerlands") == "Netherlands"


def survivors(execute: Callable[..., Any], folder: Path, steps: Sequence[Any]) -> set[str]:
    """The ids of what is left once near duplicates are gone, as in datatrove's own example."""
    signatures, buckets, removed = (str(folder / name) for name in ("sig", "buckets", "removed"))
    execute(*steps, MinhashDedupSignature(signatures))
    execute(MinhashDedupBuckets(signatures, buckets), tasks=BUCKETS)
    execute(MinhashDedupCluster(buckets, removed))
    execute(*steps, MinhashDedupFilter(removed), writer(folder / "left"))
    return set(read(folder / "left"))


# What it imports for languages that are not asked for here.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_duplicates_are_found_once_they_are_mended(
    execute: Callable[..., Any], articles: list[str], tmp_path: Path
) -> None:
    lossy = Channel.of("the", "ad")
    texts = {f"clean{number}": text for number, text in enumerate(articles[:10])}
    copies = {f"damaged{number}": lossy.apply(text) for number, text in enumerate(articles[:10])}
    reader = JsonlReader(written(tmp_path / "in", texts | copies, files=1))
    before = survivors(execute, tmp_path / "before", [reader])
    after = survivors(execute, tmp_path / "after", [reader, TextmendFormatter()])
    assert len(before) >= 18  # of 20
    assert len(after) <= 13


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    from loguru import logger

    logger.disable("datatrove")
    yield
    logger.enable("datatrove")
