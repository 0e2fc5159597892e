"""The edits of a text for a terminal: one a line in its surroundings, the doubtful ones first.

Lines fit the width and break at words; nothing of a text acts on the terminal: what is no printable
character is shown as an escape. Start reading at :func:`lines`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import click

from textmend.edits import Edit, Mended
from textmend.report.sentences import per_cent, place, visible

_LEAST = 40  # columns; narrower terminals get lines that do not fit
_AROUND = 200  # characters that are looked at on either side: more than any line holds


def lines(name: str, mended: Mended, width: int | None = None) -> Iterator[str]:
    """The lines for a text that is called ``name``; none where nothing changed.

    In colours, unless the user wants none (NO_COLOR); where there are no colours, marks say what
    they would.
    """
    if not mended.edits:
        return
    width = max(width or shutil.get_terminal_size().columns, _LEAST)
    count = len(mended.edits)
    yield click.style(f"{visible(name)}: {count} edit{'' if count == 1 else 's'}", bold=True)
    at = max(len(_where(mended, each)) for each in mended.edits)
    for edit in sorted(mended.edits, key=lambda each: (each.probability, each.start)):
        head = f"{per_cent(min(edit.probability, 0.99)):>5} {_where(mended, edit):>{at}}  "
        yield head + _around(mended, edit, width - len(head))


def _where(mended: Mended, edit: Edit) -> str:
    return "{}:{}".format(*place(mended.original, edit.start))


def _around(mended: Mended, edit: Edit, width: int) -> str:
    """An edit between the mended words around it, as many as fit."""
    marked, columns = _marked(edit)
    start = mended.to_mended(edit.start)
    if not edit.before:  # the place of an insertion maps to after it
        start -= len(edit.after)
    end = start + len(edit.after)
    text = mended.text
    before, after = (
        _on_a_line(text[max(0, start - _AROUND) : start]),
        _on_a_line(text[end : end + _AROUND]),
    )
    room = max(width - columns, 0)
    left = _last_words(before, max(room // 2, room - len(after)))
    right = _last_words(after[::-1], room - len(left))[::-1]
    return f"{left}{marked}{right}".rstrip()


def _marked(edit: Edit) -> tuple[str, int]:
    """What changed, and how many columns it takes."""
    before, after = _on_a_line(edit.before), _on_a_line(edit.after)
    if _coloured():
        old = click.style(before, fg="red", strikethrough=True) if before else ""
        return old + click.style(after, fg="green", bold=True), len(before) + len(after)
    marked = f"[-{before}-]{{+{after}+}}" if before else f"{{+{after}+}}"
    return marked, len(marked)


def _coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _on_a_line(text: str) -> str:
    return visible("".join(" " if each.isspace() else each for each in text))


def _last_words(text: str, room: int) -> str:
    """The end of a text that fits, from the beginning of a word on."""
    if len(text) <= room:
        return text
    kept = text[len(text) - max(room - 1, 0) :]
    if room < 2:
        return ""
    space = kept.find(" ")
    return "…" + kept[space + 1 :] if space >= 0 else "…"
