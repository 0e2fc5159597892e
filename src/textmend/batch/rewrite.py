"""From results back to originals, and from originals to results, by a log of edits.

A file of which the log says nothing is copied. Start reading at :func:`rewrite`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path

from textmend.batch.inputs import Input, shown
from textmend.batch.log import Entry, by_file
from textmend.batch.records import format_of
from textmend.batch.results import place_of
from textmend.edits import Edit, apply_edits, revert_edits
from textmend.errors import TextmendError
from textmend.report.decisions import digest

Change = Callable[[str, Sequence[Edit]], str]


def rewrite(
    inputs: Sequence[Input],
    targets: Mapping[Input, Path],
    entries: Iterable[Entry],
    *,
    back: bool,
    alone: bool,
    field: str | None = None,
    encoding: str = "utf-8",
) -> Iterator[tuple[Input, str | None]]:
    """Make the edits of a log in files, or take them ``back``.

    Each file, with what is wrong with it: then it has no result. An error where the log has edits
    of a file that is not among the inputs. ``inputs`` and ``entries`` are sorted by their names.
    ``alone``: there is one input, whatever it is called in the log. ``field`` and ``encoding``: how
    files are read of which the entries do not say it.
    """
    read_as = field, encoding
    groups = by_file(entries)
    name, group = next(groups, (None, iter(())))
    for one in inputs:
        mine = name is not None and (alone or name == one.name)
        if name is not None and not mine and name < one.name:
            raise not_there(name)
        try:
            if mine:
                _rewritten(one, targets[one], group, read_as, back=back)
            else:
                _copied(one, targets[one])
            yield one, None
        except TextmendError as error:
            yield one, str(error)
        except OSError as error:
            yield one, f"{shown(targets[one])}: cannot be written: {error.strerror}"
        if mine:
            for _ in group:  # what an error has left of it
                pass
            name, group = next(groups, (None, iter(())))
    if name is not None:
        raise not_there(name)


def not_there(name: str) -> TextmendError:
    """What is wrong with a log that has edits of a file which is not among those given."""
    return TextmendError(
        f"the log has edits of {shown(name)}, which is not among the files; "
        "give the folder of the batch that wrote the log"
    )


def _copied(one: Input, target: Path) -> None:
    with place_of(target) as file, one.path.open("rb") as source:
        shutil.copyfileobj(source, file)


def _rewritten(
    one: Input,
    target: Path,
    entries: Iterator[Entry],
    read_as: tuple[str | None, str],
    *,
    back: bool,
) -> None:
    first = next(entries, None)
    if first is None:
        _copied(one, target)
        return
    change: Change = revert_edits if back else apply_edits
    found = format_of(
        one.path, field=first.field or read_as[0], encoding=first.encoding or read_as[1]
    )
    edits = groupby(chain([first], entries), lambda entry: entry.record or 1)
    number, few = next(edits)
    with place_of(target) as file, found.writer(file) as result:
        for place, record in enumerate(found.records(), 1):
            if place != number:
                result.write(record)
                continue
            of_record = list(few)
            raw = of_record[0].raw if back else None
            where = f"{shown(one.path)}: {record.place}" if record.place else shown(one.path)
            if record.text is None:
                raise TextmendError(f"{where}: has edits in the log, but {record.fault}")
            if of_record[0].digest not in (None, digest(record.text)):
                raise TextmendError(f"{where}: is not the text that was decided about")
            try:
                text = change(record.text, [entry.edit for entry in of_record])
            except TextmendError as error:
                raise TextmendError(f"{where}: {error}") from None
            result.write(record, text, raw)
            number, few = next(edits, (0, iter(())))
        if number:
            raise TextmendError(
                f"{shown(one.path)}: the log has edits of record {number}, which is not there or "
                "comes before another one in the log"
            )
