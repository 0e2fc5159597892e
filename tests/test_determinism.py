"""The same results, figure for figure, whatever the process: hash seeds, threads, how it began."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import corpora
from textmend import Channel, Mender, infer_channel

NEWS = [document.text for document in corpora.load("news", split="dev")[:3]]
SPECS = ["ligatures:space", "non-ascii,doubled"]
DAMAGED = [Channel.parse(spec).apply(text) for spec, text in zip(SPECS, NEWS, strict=False)]
# Of so many words that they are scored on several threads, where there are several.
LONG = Channel.of("the", "ad").apply("\n".join(NEWS))


def told(mender: Mender, text: str) -> str:
    """All that mending tells of a text, each figure in full."""
    mended = mender.mend_and_explain(text)
    return f"{mended.text}\n{mended.edits!r}\n{mended.evidence!r}\n{mended.intact!r}"


def fingerprint(_: object = None) -> str:
    """What becomes of all these texts, and what is inferred from them together."""
    found = [told(Mender(), text) for text in (DAMAGED[0], LONG)]
    found.append(json.dumps(infer_channel(DAMAGED).to_dict()))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


@pytest.fixture(scope="module")
def expected() -> str:
    return fingerprint()


@pytest.mark.parametrize(("seed", "threads"), [("0", "1"), ("1", "2"), ("random", "8")])
def test_hash_seeds_and_threads_change_nothing(expected: str, seed: str, threads: str) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-c", "from tests import test_determinism as it; print(it.fingerprint())"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONHASHSEED": seed, **dict.fromkeys(names, threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_of_a_process_that_has_mended_changes_nothing(expected: str) -> None:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map_async(fingerprint, [0]).get(120) == [expected]


def test_eight_threads_that_share_a_mender_change_nothing() -> None:
    mender = Mender()
    alone = [told(mender, text) for text in DAMAGED]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: told(mender, text), DAMAGED * 3)) == alone * 3
