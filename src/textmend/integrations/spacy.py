"""spaCy: a tokenizer that mends first, named in a config.

    [nlp.tokenizer]
    @tokenizers = "textmend.Tokenizer.v1"

spaCy finds it by the entry point of textmend's package. Importing this module, as making the
tokenizer does, adds the extensions ``doc._.mended``, ``doc._.original``, and ``original`` and
``original_span`` of tokens and spans. What a doc holds of them is plain data, for docs travel
between processes and into files as bytes. Start reading at :func:`tokenizer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.util import registry

from textmend import Channel, Edit, Mended, Mender

_ANY_LANGUAGE = "xx"  # spaCy's code for a pipeline of several languages


def tokenizer(
    channel: str | dict[str, Any] | None = None,
    lang: str | None = None,
    min_probability: float = 0.5,
    model: str | None = "small",
    inner: Callable[[Language], Any] | None = None,
) -> Callable[[Language], Tokenizer]:
    """What makes the tokenizer of a pipeline; the arguments stand below its name in the config.

    ``channel``: a spec such as ``"the,ad"``, or the object that ``Channel.to_dict`` gives.
    ``lang``: by default the language of the pipeline. ``inner``: the tokenizer of the mended text,
    a block ``[nlp.tokenizer.inner]``, by default the one that the language has without textmend.
    """
    told = Channel.from_dict(channel) if isinstance(channel, dict) else channel

    def made(nlp: Language) -> Tokenizer:
        mender = Mender(
            lang=lang or ("auto" if nlp.lang == _ANY_LANGUAGE else nlp.lang),
            channel=told,
            min_probability=min_probability,
            model=model,
        )
        usual = {"tokenizer": nlp.default_config["nlp"]["tokenizer"]}
        return Tokenizer(mender, (inner or registry.resolve(usual)["tokenizer"])(nlp))

    return made


class Tokenizer:
    """From a text to a doc of the mended text.

    ``doc.text`` is the mended text, and ``doc._.mended`` what was mended: ``None`` where nothing
    was, else an object with the ``original``, the ``edits`` (``Edit.to_dict``) and the ``channel``.
    ``_.original`` of a doc, span or token is what stood there in the input, and ``_.original_span``
    of a span or token is where, as offsets (start, end): of a word that was put back as a whole,
    nothing, at the place where it vanished.
    """

    def __init__(self, mender: Mender, inner: Any) -> None:
        self.mender = mender
        self.inner = inner

    def __call__(self, text: str) -> Doc:
        """The doc of a text."""
        mended = self.mender.mend_and_explain(text)
        doc = self.inner(mended.text)
        if mended.edits:
            doc._.mended = {
                "original": text,
                "edits": [edit.to_dict() for edit in mended.edits],
                "channel": mended.channel.to_dict(),
            }
        return doc

    def pipe(self, texts: Iterable[str]) -> Iterator[Doc]:
        """The docs of several texts."""
        return map(self, texts)

    # The settings of the mender are in the config; what else a pipeline stores is of the inner one.

    def to_disk(self, path: str | Path, **options: Any) -> None:
        """Store what the inner tokenizer knows."""
        self.inner.to_disk(path, **options)

    def from_disk(self, path: str | Path, **options: Any) -> Tokenizer:
        """Read what the inner tokenizer knows."""
        self.inner.from_disk(path, **options)
        return self

    def to_bytes(self, **options: Any) -> bytes:
        """What the inner tokenizer knows."""
        return self.inner.to_bytes(**options)

    def from_bytes(self, data: bytes, **options: Any) -> Tokenizer:
        """Take what :meth:`to_bytes` gave."""
        self.inner.from_bytes(data, **options)
        return self


def mended_of(doc: Doc) -> Mended:
    """What was mended in a doc, with its maps between the two texts, from its plain data."""
    told = doc._.mended
    if told is None:
        return Mended(doc.text)
    return Mended(told["original"], tuple(map(Edit.from_dict, told["edits"])))


def _span_of(part: Span | Token) -> tuple[int, int]:
    start = part.start_char if isinstance(part, Span) else part.idx
    # ``len`` of a span counts tokens.
    (found,) = mended_of(part.doc).map_spans([(start, start + len(part.text))], to="original")
    return found


def _original_of(part: Span | Token) -> str:
    start, end = _span_of(part)
    return _original_of_doc(part.doc)[start:end]


def _original_of_doc(doc: Doc) -> str:
    return doc.text if doc._.mended is None else doc._.mended["original"]


# A module that is imported anew sets them anew.
Doc.set_extension("mended", default=None, force=True)
Doc.set_extension("original", getter=_original_of_doc, force=True)
for _kind in (Span, Token):
    _kind.set_extension("original", getter=_original_of, force=True)
    _kind.set_extension("original_span", getter=_span_of, force=True)
