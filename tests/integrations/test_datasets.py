from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import textmend
from textmend import Mender, TextmendError

datasets = pytest.importorskip("datasets")

from datasets.fingerprint import Hasher

from textmend.integrations.datasets import Mend


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@pytest.fixture
def stored(damaged: list[str], tmp_path: Path) -> Any:
    """A dataset that lies in a file, as only what is read from one has a cache."""
    rows = [*damaged, None, "", "It is clean."]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(rows)))
    return datasets.load_dataset(
        "json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )


# datasets forks its workers, whatever threads there are.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_two_processes_mend_as_mend_many_does(stored: Any, damaged: list[str]) -> None:
    mended = stored.map(Mend("text"), batched=True, num_proc=2)
    assert mended["text"][:] == [*Mender().mend_many(damaged), None, "", "It is clean."]
    assert mended.features == stored.features
    assert mended["id"][:] == stored["id"][:]


def test_the_fingerprint_is_that_of_settings_and_version(
    damaged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mend = Mend("text", mender=Mender(channel="the,ad"))
    fresh = Hasher.hash(mend)
    mend({"text": damaged[:1]})
    assert Hasher.hash(mend) == fresh
    assert Hasher.hash(Mend("text", mender=Mender(channel="the,ad"))) == fresh
    others = {
        Hasher.hash(Mend("text", mender=mender))
        for mender in (Mender(), Mender(channel="the"), Mender(channel="the,ad", model=None))
    } | {
        Hasher.hash(Mend("body", mender=Mender(channel="the,ad"))),
        Hasher.hash(Mend("text", edits="edits", mender=Mender(channel="the,ad"))),
    }
    assert len(others | {fresh}) == 6
    monkeypatch.setattr("textmend.api.__version__", "9.9.9")
    assert Hasher.hash(Mend("text", mender=Mender(channel="the,ad"))) not in {fresh, *others}


def test_the_second_run_finds_the_first(stored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored.map(Mend("text"), batched=True)
    monkeypatch.setattr(Mend, "__call__", lambda *_: pytest.fail("it was mended again"))
    again = stored.map(Mend("text"), batched=True)
    assert again.cache_files == first.cache_files
    assert again["text"][:] == first["text"][:]
    monkeypatch.undo()
    monkeypatch.setattr("textmend.api.__version__", "9.9.9")
    assert stored.map(Mend("text"), batched=True).cache_files != first.cache_files


def test_streaming(stored: Any) -> None:
    streamed = stored.to_iterable_dataset().map(Mend("text"), batched=True, batch_size=4)
    assert [row["text"] for row in streamed] == stored.map(Mend("text"), batched=True)["text"][:]


@pytest.mark.parametrize("streaming", [False, True])
def test_sources_share_their_evidence(snippets: Mapping[str, list[str]], streaming: bool) -> None:
    rows: list[tuple[str | None, str | None]] = [
        (source, text) for source, texts in snippets.items() for text in texts
    ]
    rows += [(None, "y met or farmers"), ("a", None)]
    columns = {"site": [row[0] for row in rows], "text": [row[1] for row in rows]}
    dataset = datasets.Dataset.from_dict(columns)
    if streaming:
        dataset = dataset.to_iterable_dataset()
    mend = Mend("text", source="site").fit(dataset)
    before = Hasher.hash(mend)
    mended = [row["text"] for row in dataset.map(mend, batched=True)]
    assert Hasher.hash(mend) == before == Hasher.hash(Mend("text", source="site").fit(dataset))
    assert before != Hasher.hash(Mend("text", source="site"))
    assert mended == [
        *(t for texts in snippets.values() for t in Mender().mend_many(texts, pool=True)),
        "y met or farmers",
        None,
    ]
    assert mended != columns["text"]


def test_edits_in_a_column(stored: Any) -> None:
    # The first batch has none: their type must not be that of nothing.
    rows = stored.select([8, 6, 0, 1])
    mended = rows.map(
        Mend("text", edits="edits", mender=Mender(channel="the,ad")),
        batched=True,
        batch_size=2,
        writer_batch_size=1,
    )
    assert mended["edits"][:2] == ["[]", None]
    assert json.loads(mended["edits"][2]) == [
        edit.to_dict()
        for edit in textmend.mend_and_explain(rows["text"][2], channel="the,ad").edits
    ]


def test_misuse(stored: Any) -> None:
    with pytest.raises(TextmendError, match="batched=True"):
        stored.map(Mend("text"))
    with pytest.raises(TextmendError, match="'id' are not known yet"):
        stored.map(Mend("text", source="id"), batched=True)
    with pytest.raises(TextmendError, match="source is None"):
        Mend("text").fit(stored)
