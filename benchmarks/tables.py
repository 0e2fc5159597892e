"""Reports as tables for people. Start reading at :func:`accuracy_tables`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.box import MARKDOWN
from rich.markup import escape
from rich.table import Table

from benchmarks.accuracy import Report, Row
from benchmarks.alarms import Alarms, Tally, Verdict, by, collection_of, kind_of, tally
from benchmarks.gate import Figures, Floors, holds
from benchmarks.losses import FIGURES, Counts, Losses
from benchmarks.metrics import RATES, Rate, calibration_error, rate

# Heading → rate.
_WORDS = {
    "repaired": "repair",
    "of common": "repair_common",
    "harm/M": "harm",
    "vanished P": "vanished_precision",
    "R": "vanished_recall",
    "F1": "vanished_f1",
    "CER before": "cer_before",
    "CER": "cer_after",
    "WER before": "wer_before",
    "WER": "wer_after",
    "restored": "restored",
}
_CHANNEL = {
    "precision": "channel_precision",
    "recall": "channel_recall",
    "exact": "channel_exact",
    "exact, of {traces}+ traces": "channel_exact_traced",
    "{traces}+ by each": "channel_exact_each_traced",
    "false alarms": "false_alarms",
    "unchanged": "unchanged",
    "touched/M": "touched",
    "same again": "idempotent",
    "proven": "proven",
    "words/s": "words_per_second",
}
_SIDE_BY_SIDE = {
    name: _WORDS[name]
    for name in ("repaired", "of common", "harm/M", "vanished P", "R", "F1", "CER", "WER")
} | {"words/s": "words_per_second"}
# Heading → figure of a family of losses, and what its share is multiplied by.
_LOSSES = {
    "WER before, %": ("wer_before", 100),
    "WER cut, %": ("wer_cut", 100),
    "repaired, %": ("repaired", 100),
    "changed, ‰": ("changed", 1000),
    "word F1, %": ("word_f1", 100),
}

LEGEND = (
    "In per cent where nothing else is said. of common: damaged words that look like common words. "
    "harm/M: intact words changed, per million. vanished: whole words put back at the right gap. "
    "touched/M: words changed or inserted, per million. ECE: expected calibration error."
)


def accuracy_tables(report: Report) -> Iterator[Table]:
    """For each system one table on words and text, and one on the channel and the promises."""
    for system in report.systems:
        rows = report.of(system)
        yield _table(f"{system}: words and text", report, rows, _WORDS, "channel")
        yield _table(f"{system}: channel and promises", report, rows, _CHANNEL, "channel")


def side_by_side(report: Report) -> Iterator[Table]:
    """For each channel one table with a row for each system, and one of the means."""
    channels = list(dict.fromkeys(row.channel for row in report.rows))
    for channel in channels:
        rows = [row for row in report.rows if row.channel == channel]
        yield _table(channel, report, rows, _SIDE_BY_SIDE, "system")
    if len(channels) > 1:
        yield _means_table(report)


def languages_table(found: Mapping[str, Counter[tuple[str | None, str | None]]]) -> Table:
    """For each channel the share of documents whose language was recognized, and the confusions."""
    table = Table(title="languages")
    for heading in ("channel", "documents", "recognized", "left alone", "taken for another"):
        table.add_column(heading, justify="left" if heading == "channel" else "right")
    for channel, counts in found.items():
        wrong = Counter({pair: count for pair, count in counts.items() if pair[0] != pair[1]})
        alone = sum(count for (_, taken), count in wrong.items() if taken is None)
        table.add_row(
            channel,
            str(counts.total()),
            f"{100 * (1 - wrong.total() / counts.total()):.2f}",
            str(alone),
            ", ".join(
                f"{count} {written or 'other'} for {taken}"
                for (written, taken), count in wrong.most_common()
                if taken is not None
            ),
        )
    return table


def encodings_table(found: Mapping[str, Counter[str]]) -> Table:
    """For each encoding the texts in it, and of how many each detector told it; their sums."""
    names = list(dict.fromkeys(name for counts in found.values() for name in counts))
    table = Table(title="texts whose encoding was told")
    for heading in ("encoding", *names):
        table.add_column(heading, justify="left" if heading == "encoding" else "right")
    for encoding, counts in (*found.items(), ("all", sum(found.values(), Counter[str]()))):
        table.add_row(encoding, *(str(counts[name]) for name in names))
    return table


def _table(
    title: str, report: Report, rows: Sequence[Row], columns: Mapping[str, str], of: str
) -> Table:
    table = _empty(title, report, columns, of)
    for row in rows:
        name = row.channel if of == "channel" else row.system
        table.add_row(name, *_cells([row], columns))
    damaging = _damaging(rows)
    if of == "channel" and len(damaging) > 1:
        table.add_section()
        table.add_row(f"mean of {len(damaging)}", *_cells(damaging, columns), style="bold")
    return table


def _means_table(report: Report) -> Table:
    table = _empty("mean of the channels", report, _SIDE_BY_SIDE, "system")
    for system in report.systems:
        rows = _damaging(report.of(system))
        table.add_row(f"{system} ({len(rows)})", *_cells(rows, _SIDE_BY_SIDE))
    return table


def _empty(title: str, report: Report, columns: Mapping[str, str], first: str) -> Table:
    about = report.about
    table = Table(
        title=f"{title}\n{about['documents']} documents{_pooled(about['pool'], about['mixed'])}, "
        f"{about['words']:,} words; "
        f"commit {about['commit']}, {about['date'][:10]}"
    )
    table.add_column(first, no_wrap=True)
    for heading in columns:
        table.add_column(heading.format(traces=about["traces"]), justify="right")
    if columns is not _CHANNEL:
        table.add_column("ECE", justify="right")
    return table


def _pooled(size: int, mixed: float) -> str:
    if size == 1:
        return ""
    return f" in pools of {size}" + (f", {100 * mixed:.0f} % of each damaged" if mixed < 1 else "")


def _damaging(rows: Sequence[Row]) -> list[Row]:
    """The rows with damage: clean text is no channel to be averaged with the others."""
    return [row for row in rows if row.total.damaged + row.total.vanished]


def _cells(rows: Sequence[Row], columns: Mapping[str, str]) -> list[str]:
    """The rates of a row, or the means of several; each row weighs the same."""
    totals = [row.total for row in rows]
    cells = [
        written(RATES[name], mean([rate(each, name) for each in totals]))
        for name in columns.values()
    ]
    if columns is not _CHANNEL:
        error = mean([calibration_error(each.calibration) for each in totals])
        cells.append("–" if error is None else f"{error:.3f}")
    return cells


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of the values that there are."""
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else None


def written(kind: Rate, value: float | None) -> str:
    """A rate as people read it.

    >>> written(RATES["repair"], 0.98765), written(RATES["harm"], 1234.5)
    ('98.77', '1,234')
    """
    if value is None:
        return "–"
    return f"{100 * value:.2f}" if kind.scale == 1 else f"{value:,.0f}"


def gate_table(figures: Figures, floors: Floors) -> Table:
    """The gate's figures beside their bounds; those that miss theirs are marked."""
    table = Table(title="accuracy gate")
    for heading in ("what", "figure", "bound", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for key, value in figures.items():
        bound = floors.bounds.get(key)
        missed = bound is not None and not holds(key, value, bound)
        shown = "–" if bound is None else f"{bound:.4f}"
        table.add_row(key, f"{value:.4f}", shown, "missed" if missed else "")
    return table


def losses_table(measured: Losses) -> Table:
    """The figures of each family of losses by system and language, and the means of languages."""
    about = measured.about
    table = Table(
        title=f"families of losses; commit {about['commit']}, {about['date'][:10]}", box=MARKDOWN
    )
    for heading in ("loss", "mended by", "language"):
        table.add_column(heading)
    for heading in ("texts", *_LOSSES):
        table.add_column(heading, justify="right")
    for (family, system), group in groupby(measured.rows, key=lambda row: (row.family, row.system)):
        rows = list(group)
        for row in rows:
            shown = (row.lang, f"{row.counts.texts:,}", *_losses_cells([row.counts]))
            table.add_row(family, system, *shown)
        if len(rows) > 1:
            counts = [row.counts for row in rows]
            texts = f"{sum(each.texts for each in counts):,}"
            table.add_row(family, system, f"mean of {len(rows)}", texts, *_losses_cells(counts))
    return table


def _losses_cells(several: Sequence[Counts]) -> Iterator[str]:
    for name, scale in _LOSSES.values():
        value = mean([FIGURES[name](each) for each in several])
        yield "–" if value is None else f"{scale * value:.2f}"


def alarms_tables(measured: Alarms, show: int) -> Iterator[Table]:
    """The rates of false alarms by kind of text and by collection, and the alarms one by one."""
    about = measured.about
    of = f"commit {about['commit']}, {about['date'][:10]}"
    pools, documents = measured.pools, measured.documents
    sums = {"all pools": tally(pools), "all documents": tally(documents)}
    yield _rates_table(f"false alarms by kind of text; {of}", by(pools, kind_of) | sums)
    yield _rates_table("pools by collection", by(pools, collection_of))
    yield _rates_table("documents by collection", by(documents, collection_of))
    found = [each for each in (*pools, *documents) if each.channel]
    if found:
        yield _alarms_table(sorted(found, key=lambda each: not each.changes)[:show])


def _rates_table(title: str, rows: Mapping[str, Tally]) -> Table:
    table = Table(title=title)
    table.add_column("")
    for heading in ("tried", "texts", "words", "channel found", "changes a word", "rate, %"):
        table.add_column(heading, justify="right")
    table.add_column("at most, % (95 %)", justify="right")
    for name, each in rows.items():
        counts = (each.tried, each.texts, each.words, each.found, each.alarms)
        rates = (f"{100 * share:.3f}" for share in (each.rate, each.bound))
        table.add_row(name, *(f"{count:,}" for count in counts), *rates)
    return table


def _alarms_table(found: Sequence[Verdict]) -> Table:
    table = Table(title="what was found in clean text", show_lines=True)
    for heading in ("id", "kind", "from", "texts", "words", "channel", "explained", "changes"):
        table.add_column(heading, justify="right" if heading in ("texts", "words") else "left")
    for each in found:
        table.add_row(
            each.id,
            each.kind,
            " ".join(each.collections),
            f"{each.size:,}",
            f"{each.words:,}",
            escape(each.channel),
            escape(", ".join(each.explained)),
            escape(", ".join(each.changes)),
        )
    return table
