"""``textmend mend``: a text, a file, or a folder of a million. Start reading at :func:`mend`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from textmend.api import Mender
from textmend.batch import channels, log
from textmend.batch.inputs import STATE, Found, Input, targets
from textmend.batch.manifest import Counts, Manifest
from textmend.batch.results import STANDARD
from textmend.batch.run import Batch, Done, Event, Fault, Finished, Progress, Settings
from textmend.batch.workers import Workers
from textmend.channel.channel import Channel
from textmend.cli import options
from textmend.cli.options import FAILED, complain, fail, found_in, say, shown
from textmend.cli.progress import Bar
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.language.identification import AUTO
from textmend.report import diff as diffs
from textmend.report import sentences

_FAULTS_SHOWN = 10  # of the records of a file


def _path(**kind: bool) -> click.Path:
    return click.Path(path_type=Path, **kind)


@click.command(epilog=options.CHANNELS)
@options.reading
@click.option("-o", "--output", help="File to write, or folder; a slash at its end makes it one.")
@options.channel
@options.inferring
@click.option("--channels", "known", type=_path(), help="Channels of sources, stored before.")
@click.option("--save-channels", "saved", type=_path(), help="Store the channels of the sources.")
@click.option(
    "--min-probability",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="Leave out edits that are less likely.",
)
@click.option(
    "--model",
    default="small",
    show_default=True,
    help="The context model: small, large (better, several times slower), or a file.",
)
@click.option(
    "--keep-words", "kept", type=_path(), help="A file of words never to change, one a line."
)
@click.option("--edits", "log_file", type=_path(), help="Log of edits to write: .jsonl or .gz.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would change.")
@click.option("--diff", is_flag=True, help="Show the edits of each text, doubtful ones first.")
@click.option("--explain", "explained", is_flag=True, help="A line per edit on standard error.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object per text, edits included.")
@click.option("--force", is_flag=True, help="Mend again what was done before.")
@click.option(
    "-v/-q",
    "--verbose/--quiet",
    default=None,
    help="Say what was found in each text, or nothing but errors.",
)
def mend(output: str | None, dry_run: bool, diff: bool, **chosen: Any) -> None:
    """Mend texts; the result goes to standard output, or to OUTPUT.

    With several files, or a folder, OUTPUT is a folder, where the tree of the inputs is mirrored.
    What was done there by a batch that was stopped is not done again.

    Exit status: 0 where all texts were mended or left as they are, 1 where one could not be, 2
    where nothing was done since an option could not be used.
    """
    output = None if output == options.STANDARD else output
    prints = output is None and not (dry_run or diff)
    if prints and (folders := [name for name in chosen["names"] if Path(name).is_dir()]):
        fail(f"{folders[0]}: is a folder; name one for the results, such as -o mended/")
    with found_in(chosen["names"], chosen["glob"]) as found, ExitStack() as stack:
        places: dict[Input, Path] = {}
        state = None
        try:
            if output is not None or prints:
                places, state = _placed(found, chosen["names"], output)
            side = () if dry_run else (chosen["log_file"], chosen["saved"])
            options.check_apart(found, places.values(), *side)
            batch = _batch(found, {} if dry_run else places, chosen)
            if places and not dry_run:
                if state is None:  # there is nothing to go on with, but a log to be written
                    state = Path(stack.enter_context(tempfile.TemporaryDirectory()), STATE)
                batch.manifest = Manifest(state, anew=chosen["force"])
                stack.callback(batch.manifest.close)
            batch.with_texts = diff or chosen["explained"] or _tells_each(found, chosen["verbose"])
            shows = _Shows(batch, found, chosen, diff, dry_run, in_folder=output is not None)
            shows.failed = bool(found.faults)
            with Workers(options.jobs_for(found, chosen["jobs"])) as workers:
                shows.run(workers)
            if batch.manifest and (log_file := chosen["log_file"]):
                lines = log.packed(batch.manifest.logs(), compressed=log_file.suffix == ".gz")
                shows.failed |= not options.write(log_file, lines)
            if batch.manifest and state and state.name != STATE:  # of one result, which is there
                batch.manifest.remove()
        except TextmendError as error:
            fail(error)
        except BrokenPipeError:  # whoever read the output has enough
            raise
        except OSError as error:
            fail(f"standard output: cannot be written: {error.strerror}")
        except KeyboardInterrupt:
            complain("stopped; run the same command again to go on")
            sys.exit(130)
    sys.exit(FAILED if shows.failed else 0)


def _placed(
    found: Found, names: Sequence[str], output: str | None
) -> tuple[dict[Input, Path], Path | None]:
    """Where each result goes, and where the state of the batch is kept."""
    if output is None:
        return dict.fromkeys(found.inputs, STANDARD), None
    target = Path(output)
    if output.endswith("/") or target.is_dir() or found.folders:
        if options.STANDARD in (names or (options.STANDARD,)):
            raise TextmendError(
                f"{output}: is a folder; name a file for what standard input becomes"
            )
        if target.exists() and not target.is_dir():
            raise TextmendError(f"{output}: cannot be made: File exists; name another folder")
        return targets(found, target), target / STATE
    count = max(len(names), len(found.inputs))
    if count > 1:
        raise TextmendError(
            f"{output}: is no folder; make one to hold {count} results, "
            "which a slash at its end does"
        )
    for one in found.inputs:
        if target.resolve() == one.path.resolve():
            raise TextmendError(
                f"{one.path}: would be overwritten; name another file or folder after -o"
            )
    regular = target.is_file() or not target.exists()
    state = target.with_name(f".{target.name}{STATE}") if regular else None
    return dict.fromkeys(found.inputs, target), state


def _batch(found: Found, places: dict[Input, Path], chosen: Mapping[str, Any]) -> Batch:
    sources = options.sources_of(found, chosen["sources"])
    if sources.kind == "none" and (chosen["known"] or chosen["saved"]):
        raise TextmendError("channels of sources need sources; say what is one: --source dir")
    settings = Settings(
        {
            "lang": chosen["lang"],
            "min_probability": chosen["min_probability"],
            "min_log_odds": chosen["min_log_odds"],
            "model": chosen["model"],
            "keep_words": _words(chosen["kept"]),
        },
        chosen["channel"],
        sources,
        chosen["field"],
        chosen["encoding"],
        as_json=chosen["as_json"],
    )
    Mender(channel=settings.channel, **settings.options)  # refuses what cannot be used
    known = channels.load(chosen["known"]) if chosen["known"] else {}
    return Batch(found.inputs, settings, places, known)


def _words(file: Path | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        return tuple(
            filter(None, map(str.strip, file.read_text(encoding="utf-8-sig").splitlines()))
        )
    except OSError as error:
        raise TextmendError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TextmendError(f"{file}: is no text in utf-8; save it so") from None


def _tells_each(found: Found, verbose: bool | None) -> bool:
    """Whether each text is told of: on a terminal several get one line together."""
    return bool(verbose) or (
        verbose is None and sys.stderr.isatty() and len(found.inputs) + len(found.faults) < 2
    )


@dataclass
class _Shows:
    """Runs a batch, and says what happens."""

    batch: Batch
    found: Found
    chosen: Mapping[str, Any]
    diff: bool
    dry_run: bool
    in_folder: bool
    failed: bool = False
    counts: Counts = field(default_factory=Counts)
    files: Counter[str] = field(default_factory=Counter)
    faults: Counter[Input] = field(default_factory=Counter)

    def run(self, workers: Workers) -> None:
        """Infer what is to be inferred, then mend."""
        verbose = self.chosen["verbose"]
        begun = time.monotonic()
        many = len(self.found.inputs) > 1 or self.in_folder
        with Bar(self.found, quiet=verbose is False or not self.in_folder) as bar:
            self.batch.infer(workers, bar.read)
            if (saved := self.chosen["saved"]) and not self.dry_run:
                self.failed |= not options.write(saved, [channels.dumps(self.batch.known)])
            for event in self.batch.run(workers):
                bar.show(event)
                self._show(event)
        asked = self.in_folder or self.dry_run or sys.stderr.isatty()
        told = verbose or (verbose is None and asked)
        if told and (many or self.dry_run):
            say(self._summary(time.monotonic() - begun))

    def _show(self, event: Event) -> None:
        match event:
            case Done(one, _, record, mended):
                self._tell(one, record.place, mended)
            case Finished(one, counts, before):
                self.counts += counts
                self.files["before" if before else "done"] += 1
                if before and counts.faults:
                    self.failed = True
                    complain(
                        f"{shown(one.path)}: {counts.faults:,} records cannot be mended; all stay"
                    )
            case Fault(one, message, whole):
                self.failed = True
                if whole:
                    self.files["failed"] += 1
                    complain(message)
                else:
                    self.faults[one] += 1
                    if self.faults[one] <= _FAULTS_SHOWN:
                        complain(message)
                    elif self.faults[one] == _FAULTS_SHOWN + 1:
                        complain(f"{shown(one.path)}: more records cannot be mended; all stay")
            case Progress():
                pass

    def _tell(self, one: Input, place: str, mended: Mended) -> None:
        name = f"{shown(one.path)}: {place}" if place else shown(one.path)
        if self.diff:
            for line in diffs.lines(name, mended):
                click.echo(line)
        if self.chosen["explained"]:
            for line in sentences.located(mended, name):
                click.echo(line, err=True)
        if _tells_each(self.found, self.chosen["verbose"]):
            say(f"{name}: {_outcome(mended, self._mender())}")

    def _mender(self) -> Mender:
        settings = self.batch.settings
        return Mender(channel=settings.channel, **settings.options)

    def _summary(self, seconds: float) -> str:
        counts, files = self.counts, self.files
        parts = [
            f"{counts.texts:,} texts in {files['done'] + files['before']:,} files",
            f"{counts.changed:,} mended by {counts.edits:,} edits",
            f"{counts.texts - counts.changed:,} unchanged",
        ]
        if files["before"]:
            parts.append(f"{files['before']:,} files done before")
        if self.found.others:
            parts.append(f"{self.found.others:,} files of other formats left out")
        if counts.faults:
            parts.append(f"{counts.faults:,} records left as they are")
        if files["failed"]:
            parts.append(f"{files['failed']:,} files failed")
        return f"{', '.join(parts)}; {seconds:,.0f} s"


def _outcome(mended: Mended, mender: Mender) -> str:
    """What was found in a text, and what would help where that is nothing."""
    if mended.edits or mended.evidence:
        return sentences.verdict(mended, made=True)
    if isinstance(mender.channel, Channel):
        deleted = " and ".join(map(sentences.deleted, mender.channel.drops))
        return f"no word found that lost {deleted}; without --channel the loss is inferred"
    found = sentences.verdict(mended)
    read_in, likely = mender.language(mended.original), Mender(lang=AUTO).language(mended.original)
    if likely and likely != read_in:
        return f"{found}; it looks like {likely!r}: --lang {likely}"
    if read_in is None:
        return f"{found}; its language is not known: name it, as in --lang de"
    if sentences.is_short(mended):
        return (
            f"{found}; if it is known: --channel the,ad; "
            "with more files of the same source: --source all"
        )
    return (
        f"{found}; textmend detect --suspects lists suspicious words, "
        "--channel says what is known to be lost"
    )
