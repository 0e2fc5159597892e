"""That nothing is asked of the network, shown in a process in which asking is an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import corpora
from textmend import Channel

# An audit hook, which no library gets round as it would a socket that is replaced.
PROGRAM = """
import sys

def refuse(event, _):
    if event.startswith("socket."):
        raise RuntimeError(f"the network was asked: {event}")

sys.addaudithook(refuse)

import socket
try:
    socket.socket()
    raise SystemExit("the network could be asked")
except RuntimeError:
    pass

from textmend import Mender, infer_channel, mend
from textmend.cli import main
from textmend.report import page

name, folder = sys.argv[1:]
damaged = open(name, encoding="utf-8").read()
assert infer_channel(damaged) and mend(damaged) != damaged
assert Mender(lang="auto", model=None).mend(damaged) != damaged
mended = Mender(channel="the,ad", model="large").mend_and_explain(damaged)
assert "<html" in page([("a.txt", "", mended)])
for command, result in (("mend", "a.txt"), ("report", "a.html")):
    try:
        main([command, name, "-o", f"{folder}/{result}"])
    except SystemExit as done:
        assert not done.code
"""


def test_no_network_is_asked(tmp_path: Path) -> None:
    article = corpora.load("news", split="dev")[0].text
    name = tmp_path / "damaged.txt"
    name.write_text(Channel.of("the", "ad").apply(article), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") != name.read_text(encoding="utf-8")
    assert "<html" in (tmp_path / "a.html").read_text(encoding="utf-8")
