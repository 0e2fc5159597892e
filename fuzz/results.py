"""Any stored result, log of edits, or decisions: they are of their text, or refused."""

import json
import tempfile
from pathlib import Path

from fuzz import Provider, altered, run
from textmend import Mended, Mender, TextmendError
from textmend.batch import log
from textmend.report import decided, read_decisions
from textmend.report.decisions import FORMAT, VERSION, digest

TEXT = "Furrmore, y left or shores.\nIn dition, the ships came."
MENDED = Mender(channel="the,ad").mend_and_explain(TEXT)
STORED = json.dumps(MENDED.to_dict())
LOG = log.lines_of("a.txt", None, MENDED.edits)
_DECISIONS = [
    {"start": e.start, "end": e.end, "before": e.before, "after": e.after, "by": "reader"}
    for e in MENDED.edits
]
_DOCUMENT = {"name": "a.txt#1", "sha256": digest(TEXT), "decisions": _DECISIONS}
DECISIONS = json.dumps(
    {"format": FORMAT, "version": VERSION, "threshold": 0.5, "documents": [_DOCUMENT]}
)
FILE = Path(tempfile.mkdtemp(), "stored.jsonl")


def harness(data: Provider) -> None:
    """Read one of the three, and use it."""
    kind = data.ConsumeIntInRange(0, 2)
    stored = altered((STORED, LOG, DECISIONS)[kind], data)
    FILE.write_bytes(stored.encode("utf-8", "surrogatepass"))
    if kind == 0:
        try:
            value = json.loads(stored)
        except ValueError:
            raise TextmendError("no JSON") from None
        mended = Mended.from_dict(TEXT, value)
        assert mended.revert() == TEXT
        mended.damage()
    elif kind == 1:
        for _ in log.by_file(log.read(FILE)):
            pass
    else:
        found = read_decisions(FILE)
        list(log.decided(found))
        for each in found.documents:
            decided(TEXT, each)


if __name__ == "__main__":
    run(harness)
