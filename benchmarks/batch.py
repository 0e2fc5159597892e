"""Batches as users run them: a folder of many files, a large table, stops and the way back.

Everything is made anew from clean passages, in a folder that is removed, and mended by the command
in processes of its own. A third of the folders are damaged, each by a channel of its own, and so is
one in twenty of the sources of the table: most of a large corpus is clean. Start reading at
:func:`measure_batch`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.accuracy import circumstances
from benchmarks.channels import groups
from benchmarks.documents import Document, corpus_hash
from benchmarks.metrics import text_errors
from textmend import Channel

_DAMAGED_FOLDERS = 3  # one in so many
_DAMAGED_SITES = 20
_OF_A_PART = 10  # folders on which the command is stopped
_OF_BOTH = 30  # folders on which one process and two are compared: what they start with is little


@dataclass(frozen=True)
class Run:
    """A command: its seconds, and the memory of its largest process in megabytes."""

    seconds: float
    megabytes: float
    told: str


def measure_batch(
    passages: Sequence[Document],
    folder: Path,
    *,
    files: int,
    folders: int,
    megabytes: int,
    kills: int,
    seed: int,
) -> dict[str, Any]:
    """Make folders and a table of passages, mend them, and measure.

    ``folder``: where all that is made lies, an empty one. ``files`` in so many ``folders``; a table
    of so many ``megabytes``, of as many sources; ``kills``: how often a batch is killed before it
    may end.
    """
    draw = random.Random(f"batch {seed}")
    raw = folder / "raw"
    written = _write_folders(raw, passages, files, folders, draw)
    words = sum(len(clean.split()) for clean, _ in written.values())
    found: dict[str, Any] = {
        "circumstances": circumstances(),
        "passages": corpus_hash(passages),
        "files": files,
        "folders": folders,
        "words": words,
    }
    whole = _textmend("mend", raw, "-o", folder / "mended", "--edits", folder / "edits.jsonl")
    found["folder"] = {**asdict(whole), "words_per_second": words / whole.seconds}
    _textmend("revert", folder / "mended", "--edits", folder / "edits.jsonl", "-o", folder / "back")
    found["reverted"] = sum(
        (folder / "back" / name).read_bytes() == (raw / name).read_bytes() for name in written
    )
    found["wer_cut"] = _cuts(folder, written)
    found["speed_up"] = _speed_up(folder)
    found["kills"] = _killed(folder, kills, draw)
    if megabytes:
        found["table"] = _table(folder, passages, megabytes, folders, draw)
    return found


def _channels(draw: random.Random, one_in: int) -> Iterator[Channel]:
    """A channel for each source: for one in so many one that benchmarks know, else none."""
    known = [each.channel for each in groups()["random"] if each.channel]
    while True:
        yield draw.choice(known) if draw.random() < 1 / one_in else Channel()


def _write_folders(
    raw: Path, passages: Sequence[Document], files: int, folders: int, draw: random.Random
) -> dict[str, tuple[str, str]]:
    """Write the files; the clean and the damaged text of each."""
    written = {}
    channels = _channels(draw, _DAMAGED_FOLDERS)
    for number, channel in zip(range(folders), channels, strict=False):
        place = raw / f"site{number:04}"
        place.mkdir(parents=True)
        for count, passage in enumerate(draw.choices(passages, k=files // folders)):
            damaged = channel.apply(passage.text)
            name = f"{place.name}/{count:05}.txt"
            (raw / name).write_bytes(damaged.encode())
            written[name] = passage.text, damaged
    return written


def _textmend(*arguments: str | Path) -> Run:
    """Run the command to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(_line(*arguments), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = process.stderr.read()
    # Of this one and of those that it has started, not of all that were run before.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"textmend {arguments[0]} failed: {told}")
    last = told.strip().rpartition("\n")[2]
    return Run(time.perf_counter() - begun, used.ru_maxrss / 1000, last)


def _line(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "textmend", *map(str, arguments)]


def _cuts(folder: Path, written: dict[str, tuple[str, str]]) -> dict[str, float]:
    """The share of word errors that is cut, of damaged texts, by source and by text."""
    _textmend("mend", folder / "raw", "-o", folder / "by-text", "--source", "none")
    cuts = {}
    for name, place in (("source", "mended"), ("text", "by-text")):
        counts: Counter[str] = Counter()
        for file, (clean, damaged) in written.items():
            if clean != damaged:
                mended = (folder / place / file).read_bytes().decode()
                counts += text_errors(clean, damaged, mended)
        cuts[name] = 1 - counts["word_errors_after"] / max(counts["word_errors_before"], 1)
    return cuts


def _part(folder: Path, folders: int) -> list[str | Path]:
    """The arguments for some of the folders, in which what is measured more than once is done."""
    part = folder / f"part{folders}"
    if not part.exists():
        part.mkdir()
        for each in sorted((folder / "raw").iterdir())[:folders]:
            (part / each.name).symlink_to(each, target_is_directory=True)
    return ["mend", part]


def _speed_up(folder: Path) -> dict[str, float]:
    """Seconds of one process and of two on the same files, alternately, the least of two each."""
    seconds: dict[str, float] = {}
    for jobs in ("1", "2") * 2:
        out = folder / f"jobs{jobs}"
        run = _textmend(*_part(folder, _OF_BOTH), "-o", out, "--jobs", jobs, "--force")
        seconds[jobs] = min(seconds.get(jobs, run.seconds), run.seconds)
    return {**seconds, "ratio": seconds["1"] / seconds["2"]}


def _killed(folder: Path, kills: int, draw: random.Random) -> dict[str, Any]:
    """Whether a batch that was killed again and again ends with the result of one that was not."""
    out, log = folder / "killed", folder / "killed.jsonl"
    part = _part(folder, _OF_A_PART)
    options = [*part, "-o", out, "--edits", log]
    whole = _textmend(*part, "-o", folder / "whole", "--edits", folder / "whole.jsonl")
    stopped = 0
    for _ in range(kills):
        process = subprocess.Popen(_line(*options), stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.5, whole.seconds / 2))
        stopped += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    _textmend(*options)
    same = _tree(out) == _tree(folder / "whole")
    same &= log.read_bytes() == (folder / "whole.jsonl").read_bytes()
    stray = [path for path in out.rglob(".*") if path.name != ".textmend"]
    return {"kills": kills, "before_the_end": stopped, "same": same, "stray_files": len(stray)}


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.txt")
        if path.is_file()
    }


def _table(
    folder: Path, passages: Sequence[Document], megabytes: int, sites: int, draw: random.Random
) -> dict[str, Any]:
    """A table of so many megabytes with a field that says the source."""
    path, words, damaged_words, number = folder / "pages.jsonl", 0, 0, 0
    channels = _channels(draw, _DAMAGED_SITES)
    with path.open("w", encoding="utf-8") as file:
        for site, channel in zip(range(sites), channels, strict=False):
            while file.tell() < 1e6 * megabytes * (site + 1) / sites:
                passage = draw.choice(passages)
                words += passage.words
                damaged_words += passage.words if channel else 0
                record = {"site": site, "id": number, "text": channel.apply(passage.text)}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                number += 1
    run = _textmend(
        "mend", path, "-o", folder / "mended.jsonl", "--field", "text", "--source", "field:site"
    )
    return {
        **asdict(run),
        "megabytes_of_text": os.path.getsize(path) / 1e6,  # noqa: PTH202
        "records": number,
        "damaged_share": damaged_words / words,
        "words_per_second": words / run.seconds,
    }


def batch_table(found: dict[str, Any]) -> Table:
    """What was measured, for people."""
    table = Table(title=f"{found['files']:,} files in {found['folders']} folders")
    table.add_column("what")
    table.add_column("figure", justify="right")
    folder, cut, kills = found["folder"], found["wer_cut"], found["kills"]
    rows = {
        "words a second": f"{folder['words_per_second']:,.0f}",
        "megabytes of the largest process": f"{folder['megabytes']:,.0f}",
        "files given back byte for byte": f"{found['reverted']:,} of {found['files']:,}",
        "two processes against one": f"{found['speed_up']['ratio']:.2f} times as fast",
        "WER cut by source": f"{100 * cut['source']:.1f} %",
        "WER cut by text": f"{100 * cut['text']:.1f} %",
        f"killed {kills['kills']} times": "the same result" if kills["same"] else "ANOTHER RESULT",
        "stray files after that": str(kills["stray_files"]),
    }
    if large := found.get("table"):
        rows |= {
            f"table of {large['megabytes_of_text']:,.0f} MB: words a second": (
                f"{large['words_per_second']:,.0f}"
            ),
            "… share of its words in damaged sources": f"{100 * large['damaged_share']:.1f} %",
            "… megabytes of the largest process of all": f"{large['megabytes']:,.0f}",
        }
    for row in rows.items():
        table.add_row(*row)
    return table
