"""Sentences that were damaged by a channel must come back as they were written."""

import json
from pathlib import Path
from typing import Any

import pytest

from textmend import Channel, mend_and_explain


def cases(name: str) -> list[Any]:
    path = Path(__file__).parent / "cases" / name
    return [
        pytest.param(case, id=f"{case['channel']}: {case['written']}")
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


@pytest.mark.parametrize("case", cases("synthetic.json"))
def test_synthetic(case: dict[str, Any]) -> None:
    channel = Channel.parse(case["channel"])
    damaged = channel.apply(case["written"])
    assert damaged != case["written"]
    mended = mend_and_explain(damaged, channel=channel)
    assert mended.text == case["written"]
    assert mended.revert() == mended.damage() == damaged


@pytest.mark.xfail(reason="known failures; one that passes belongs in synthetic.json")
@pytest.mark.parametrize("case", cases("known-failures.json"))
def test_known_failures(case: dict[str, Any]) -> None:
    test_synthetic(case)
