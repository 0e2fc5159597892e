"""Any bytes as a file of texts: written again without a change they are the same bytes."""

import io
import tempfile
from pathlib import Path

from fuzz import Provider, altered, run
from textmend.batch.records import format_of

FOLDER = Path(tempfile.mkdtemp())
FILES = {
    "a.txt": "y left\r\n\ufeff",
    "a.jsonl": '{"id": 1, "text": "y\\u0020left", "text": "\\ud83d"}\n\n{"text": null}\n',
    "a.csv": 'id,text\r\n1,"y ""left"""\r2,=1+1\n',
    "a.tsv": "id\ttext\n1\ty left\n",
}
ENCODINGS = ["utf-8", "utf-16", "cp1252", "shift_jis", "utf-7"]


def harness(data: Provider) -> None:
    """Read the records of a file, and write them."""
    name = data.PickValueInList(sorted(FILES))
    encoding = data.PickValueInList(ENCODINGS)
    path = FOLDER / name
    path.write_bytes(altered(FILES[name], data).encode(encoding, "ignore") + data.ConsumeBytes(8))
    form = format_of(path, field="text", encoding=encoding)
    target = io.BytesIO()
    with form.writer(target) as writer:
        for record in form.records():
            writer.write(record)
    assert target.getvalue() == path.read_bytes()


if __name__ == "__main__":
    run(harness)
