"""Reports as pictures (PNG). Start reading at :func:`draw`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.accuracy import Report, Row
from benchmarks.metrics import Score, bins, interval, rate, risk_coverage, total

_DPI = 120
_COLOUR = "#1f6f8b"
_SECOND = "#c8553d"
_LENGTHS = 8  # groups of documents of like length


def draw(report: Report, folder: Path) -> list[Path]:
    """Draw all plots of a report into ``folder``, and say which files they are.

    All but the first are about textmend alone, or the first system where it is not among them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = report.about
    source = f"{about['documents']} documents, commit {about['commit']}, {about['date'][:10]}"
    paths = []
    with mpl.rc_context({"axes.spines.top": False, "axes.spines.right": False}):
        for name, (title, plot) in _PLOTS.items():
            rows = len({row.channel for row in report.rows})
            height = max(3.5, 0.24 * rows + 1.5) if plot is _by_channel else 4.2
            figure = Figure(figsize=(7.5, height), layout="constrained")
            axes = figure.subplots()
            plot(axes, report)
            axes.set_title(title, loc="left", fontweight="bold", pad=20)
            axes.annotate(
                source,
                (0, 1),
                (0, 6),
                xycoords="axes fraction",
                textcoords="offset points",
                fontsize=8,
                color="0.4",
            )
            paths.append(folder / f"{name}.png")
            figure.savefig(paths[-1], dpi=_DPI)
    return paths


def _main_rows(report: Report) -> list[Row]:
    name = "textmend" if "textmend" in report.systems else report.systems[0]
    return report.of(name)


def _by_channel(axes: Axes, report: Report) -> None:
    """Damaged words repaired under each channel, textmend with intervals, the others as dots."""
    rows = [row for row in _main_rows(report) if row.total.damaged]
    rows.sort(key=lambda row: rate(row.total, "repair") or 0.0)
    places = {row.channel: place for place, row in enumerate(rows)}
    for row in rows:
        share, bounds = rate(row.total, "repair"), interval(row.scores, "repair")
        if share is not None and bounds is not None:
            axes.barh(places[row.channel], 100 * share, color=_COLOUR, height=0.7)
            low, high = bounds
            axes.hlines(places[row.channel], 100 * low, 100 * high, color="0.2", lw=1)
    others = [system for system in report.systems if rows and system != rows[0].system]
    for number, system in enumerate(others):
        # Side by side, so that one dot does not hide another.
        shift = 0.6 * (number / max(1, len(others) - 1) - 0.5)
        points = [
            (100 * share, places[row.channel] - shift)
            for row in report.of(system)
            if row.channel in places and (share := rate(row.total, "repair")) is not None
        ]
        axes.scatter(
            [share for share, _ in points],
            [place for _, place in points],
            s=22,
            edgecolor="white",
            linewidth=0.5,
            color=f"C{number % 10}",
            label=system,
            zorder=3,
        )
    if len(report.systems) > 1:
        axes.legend(fontsize=7, loc="lower right")
    axes.set_yticks(range(len(rows)), list(places), fontsize=8)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, 100)
    axes.set_xlabel("damaged words repaired exactly, %")


def _calibration(axes: Axes, report: Report) -> None:
    """Predicted probability against the share that is right; dots as large as edits are many."""
    found = bins(total(_scores(report)).calibration)
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    if found:
        counts = np.array([each.count for each in found], float)
        axes.scatter(
            [each.probability for each in found],
            [each.right for each in found],
            s=20 + 300 * counts / counts.max(),
            color=_COLOUR,
        )
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="probability given", ylabel="share right")


def _risk_coverage(axes: Axes, report: Report) -> None:
    """The share of wrong edits when only the surest are made."""
    curve = risk_coverage(total(_scores(report)).calibration)
    axes.plot([100 * x for x, _ in curve], [100 * y for _, y in curve], color=_COLOUR)
    axes.set(xlim=(0, 100), xlabel="surest edits made, %", ylabel="of these wrong, %")
    axes.set_ylim(bottom=0)


def _scores(report: Report) -> Iterator[Score]:
    return (score for row in _main_rows(report) for score in row.scores)


def _by_length(axes: Axes, report: Report) -> None:
    """Damaged words repaired and channels found, by the length of the document."""
    scores = sorted(_scores(report), key=lambda each: each.words)
    parts = np.array_split(np.arange(len(scores)), min(_LENGTHS, len(scores)))
    groups = [[scores[place] for place in part] for part in parts]
    for name, label, colour in (
        ("repair", "damaged words repaired", _COLOUR),
        ("channel_exact", "set of sequences exact", _SECOND),
    ):
        points = [
            (float(np.mean([each.words for each in group])), 100 * share)
            for group in groups
            if (share := rate(total(group), name)) is not None
        ]
        axes.plot(
            [x for x, _ in points], [y for _, y in points], marker="o", color=colour, label=label
        )
    axes.legend(fontsize=8)
    axes.set(ylim=(0, 102), xlabel="words in the document", ylabel="%")


_PLOTS: dict[str, tuple[str, Callable[[Axes, Report], None]]] = {
    "accuracy_by_channel": ("Damaged words repaired, by channel", _by_channel),
    "calibration": ("Calibration of the edits", _calibration),
    "risk_coverage": ("Risk and coverage", _risk_coverage),
    "accuracy_by_length": ("Accuracy and document length", _by_length),
}
