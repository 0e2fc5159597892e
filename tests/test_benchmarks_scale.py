"""That what is reckoned for many documents follows from what was measured on few."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import corpora
from benchmarks import scale
from benchmarks.__main__ import main
from benchmarks.scale import Costs, Skewed, measure_costs, plan

COSTS = Costs(
    clean=36.0,
    damaged=360.0,
    clean_source=3.6,
    damaged_source=72.0,
    infer_clean=1.8,
    infer_damaged=3.6,
    start=3.0,
    memory=300.0,
    edits=50.0,
    edits_packed=5.0,
    channel=2000.0,
)


def test_what_is_reckoned() -> None:
    found = plan(COSTS, documents=2e6, words=500, damaged=0.1, sources=1000, workers=10)
    # A thousand million words, a tenth of them damaged.
    assert found.alone == pytest.approx((900 * 36 + 100 * 360) / 3600)
    assert found.pooled == pytest.approx((900 * 3.6 + 100 * 72 + 900 * 1.8 + 100 * 3.6) / 3600)
    assert found.memory == 3.0
    assert found.edits == pytest.approx(0.5)
    assert found.channels == pytest.approx(100 * 2000 / 1e9)


def test_twice_the_documents_take_twice_the_time() -> None:
    options = {"words": 500.0, "damaged": 0.02, "sources": 0.0, "workers": 1.0}
    one, two = (plan(COSTS, documents=count, **options) for count in (1e6, 2e6))
    assert two.alone == pytest.approx(2 * one.alone)
    assert two.pooled == pytest.approx(2 * one.pooled)


def test_a_small_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_SOURCE_WORDS", 1500)
    texts = [each.text for each in corpora.load("news", split="dev")][:4]
    costs = measure_costs(texts)
    assert all(value > 0 for value in asdict(costs).values())
    assert costs.damaged > costs.clean > costs.clean_source
    assert costs.edits > costs.edits_packed
    assert 100 < costs.memory < 2000


def test_an_earlier_measurement_is_reckoned_with(tmp_path: Path) -> None:
    path = tmp_path / "scale.json"
    path.write_text(json.dumps({"costs": asdict(replace(COSTS, memory=500.0))}), encoding="utf-8")
    told = ["scale", "--measured", str(path), "--workers", "200", "--documents", "2e6"]
    done = CliRunner().invoke(main, told, catch_exceptions=False)
    assert "100 GB" in done.output
    assert "wrote" not in done.output


def test_shapes_are_shown() -> None:
    table = scale.skew_table([Skewed("level", 1.0, 2.0)])
    assert table.row_count == 1
