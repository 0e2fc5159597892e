"""Any file as a model, its checksum set right: refused, or what it mends is proven."""

import hashlib
import tempfile
from pathlib import Path

from fuzz import Provider, run
from textmend import Mender
from textmend.models.modelfile import SHIPPED

MODEL = SHIPPED.read_bytes()
CHECKED = len(b"textmend") + hashlib.sha256().digest_size  # from where on the checksum is taken
FILE = Path(tempfile.mkdtemp(), "model.tmnd")
TEXT = "Furrmore, y left or shores.\nIn dition, the ships came."


def harness(data: Provider) -> None:
    """Load a model of which some bytes are others, most of them in its header, and mend."""
    model = bytearray(MODEL)
    ends = [len(model) - 1, CHECKED + 4 + int.from_bytes(model[CHECKED : CHECKED + 4], "little")]
    for _ in range(data.ConsumeIntInRange(0, 8)):
        place = data.ConsumeIntInRange(CHECKED, data.PickValueInList(ends))
        model[place] = data.ConsumeIntInRange(0, 255)
    del model[len(model) - data.ConsumeIntInRange(0, 2) :]
    model[CHECKED - hashlib.sha256().digest_size : CHECKED] = hashlib.sha256(
        model[CHECKED:]
    ).digest()
    FILE.write_bytes(model)
    mended = Mender(channel="the,ad", model=FILE, min_probability=0.0).mend_and_explain(TEXT)
    assert TEXT == mended.revert() == mended.damage()


if __name__ == "__main__":
    run(harness)
