"""``python -m benchmarks``: one command per question.

Each prints tables for people and writes what it measured as JSON, by default to
benchmarks/results/. Nothing is measured here. Start reading at :func:`accuracy`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks import gate as gates
from benchmarks import tables
from benchmarks.accuracy import Report, circumstances, measure
from benchmarks.alarms import POOL_WORDS, measure_alarms
from benchmarks.batch import batch_table, measure_batch
from benchmarks.calibration import (
    THRESHOLDS,
    calibration_tables,
    measure_calibration,
    verdicts,
)
from benchmarks.channels import groups, select
from benchmarks.documents import Document, documents
from benchmarks.encodings import measure_encodings
from benchmarks.everything import STEPS, measure_all
from benchmarks.fingerprint import fingerprints, together
from benchmarks.fitting import fit, fit_table
from benchmarks.languages import recognized
from benchmarks.losses import FAMILIES, measure_losses
from benchmarks.metrics import TRACES
from benchmarks.mistakes import find_mistakes
from benchmarks.mixtures import measure_mixtures, mixtures_table
from benchmarks.ocr import measure_ocr, ocr_table
from benchmarks.peers import LOADERS, ORACLE, load
from benchmarks.reading import read_mistakes
from benchmarks.sensitivity import measure_sensitivity, numbers, page
from benchmarks.systems import Missing
from textmend import Channel

_RESULTS = Path(__file__).parent / "results"
_WIDTH = 160  # of tables that go to a file or a pipe
_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)

_Command = Callable[..., Any]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def main() -> None:
    """Measure textmend and its peers, and hold its accuracy where it is."""


def _measuring(default_channels: str, default_limit: int | None) -> Callable[[_Command], _Command]:
    """The options of every command that damages documents."""
    options = [
        click.option(
            "--corpus",
            default="news",
            help="news, held-out, prose, negative or languages of corpora/; "
            "or a .txt, .txt.xz or .jsonl file, or a folder of them.",
        ),
        click.option(
            "--channels",
            default=default_channels,
            help="Comma-separated groups, labels, sequences such as the+ad, or all.",
        ),
        click.option("--limit", type=int, default=default_limit, help="So many documents, drawn."),
        click.option("--min-words", type=int, default=0, help="Longer documents only."),
        click.option("--max-words", type=int, help="Shorter documents only."),
        click.option("--cut", type=(int, int), help="Cut passages of MIN to MAX words."),
        click.option("--seed", type=int, default=0),
        click.option("--jobs", type=int, default=1, help="Processes."),
        click.option("--traces", type=int, default=TRACES, help="To ask a channel of a document."),
        click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/."),
        click.option("--plots", "plots_folder", type=_FOLDER, help="Draw PNG plots there."),
    ]

    def with_options(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


@main.command()
@_measuring("clean,example,variants,single", None)
@click.option(
    "--system",
    "systems",
    multiple=True,
    default=["textmend"],
    help="Repeatable; textmend:FILE has that context model, textmend:counts has none.",
)
@click.option("--oracle", is_flag=True, help="Tell textmend the channel, to judge ranking alone.")
@click.option("--repeat/--no-repeat", default=True, help="Mend each result again: does it stay?")
@click.option("--pool", type=click.IntRange(1), default=1, help="Mend so many as one source.")
@click.option(
    "--mixed",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    help="Damage this share of each pool; the others stay clean.",
)
def accuracy(
    systems: Sequence[str], oracle: bool, repeat: bool, pool: int, mixed: float, **options: Any
) -> None:
    """Accuracy by channel."""
    if mixed < 1 and pool == 1:
        raise click.UsageError("--mixed needs --pool: a single text is damaged, or it is clean")
    if oracle:
        systems = [re.sub("^textmend(?=$|:)", ORACLE, each) for each in systems]
    try:
        report = _measured(systems, repeat=repeat, pool=pool, mixed=mixed, **options)
    except Missing as reason:
        raise click.ClickException(f"{', '.join(systems)}: {reason}") from None
    _print(tables.accuracy_tables(report), tables.LEGEND)
    _keep(report, "accuracy", options)


@main.command()
@_measuring("the+ad,st,ligatures,random:1%", 8)
@click.option("--system", "systems", multiple=True, help="Default: all. Repeatable.")
def peers(systems: Sequence[str], **options: Any) -> None:
    """Accuracy and words per second, side by side with the peers."""
    there, missing = [], {}
    for name in systems or LOADERS:
        try:
            load(name)
            there.append(name)
        except Missing as reason:
            missing[name] = str(reason)
    report = _measured(there, repeat=False, **options)
    report.about["missing"] = missing
    _print(tables.side_by_side(report), tables.LEGEND)
    for name, version in report.about["systems"].items():
        click.echo(f"{name}: {version}")
    for name, why in missing.items():
        click.echo(f"{name}: not run: {why}")
    _keep(report, "peers", options)


@main.command()
@click.option("--corpus", default="languages", help="Texts in several languages.")
@click.option("--cut", type=(int, int), help="Cut passages of MIN to MAX words.")
@click.option("--json", "json_file", type=_FILE, default=_RESULTS / "encodings.json")
def encodings(corpus: str, cut: tuple[int, int] | None, json_file: Path) -> None:
    """How often the encoding of a text in an old one is told by its bytes."""
    try:
        found = measure_encodings(documents(corpus, cut=cut))
    except Missing as reason:
        raise click.ClickException(str(reason)) from None
    _print([tables.encodings_table(found)])
    _write(json_file, {**circumstances(), "corpus": corpus, "cut": cut, "counts": found})


@main.command()
@click.option("--model", "models", multiple=True, default=["small", "large"], help="Repeatable.")
@click.option("--json", "json_file", type=_FILE, default=_RESULTS / "reading.json")
def reading(models: Sequence[str], json_file: Path) -> None:
    """Mistakes that a reader would see, by differences that were read and marked."""
    table = Table(title="Clear mistakes, the+ad told, news of corpora/")
    for heading in ("model", "words", "differences", "of them read", "clear", "per 1,000 words"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    described = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("mending", total=None)
        for model in models:
            found = read_mistakes(model, partial(progress.advance, task))
            rate, low, high = found.per_thousand
            counts = (found.words, found.differences, found.read, found.clear)
            shown = f"{rate:.1f} ({low:.1f} to {high:.1f})"
            table.add_row(model, *(f"{count:,}" for count in counts), shown)
            described[model] = {**asdict(found), "per thousand": (rate, low, high)}
    _print([table])
    _write(json_file, {**circumstances(), **described})


@main.command()
@_measuring("the+ad,ing,e,of+a,o+in,er,st,ligatures:?,apostrophes", 20)
@click.option("--model", default="small", help="small, large or a file.")
@click.option("--test", required=True, help="A corpus, as elsewhere, that nothing is fitted on.")
def calibration(model: str, test: str, **options: Any) -> None:
    """What probabilities are worth by kind of edit, fitted on a corpus and tried on another."""
    damagers, sets = select(options["channels"]), []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for corpus in (options["corpus"], test):
            chosen = _documents(**options | {"corpus": corpus})
            task = progress.add_task(corpus, total=len(chosen) * len(damagers))
            sets.append(verdicts(chosen, damagers, model, partial(progress.advance, task)))
    found = measure_calibration(*sets)
    _print(calibration_tables(model, found, sets[1]))
    curve = {threshold: sets[1].at(threshold) for threshold in THRESHOLDS}
    described = {"kinds": {kind: asdict(each) for kind, each in found.items()}, "curve": curve}
    _write(
        options["json_file"] or _RESULTS / f"calibration-{Path(model).stem}.json",
        {**circumstances(), "model": model, **described},
    )


@main.command()
@_measuring("the+ad", 20)
@click.option("--system", default="textmend")
@click.option("--show", type=int, default=15, help="So many of each kind.")
def mistakes(system: str, show: int, **options: Any) -> None:
    """What goes wrong, most frequent first: where to look next."""
    chosen, damagers = _documents(**options), select(options["channels"])
    for kind, found in find_mistakes(chosen, damagers, system, seed=options["seed"]).items():
        click.secho(f"{kind}: {found.total()}", bold=True)
        for mistake, count in found.most_common(show):
            click.echo(f"{count:6}  {mistake}")


@main.command()
@_measuring(
    "clean,the+ad,e,ing,o+in,st:90%,ligatures:?,non-ascii,apostrophes,spaces,random:1%", None
)
def fingerprint(**options: Any) -> None:
    """A hash of all results: the same before and after a change that changed speed alone."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("mending", total=None)
        found = fingerprints(
            _documents(**options),
            select(options["channels"]),
            seed=options["seed"],
            progress=lambda done, of: progress.update(task, completed=done, total=of),
        )
    for label, digest in found.items():
        click.echo(f"{digest}  {label}")
    click.echo(f"{together(found)}  all of these")


@main.command()
@_measuring("clean,the+ad,e,non-ascii", None)
@click.option("--lang", default="auto", help="The languages to guess among.")
def languages(lang: str, **options: Any) -> None:
    """How often the language of a text is recognized, whatever was lost from it."""
    chosen, damagers = _documents(**options), select(options["channels"])
    found = recognized(chosen, damagers, lang, seed=options["seed"])
    _print([tables.languages_table(found)])
    described = {
        channel: [[*pair, count] for pair, count in counts.items()]
        for channel, counts in found.items()
    }
    _write(options["json_file"] or _RESULTS / "languages.json", {**circumstances(), **described})


@main.command()
@click.option(
    "--corpus",
    "sources",
    multiple=True,
    default=["news", "prose", "negative", "languages"],
    help="Clean text, as elsewhere; repeatable.",
)
@click.option("--pools", type=click.IntRange(0), default=2000, help="So many sources, or fewer.")
@click.option("--documents", type=click.IntRange(0), default=20_000, help="So many, or fewer.")
@click.option("--pool-words", type=click.IntRange(1), default=POOL_WORDS, help="No more in a pool.")
@click.option("--lang", help="What menders are told. Default: the language of each text.")
@click.option("--most-pools", type=float, default=0.001, help="The share that may alarm.")
@click.option("--most-documents", type=float, default=0.0001, help="The share that may alarm.")
@click.option("--only", default="", help="Try but the pool or document with this id.")
@click.option("--show", type=int, default=50, help="So many of what was found.")
@click.option("--seed", type=int, default=0)
@click.option("--jobs", type=int, default=1, help="Processes.")
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def alarms(
    most_pools: float, most_documents: float, show: int, json_file: Path | None, **options: Any
) -> None:
    """How often clean text is taken for damaged, and changed; fail where that is too often."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        found = measure_alarms(
            progress=lambda done, of: progress.update(
                task, description="trying", completed=done, total=of
            ),
            **options,
        )
    _print(tables.alarms_tables(found, show))
    _write(json_file or _RESULTS / "alarms.json", {"options": options, **found.to_dict()})
    if wrong := found.complaints(most_pools, most_documents):
        raise click.ClickException("too many false alarms\n" + "\n".join(wrong))


@main.command()
@click.option("--corpus", default="news", help="Clean text, as elsewhere.")
@click.option("--accented", default="languages", help="Clean text that loses its accents.")
@click.option(
    "--family",
    "families",
    type=click.Choice(list(FAMILIES)),
    multiple=True,
    default=list(FAMILIES),
    help="Repeatable.",
)
@click.option("--limit", type=click.IntRange(1), default=400, help="So many texts of each, drawn.")
@click.option("--seed", type=int, default=0)
@click.option("--jobs", type=int, default=1, help="Processes.")
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def losses(families: Sequence[str], json_file: Path | None, **options: Any) -> None:
    """How much of each family of losses is mended, told and inferred, and by specialists."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=None)
        found = measure_losses(
            families,
            progress=lambda done, of: progress.update(task, completed=done, total=of),
            **options,
        )
    _print([tables.losses_table(found)])
    for name, why in found.missing.items():
        click.echo(f"{name}: not run: {why}")
    _write(json_file or _RESULTS / "losses.json", {"options": options, **found.to_dict()})


@main.command()
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--channel", "specs", multiple=True, default=["random:1%"], help="Repeatable.")
def ocr(paths: Sequence[Path], specs: Sequence[str]) -> None:
    """Real scans: JSON lines with what OCR read ("ocr") and what is printed ("gt").

    Once with the channel inferred from each, and once with each --channel told.
    """
    channels: dict[str, Channel | None] = {
        "inferred": None,
        **{spec: Channel.parse(spec) for spec in specs},
    }
    scores = {
        (path.name, spec): measure_ocr(path, channel)
        for path in paths
        for spec, channel in channels.items()
    }
    _print([ocr_table(scores)])


@main.command()
@click.option("--most", type=int, default=100_000, help="Growth is measured up to so many words.")
@click.option("--check", is_flag=True, help="Fail where it is far slower than it was.")
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def speed(most: int, check: bool, json_file: Path | None) -> None:
    """Words per second, start-up, memory, and growth, as ratios to a floor."""
    from benchmarks.speed import measure_speed, speed_tables

    found = measure_speed(most=most)
    _print(speed_tables(found))
    _write(json_file or _RESULTS / "speed.json", found.to_dict())
    if check and (slow := found.complaints()):
        raise click.ClickException("\n".join(slow))


@main.command()
@click.option("--corpus", default="news", help="Clean text, as elsewhere.")
@click.option("--cut", type=(int, int), default=(20, 60), help="Passages of MIN to MAX words.")
@click.option("--documents", "count", type=click.IntRange(1), default=10_000)
@click.option("--host", "names", multiple=True, help="Default: all. Repeatable.")
@click.option(
    "--repeat", type=click.IntRange(1), default=3, help="Times, the best of which counts."
)
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def hosts(
    corpus: str,
    cut: tuple[int, int],
    count: int,
    names: Sequence[str],
    repeat: int,
    json_file: Path | None,
) -> None:
    """Words per second through each host, beside mend_many in the same run."""
    from benchmarks.hosts import HOSTS, hosts_table, measure_hosts, sample

    if unknown := set(names) - set(HOSTS):
        raise click.UsageError(f"--host {unknown.pop()}: it is one of {', '.join(HOSTS)}")
    passages = [each.text for each in documents(corpus, cut=cut)]
    found = measure_hosts(sample(passages, count), names, repeat=repeat)
    _print([hosts_table(found)])
    for name, why in found.missing.items():
        click.echo(f"{name}: not run: {why}")
    _write(json_file or _RESULTS / "hosts.json", found.to_dict())


@main.command()
@click.option("--corpus", default="news", help="Clean text, as elsewhere.")
@click.option("--limit", type=click.IntRange(20), default=200, help="So many documents, drawn.")
@click.option("--documents", "count", type=float, default=1e9, help="So many shall be mended …")
@click.option("--words", type=float, default=500, help="… of so many words each,")
@click.option("--damaged", type=click.FloatRange(0, 1), default=0.02, help="this share damaged,")
@click.option("--sources", type=float, default=1e6, help="of so many sources,")
@click.option("--workers", type=float, default=1000, help="by so many workers at once.")
@click.option("--measured", type=_FILE, help="The JSON of an earlier run: only reckon.")
@click.option("--spark", is_flag=True, help="Measure how sources of many sizes do on Spark, too.")
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def scale(
    corpus: str,
    limit: int,
    count: float,
    words: float,
    damaged: float,
    sources: float,
    workers: float,
    measured: Path | None,
    spark: bool,
    json_file: Path | None,
) -> None:
    """What very many documents cost: measured on few, and reckoned for all."""
    from benchmarks import scale as scales

    if measured:
        costs = scales.Costs(**json.loads(measured.read_text(encoding="utf-8"))["costs"])
    else:
        texts = [each.text for each in documents(corpus, limit=limit)]
        costs = scales.measure_costs(texts)
    found = scales.plan(
        costs, documents=count, words=words, damaged=damaged, sources=sources, workers=workers
    )
    _print([scales.costs_table(costs), scales.plan_table(found, workers)])
    described: dict[str, Any] = {**circumstances(), "costs": asdict(costs), "plan": asdict(found)}
    if spark:
        passages = [each.text for each in documents(corpus, cut=(20, 60))]
        skewed = scales.measure_skew(passages)
        _print([scales.skew_table(skewed)])
        described["skew"] = [asdict(each) for each in skewed]
    if not measured:
        _write(json_file or _RESULTS / "scale.json", described)


@main.command()
@click.option("--corpus", default="news", help="Clean text, as elsewhere.")
@click.option("--channel", default="the,ad", help="What damages it: a spec.")
@click.option("--min-words", type=int, default=0, help="Longer documents only.")
@click.option("--limit", type=int, default=30, help="So many documents, drawn.")
@click.option("--seed", type=int, default=0)
@click.option("--ner", "model", default="en_core_web_sm", help="A pipeline of spaCy.")
@click.option("--json", "json_file", type=_FILE, help="Default: in benchmarks/results/.")
def downstream(
    corpus: str,
    channel: str,
    min_words: int,
    limit: int,
    seed: int,
    model: str,
    json_file: Path | None,
) -> None:
    """What deduplication and NER make of damaged texts, and of mended ones."""
    from benchmarks.downstream import downstream_table, measure_duplicates, measure_entities

    lossy = Channel.parse(channel)
    chosen = documents(corpus, min_words=min_words, limit=limit, seed=seed)
    clean = [each.text for each in chosen]
    damaged = [lossy.apply(text) for text in clean]
    found = []
    for measured in (measure_duplicates, partial(measure_entities, model=model)):
        try:
            found.append(measured(clean, damaged))
        except Missing as reason:
            click.echo(f"not run: {reason}")
    _print([downstream_table(found)])
    options = {"corpus": corpus, "channel": channel, "seed": seed}
    described = {**circumstances(), "options": options, "figures": [asdict(each) for each in found]}
    _write(json_file or _RESULTS / "downstream.json", described)


@main.command()
@click.option("--floors", "path", type=_FILE, default=gates.FLOORS, show_default="floors.json")
@click.option("--update", is_flag=True, help="Raise the floors to what is reached.")
@click.option("--lower", is_flag=True, help="Set the floors to what is reached; needs a reason.")
@click.option("--reason", default="", help="Why floors are lowered; kept in the file.")
@click.option("--jobs", type=int, default=1, help="Processes.")
def gate(path: Path, update: bool, lower: bool, reason: str, jobs: int) -> None:
    """Fail where accuracy has fallen below its floors."""
    if lower and not reason.strip():
        raise click.UsageError("--lower needs --reason: why is less good enough now?")
    floors = gates.Floors.read(path)
    corpus, figures = gates.figures(jobs=jobs)
    if lower:
        floors = gates.lowered(corpus, figures, floors, reason)
        floors.write(path)
    elif update and not floors.bounds:
        floors = gates.raised(figures, gates.Floors(corpus, {}))
    _print([tables.gate_table(figures, floors)])
    wrong = gates.complaints(corpus, figures, floors)
    if wrong:
        raise click.ClickException("the accuracy gate is closed\n" + "\n".join(wrong))
    if update:
        floors = gates.raised(figures, floors)
        floors.write(path)
    click.echo(f"the accuracy gate is open: {len(floors.bounds)} bounds kept")


@main.command("batch")
@click.option("--corpus", default="news", help="Whose passages are mended.")
@click.option("--files", type=click.IntRange(1), default=20_000, help="Files.")
@click.option("--folders", type=click.IntRange(1), default=200, help="Folders, each a source.")
@click.option("--megabytes", type=click.IntRange(0), default=2_000, help="Of a table; 0: none.")
@click.option("--kills", type=click.IntRange(0), default=20, help="Times a batch is killed.")
@click.option("--seed", type=int, default=0)
@click.option("--json", "json_file", type=_FILE, default=_RESULTS / "batch.json")
def batch(corpus: str, seed: int, json_file: Path, **options: Any) -> None:
    """Mend a folder of many files and a large table; stop, go on, and revert."""
    chosen = documents(corpus, cut=(60, 240), seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        found = measure_batch(chosen, Path(folder), seed=seed, **options)
    _print([batch_table(found)])
    _write(json_file, found)


@main.command("mixtures")
@click.option("--corpus", default="news", help="Whose passages are mixed.")
@click.option("--trials", type=click.IntRange(1), default=20, help="Mixtures.")
@click.option("--texts", type=click.IntRange(2), default=20, help="Texts of each channel.")
@click.option("--cut", type=(int, int), default=(60, 200), help="Words of a text, MIN to MAX.")
@click.option("--seed", type=int, default=0)
@click.option("--json", "json_file", type=_FILE, default=_RESULTS / "mixtures.json")
def mixtures(corpus: str, cut: tuple[int, int], seed: int, json_file: Path, **options: Any) -> None:
    """Give inference sources that are really several; say what it finds of their channels."""
    found = measure_mixtures(documents(corpus, cut=cut, seed=seed), seed=seed, **options)
    _print([mixtures_table(found)])
    _write(json_file, found)


@main.command("all")
@click.option("--only", "names", multiple=True, help="Steps by name; repeatable. Default: all.")
@click.option("--force", is_flag=True, help="Measure again what was measured at this commit.")
@click.option("--list", "listed", is_flag=True, help="List the steps, and where each is quoted.")
@click.option("--folder", type=_FOLDER, default=_RESULTS / "all", help="Where figures are kept.")
@click.option(
    "--data",
    type=_FOLDER,
    default=Path("data/dev"),
    help="A folder of texts that do not come with the project, such as allsides.jsonl.",
)
def everything(names: Sequence[str], force: bool, listed: bool, folder: Path, data: Path) -> None:
    """Measure all figures that are quoted anywhere; go on where an earlier run was stopped."""
    known = {step.name: step for step in STEPS}
    if unknown := set(names) - known.keys():
        raise click.UsageError(f"no step {', '.join(sorted(unknown))}; they are {', '.join(known)}")
    steps = [known[name] for name in names] or list(STEPS)
    if listed:
        for step in steps:
            where = ", ".join(step.where) or "quoted nowhere yet"
            click.echo(f"{step.name}: {step.command} ({where})")
        return
    outcomes = measure_all(steps, folder, data, force=force, tell=click.echo)
    if failed := [name for name, outcome in outcomes.items() if outcome == "failed"]:
        raise click.ClickException(f"failed: {', '.join(failed)}")


@main.command()
@click.option("--only", default="", help="One number, such as inference.damage.")
@click.option("--json", "json_file", type=_FILE, default=_RESULTS / "sensitivity.json")
def sensitivity(only: str, json_file: Path) -> None:
    """Half and double each chosen number of textmend; print what that changes as Markdown.

    The file keeps each figure, so that a run that was stopped goes on.
    """
    if only and only not in (known := [each.name for each in numbers()]):
        raise click.UsageError(f"--only {only}: it is one of {', '.join(known)}")
    found = measure_sensitivity(
        json_file,
        only=only,
        progress=lambda name, done, of: click.echo(f"{done + 1} of {of}: {name}", err=True),
    )
    click.echo(page(found))


@main.command("fit")
@click.argument("names", nargs=-1, required=True, metavar="NUMBER...")
def fitted(names: Sequence[str]) -> None:
    """Try values of chosen numbers on two halves of the development text.

    A value is to be taken if it is better on both. Then see to the alarms, and to the gate.
    """
    known = {each.name: each for each in numbers()}
    if unknown := set(names) - known.keys():
        raise click.UsageError(f"no number {', '.join(sorted(unknown))}; see docs/numbers.md")
    for name in names:
        _print([fit_table(fit(known[name]))])


@main.command()
def channels() -> None:
    """The channels by group, as --channels takes them."""
    for name, group in groups().items():
        click.echo(f"{name}: {', '.join(each.label for each in group)}")


def _measured(
    systems: Sequence[str], *, repeat: bool, pool: int = 1, mixed: float = 1.0, **options: Any
) -> Report:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measuring", total=None)
        return measure(
            _documents(**options),
            select(options["channels"]),
            systems,
            seed=options["seed"],
            repeat=repeat,
            traces=options["traces"],
            pool=pool,
            mixed=mixed,
            jobs=options["jobs"],
            progress=lambda done, of: progress.update(task, completed=done, total=of),
        )


def _documents(
    *,
    corpus: str,
    min_words: int,
    max_words: int | None,
    cut: tuple[int, int] | None,
    limit: int | None,
    seed: int,
    **_: Any,
) -> list[Document]:
    return documents(
        corpus, min_words=min_words, max_words=max_words, cut=cut, limit=limit, seed=seed
    )


def _print(shown: Iterable[Table], legend: str = "") -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    for table in shown:
        console.print(table)
    if legend:
        console.print(legend, style="dim")


def _keep(report: Report, name: str, options: dict[str, Any]) -> None:
    described = {key: value for key, value in options.items() if not isinstance(value, Path)}
    path = options["json_file"] or _RESULTS / f"{name}.json"
    _write(path, {"options": described, **report.to_dict()})
    if options["plots_folder"]:
        # matplotlib takes a second to load, and is seldom needed.
        from benchmarks.plots import draw

        for drawn in draw(report, options["plots_folder"]):
            click.echo(f"drew {drawn}")


def _write(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"wrote {path}")


if __name__ == "__main__":
    main()
