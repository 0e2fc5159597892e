"""textmend repairs text from which letter sequences were dropped.

>>> import textmend
>>> textmend.mend("Furrmore, y saw or ships.", channel="the")
'Furthermore, they saw other ships.'
"""

# The one place where the version is written: packaging reads it from here, and so do the command
# and whatever is stored, so that it is known in a source tree that was never installed, too.
__version__ = "0.2.0"

from textmend.api import Mender, infer_channel, mend, mend_and_explain
from textmend.channel.channel import Channel
from textmend.channel.drops import Drop
from textmend.channel.families import (
    Accents,
    Apostrophes,
    Doubled,
    DropCaps,
    Hyphens,
    Ligatures,
    NonAscii,
    RandomLoss,
    Spaces,
)
from textmend.edits import Alternative, Edit, Mended
from textmend.errors import TextmendError
from textmend.evidence import Evidence, Explained, Inference
from textmend.language.lexicon import Suspect, suspects


def _in_notebook(mended: Mended) -> str | None:
    from textmend.report import in_notebook  # only notebooks need it

    return in_notebook(mended)


# A value knows nothing of pages: what shows it in a notebook is handed to it here.
Mended.in_notebook = _in_notebook

__all__ = [
    "Accents",
    "Alternative",
    "Apostrophes",
    "Channel",
    "Doubled",
    "Drop",
    "DropCaps",
    "Edit",
    "Evidence",
    "Explained",
    "Hyphens",
    "Inference",
    "Ligatures",
    "Mended",
    "Mender",
    "NonAscii",
    "RandomLoss",
    "Spaces",
    "Suspect",
    "TextmendError",
    "infer_channel",
    "mend",
    "mend_and_explain",
    "suspects",
]


def __dir__() -> list[str]:
    """The public names: modules are no part of the interface, and no suggestion for it."""
    return [*__all__, *(name for name in globals() if name.startswith("__"))]
