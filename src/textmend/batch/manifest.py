"""What a batch has done, so that it can go on where it was stopped.

One SQLite file in a folder beside the results. What is stored of a text are its edits:
its result is the input with them, so that what was mended before a stop need only be read again.
SQLite writes whole transactions or none, whenever the process ends. Start reading at
:class:`Manifest`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from textmend.batch.inputs import shown
from textmend.batch.results import unfinished
from textmend.errors import TextmendError

_VERSION = 1  # of the tables: a manifest of another is begun anew
_NAME = "manifest.sqlite"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found in some texts: how many, how many were changed, edits, words, faults."""

    texts: int = 0
    changed: int = 0
    edits: int = 0
    words: int = 0
    faults: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


_COUNTS = ", ".join(each.name for each in fields(Counts))


class Manifest:
    """The state of the batches that write to one place.

    ``place``: a folder for it. ``anew``: forget what was done. A manifest is of use to one process
    at a time; a second one gets an error. Results that a stopped batch left unfinished are removed.
    """

    def __init__(self, place: Path, *, anew: bool = False) -> None:
        self._place = place
        try:
            place.mkdir(parents=True, exist_ok=True)
            self._connection = _opened(place / _NAME)
        except OSError as error:
            raise TextmendError(
                f"{shown(place)}: cannot be made: {error.strerror}; "
                "name another folder after -o, or allow writing to it"
            ) from None
        if anew:
            with self._connection:
                self._connection.execute("DELETE FROM done")
                self._connection.execute("DELETE FROM edits")
        for (target,) in self._connection.execute("SELECT target FROM begun").fetchall():
            unfinished(Path(os.fsdecode(target))).unlink(missing_ok=True)

    def close(self) -> None:
        """Give the manifest to others."""
        self._connection.close()

    def remove(self) -> None:
        """Close the manifest for good, and delete it: there is nothing left to go on with."""
        self.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def done(self, name: str, key: str, target: Path) -> Counts | None:
        """What was found in a file, if it was mended under this key and the result is there."""
        found = self._connection.execute(
            f"SELECT size, {_COUNTS} FROM done WHERE name = ? AND key = ?", (name, key)
        ).fetchone()
        try:
            return Counts(*found[1:]) if found and target.stat().st_size == found[0] else None
        except OSError:
            return None

    def begin(self, name: str, key: str, target: Path) -> int:
        """Say that a file is being mended; how many of its pieces were before it was stopped."""
        with self._connection as change:
            begun = change.execute("SELECT key FROM begun WHERE name = ?", (name,)).fetchone()
            if begun != (key,):
                if change.execute("DELETE FROM done WHERE name = ?", (name,)).rowcount:
                    # A result that no log tells of could not be reverted, should this one fail.
                    target.unlink(missing_ok=True)
                change.execute("DELETE FROM edits WHERE name = ?", (name,))
                change.execute(
                    "INSERT OR REPLACE INTO begun VALUES (?, ?, ?)",
                    (name, key, os.fsencode(target)),
                )
            return int(
                change.execute("SELECT count(*) FROM edits WHERE name = ?", (name,)).fetchone()[0]
            )

    def piece(self, name: str, number: int) -> tuple[str, Counts]:
        """The edits of a piece that was mended before, as lines of JSON, and what was found."""
        log, *counts = self._connection.execute(
            f"SELECT log, {_COUNTS} FROM edits WHERE name = ? AND piece = ?", (name, number)
        ).fetchone()
        return log, Counts(*counts)

    def add(self, name: str, number: int, log: str, counts: Counts) -> None:
        """Store the edits of a piece of a file."""
        with self._connection as change:
            change.execute(
                f"INSERT INTO edits (name, piece, log, {_COUNTS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (name, number, log, *astuple(counts)),
            )

    def finish(self, name: str, key: str, target: Path, counts: Counts) -> None:
        """Say that the result of a file is in its place."""
        with self._connection as change:
            change.execute("DELETE FROM begun WHERE name = ?", (name,))
            change.execute(
                f"INSERT OR REPLACE INTO done (name, key, size, {_COUNTS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (name, key, target.stat().st_size if target.is_file() else -1, *astuple(counts)),
            )

    def logs(self) -> Iterator[str]:
        """The edits of all results that are there, in the order of their names, as lines of JSON.

        Those of earlier batches, too.
        """
        for (log,) in self._connection.execute(
            "SELECT log FROM edits JOIN done USING (name) ORDER BY name, piece"
        ):
            yield log


def key_of(path: Path, *settings: str) -> str:
    """What tells a file and how it is mended from others: a hash of its content and of settings."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b")
    except OSError as error:
        raise TextmendError(
            f"{shown(path)}: cannot be read: {error.strerror}; check its permissions"
        ) from None
    for each in settings:
        digest.update(b"\0" + each.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=0.0)
    try:
        # No other process may read or write while this one runs, and no write waits for the disk:
        # what the system was given outlives the process.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                for table in ("begun", "done", "edits"):
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                counts = ", ".join(f"{each.name} INTEGER" for each in fields(Counts))
                connection.execute(
                    "CREATE TABLE begun (name TEXT PRIMARY KEY, key TEXT, target TEXT)"
                )
                connection.execute(
                    f"CREATE TABLE done (name TEXT PRIMARY KEY, key TEXT, size INTEGER, {counts})"
                )
                connection.execute(
                    f"CREATE TABLE edits (name TEXT, piece INTEGER, log TEXT, {counts}, "
                    "PRIMARY KEY (name, piece))"
                )
                connection.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise TextmendError(
                f"{shown(file)}: another batch is writing to this folder; wait for its end"
            ) from None
        raise TextmendError(
            f"{shown(file)}: cannot be written: {error}; check its permissions and the disk"
        ) from None
    except sqlite3.DatabaseError as error:
        connection.close()
        raise TextmendError(
            f"{shown(file)}: is no manifest ({error}); delete the folder it is in to begin anew"
        ) from None
    return connection
