"""That hosts are measured on the same texts, and what comes after mending is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

import pytest
from rich.console import Console

from benchmarks import downstream, hosts
from benchmarks.downstream import downstream_table, measure_duplicates, measure_entities
from benchmarks.hosts import Host, hosts_table, measure_hosts, sample
from benchmarks.systems import Missing
from textmend import Channel, Mender

CLEAN = ["They met other farmers in the Southern Netherlands."] * 4


def test_a_tenth_of_what_is_drawn_is_damaged() -> None:
    texts = sample(CLEAN, 500)
    assert set(texts) == {CLEAN[0], Channel.of("the", "ad").apply(CLEAN[0])}
    assert 25 < sum(text != CLEAN[0] for text in texts) < 75
    assert texts == sample(CLEAN, 500)


def test_rate_and_overhead() -> None:
    host = Host("x", 1, words=1000, seconds=4.0, baseline=3.0)
    assert (host.rate, host.overhead) == (250.0, 0.25)


def test_hosts_are_measured_beside_mend_many(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def right(texts: Sequence[str], _: int) -> Iterator[hosts.Run]:
        yield lambda: list(Mender().mend_many(texts))

    @contextmanager
    def wrong(texts: Sequence[str], _: int) -> Iterator[hosts.Run]:
        yield lambda: ["?"] * len(texts)

    @contextmanager
    def missing(*_: object) -> Iterator[hosts.Run]:
        raise ImportError("no module of that name")
        yield

    monkeypatch.setattr(hosts, "HOSTS", {"spark": right, "gone": missing, "wrong": wrong})
    found = measure_hosts(CLEAN, ["spark", "gone"], repeat=2)
    assert [(each.name, each.workers) for each in found.hosts] == [
        ("spark", 1), ("spark", 2)
    ]  # fmt: skip
    assert found.missing == {"gone": "no module of that name"}
    assert found.to_dict()["documents"] == 4
    console = Console(file=StringIO(), width=120, record=True)
    console.print(hosts_table(found))
    assert "times one worker" in console.export_text()
    with pytest.raises(Missing, match="wrong does not mend as mend_many does"):
        measure_hosts(CLEAN, ["wrong"])


def test_what_comes_after_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    # Texts are their own duplicates, and their words entities.
    monkeypatch.setattr(downstream, "_minhash", lambda: lambda text: [[hash(text)]])
    monkeypatch.setattr(downstream, "_recognizer", lambda _: lambda text: Counter(text.split()))
    monkeypatch.setattr(downstream, "Mender", lambda: Mender(channel="the"))
    clean = ["Southern seas", "Many farmers"]
    damaged = ["Sourn seas", "Many farmers"]
    duplicates = measure_duplicates(clean, damaged)
    assert (duplicates.damaged, duplicates.mended, duplicates.texts) == (0.5, 1.0, 2)
    entities = measure_entities(clean, damaged, "x")
    assert (entities.damaged, entities.mended) == (0.75, 1.0)
    console = Console(file=StringIO(), width=120, record=True)
    console.print(downstream_table([duplicates, entities]))
    assert "75.0" in console.export_text()


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(Missing, match="its pipeline en_no_such_pipeline"):
        measure_entities(CLEAN, CLEAN, "en_no_such_pipeline")
