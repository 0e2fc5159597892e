"""Check the corpora against split.json; ``python -m corpora --record`` records new files there.

A file that is recorded already keeps its checksum unless it is named: a change to a text must be
meant.
"""

from __future__ import annotations

import json
import sys

from corpora import ROOT, checksums, recorded


def main(arguments: list[str]) -> str | None:
    """Check or record; what is wrong, if anything is."""
    record, named = "--record" in arguments, {each for each in arguments if each[:2] != "--"}
    now, before = checksums(), dict(recorded())
    new = now.keys() - before.keys()
    altered = {each for each in now.keys() & before.keys() if now[each] != before[each]}
    if record:
        kept = {each: before[each] for each in (altered - named)}
        path = ROOT / "split.json"
        split = json.loads(path.read_text(encoding="utf-8"))
        split["sha256"] = {each: kept.get(each, now[each]) for each in sorted(now)}
        path.write_text(json.dumps(split, indent=1) + "\n", encoding="utf-8")
        new, altered, before = set(), set(kept), now
    wrong = [
        *(f"{each}: not recorded; run python -m corpora --record" for each in sorted(new)),
        *(f"{each}: altered; run python -m corpora --record {each}" for each in sorted(altered)),
        *(f"{each}: missing" for each in sorted(before.keys() - now.keys())),
    ]
    if not wrong:
        print(f"{len(now)} files are as recorded")
    return "\n".join(wrong) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
