"""Any text, under a channel that is told or inferred: all is kept, and all is proven."""

from fuzz import Provider, altered, run
from textmend import Mender

DAMAGED = "Furrmore, y left or shores. In dition, “ir” o\ufffdcers sailed in ef\ufffdcient ships."
MENDERS = [
    Mender(),
    *(Mender(channel=each) for each in ("the,ad", "ligatures:fffd", "e", "spaces")),
]


def harness(data: Provider) -> None:
    """Mend a text that is damaged, and more."""
    mender = data.PickValueInList(MENDERS)
    text = altered(DAMAGED * data.ConsumeIntInRange(0, 3), data)
    mended = mender.mend_and_explain(text)
    assert mended.original == text == mended.revert() == mended.damage()
    assert mended.edits or mended.text is text


if __name__ == "__main__":
    run(harness)
