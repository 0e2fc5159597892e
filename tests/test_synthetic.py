"""Sentences that were damaged by a channel must come back as they were written."""

import json
from pathlib import Path
from typing import Any

import pytest

from textmend import Channel, Mended, mend_and_explain

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "synthetic.json").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['channel']}: {case['written']}")
def test_synthetic(case: dict[str, Any]) -> None:
    channel = Channel.parse(case["channel"])
    damaged = channel.apply(case["written"])
    assert damaged != case["written"]
    mended: Mended = mend_and_explain(damaged, channel=channel)
    assert mended.text == case["written"]
    assert mended.revert() == mended.damage() == damaged
