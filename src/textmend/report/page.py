"""The page: values for the template, and the template filled in.

The page is one file that reaches for nothing: style and script stand in it, and its policy forbids
everything but that script, by its digest. Texts, which may come from anywhere, stand in it as JSON
in ASCII and never as HTML; the script shows them as text only. Offsets stay in Python: the script
gets a text in pieces, cut at its edits, and hands their offsets back as it got them, so that it
needs no offsets into strings, which JavaScript counts in other units. Start reading at
:func:`page`.
"""

from __future__ import annotations

import html
import json
import math
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from textmend import __version__, checks
from textmend.channel.channel import Channel
from textmend.channel.drops import Rule
from textmend.edits import Edit, Mended
from textmend.errors import TextmendError
from textmend.evidence import Evidence
from textmend.report import sentences
from textmend.report.decisions import FORMAT, VERSION, digest

if TYPE_CHECKING:
    from jinja2 import Template

_SCRIPTS = ("review.js", "show.js", "card.js", "page.js")
_CLEAN = "no damage found"


def page(documents: Iterable[tuple[str, str, Mended]], *, threshold: float = 0.5) -> str:
    """The page of documents, as HTML: the name, the source and the result of each.

    Names tell documents apart, and decisions name them; sources, such as the site or folder that
    texts are from, may be empty. ``threshold``: the probability below which edits are left out
    until the reader moves the slider; those that mending left out are not there to be had back.
    """
    checks.number("threshold", threshold, lambda it: 0.0 <= it <= 1.0, "it must be in 0 to 1")
    shown = [_checked(place, each) for place, each in enumerate(documents)]
    if not shown:
        raise TextmendError("there are no documents to report; name some")
    twice = [name for name, count in Counter(name for name, _, _ in shown).items() if count > 1]
    if twice:
        raise TextmendError(
            f"{twice[0]!r} names {Counter(name for name, _, _ in shown)[twice[0]]} documents; "
            "decisions need a name for each, such as its path"
        )
    groups = list(_groups(shown)) if len(shown) > 1 else []
    data = _json(
        {
            "format": FORMAT,
            "version": VERSION,
            "threshold": float(threshold),
            "documents": [_document(*each) for each in shown],
            "groups": groups,
        }
    )
    style, script = _styled()
    return _template().render(
        title=sentences.visible(shown[0][0]) if len(shown) == 1 else f"{len(shown):,} documents",
        several=len(shown) > 1,
        groups=[_row(each, shown) for each in groups],
        least=_least(shown, threshold),
        version=__version__,
        policy=_policy(style, script),
        style=style,
        script=script,
        data=data,
        key=sha256(data.encode()).hexdigest()[:16],
    )


def in_notebook(mended: Mended) -> str | None:
    """The page of a result in a frame, for a notebook; None where the extra is not installed."""
    try:
        shown = page([("text", "", mended)])
    except _MissingError:
        return None
    # In a frame, that its style and the notebook's stay apart; without an origin of its own, so
    # that it can touch nothing of the notebook.
    return (
        f'<iframe title="textmend" srcdoc="{html.escape(shown)}" '
        'sandbox="allow-scripts allow-downloads" '
        'style="width:100%;height:40rem;border:1px solid #8888"></iframe>'
    )


class _MissingError(TextmendError):
    """The template library is not installed."""


def _checked(place: int, document: tuple[str, str, Mended]) -> tuple[str, str, Mended]:
    name, source, mended = document
    checks.text(f"documents[{place}]: the name", name)
    checks.text(f"documents[{place}]: the source", source)
    checks.instance(
        f"documents[{place}]", mended, Mended, "it must be what mend_and_explain returned"
    )
    return name, source, mended


def _document(name: str, source: str, mended: Mended) -> dict[str, Any]:
    """A document as the script reads it; ``pieces`` are what stands around its edits."""
    bounds = [0, *(bound for edit in mended.edits for bound in (edit.start, edit.end)), None]
    return {
        "name": name,
        "source": source,
        "sha256": digest(mended.original),
        "verdict": sentences.verdict(mended),
        "evidence": [_evidence(each) for each in mended.evidence],
        "pieces": [
            mended.original[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        ],
        "edits": [_edit(edit, mended.original) for edit in mended.edits],
    }


def _edit(edit: Edit, original: str) -> dict[str, Any]:
    line, column = sentences.place(original, edit.start)
    return {
        "start": edit.start,
        "end": edit.end,
        "before": edit.before,
        "after": edit.after,
        "probability": edit.probability,
        "alternatives": [[each.text, each.probability] for each in edit.alternatives],
        "why": sentences.sentence(edit),
        "line": line,
        "column": column,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "sequence": sentences.deleted(evidence.drop),
        "expected": evidence.expected,
        "observed": evidence.observed,
        "why": sentences.reason(evidence),
    }


def _groups(documents: Sequence[tuple[str, str, Mended]]) -> Iterator[dict[str, Any]]:
    """The documents by source and channel, those of a source together, the most damaged first."""
    of_source = Counter(source for _, source, _ in documents)
    found: dict[tuple[str, str], list[int]] = {}
    for place, (_, source, mended) in enumerate(documents):
        channel = _losses(mended.channel) if mended.damaged_share else _CLEAN
        found.setdefault((source, channel), []).append(place)
    order = {source: place for place, source in enumerate(of_source)}
    ranked = sorted(
        found.items(), key=lambda item: (order[item[0][0]], item[0][1] == _CLEAN, -len(item[1]))
    )
    for (source, channel), places in ranked:
        yield {
            "source": source,
            "channel": channel,
            "damaged": channel != _CLEAN,
            "of": of_source[source],
            "documents": places,
        }


def _row(group: dict[str, Any], documents: Sequence[tuple[str, str, Mended]]) -> dict[str, Any]:
    """A group as the template shows it: a row of the table."""
    return {
        "source": sentences.visible(group["source"]),
        "channel": group["channel"],
        "share": sentences.per_cent(len(group["documents"]) / group["of"]),
        "of": group["of"],
        "documents": [
            {"number": each, "name": sentences.visible(documents[each][0])}
            for each in group["documents"]
        ],
    }


def _least(documents: Sequence[tuple[str, str, Mended]], threshold: float) -> float:
    """Where the slider begins: a whole per cent below which there are no edits."""
    chances = (edit.probability for _, _, mended in documents for edit in mended.edits)
    return math.floor(100 * min((threshold, *chances))) / 100


def _losses(channel: Channel) -> str:
    """A channel in words, alike for all texts whose letters were lost at about the same rate."""
    return " and ".join(map(_loss, channel.drops))


def _loss(rule: Rule) -> str:
    return f"some {rule.family}" if rule.rate < 1.0 else sentences.deleted(rule)


def _json(value: Any) -> str:
    """JSON in ASCII that ends no element of HTML, and that no editor or filter reorders."""
    plain = json.dumps(value, separators=(",", ":"))
    return plain.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _policy(style: str, script: str) -> str:
    """What the page may do: run its own script, look as its own style says, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(script)}'",
            f"style-src '{_source(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _source(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _styled() -> tuple[str, str]:
    """The style, and the script."""
    return _file("page.css"), "\n".join(map(_file, _SCRIPTS))


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise _MissingError(
            "the report needs the package jinja2; install it with pip install 'textmend[report]'"
        ) from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("page.html"))


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
