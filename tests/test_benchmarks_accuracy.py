"""The measurement, its tables and plots, with a system whose every mistake is known."""

import doctest
import json
import re
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from benchmarks import accuracy, mistakes, peers, tables
from benchmarks.__main__ import main
from benchmarks.accuracy import Report, Task, measure
from benchmarks.channels import CLEAN, select
from benchmarks.documents import Document, documents
from benchmarks.languages import recognized
from benchmarks.metrics import RATES, Score, rate
from benchmarks.systems import Missing, Output
from textmend import Channel

DOCUMENTS = [
    Document("one", "The other men came. Furthermore, they added to the road."),
    Document("two", "Nothing was lost in this one."),
]


class Known:
    """Mends only "or", and always puts "there" back as "hither"."""

    name = "known"
    version = "1.2"

    def mend(self, text: str, *, lang: str, truth: Channel | None) -> Output:  # noqa: ARG002
        return Output(text.replace("or ", "other ").replace("re.", "hither."))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(peers.LOADERS, "known", lambda _: Known())
    for cached in (peers.load, accuracy.ready):
        cached.cache_clear()
    return "known"


def measured(system: str, channels: str = "the+ad,clean") -> Report:
    return measure(DOCUMENTS, select(channels), [system])


def test_doctests() -> None:
    assert doctest.testmod(tables).failed == 0


def test_a_row_for_each_system_and_channel(known: str) -> None:
    report = measure(DOCUMENTS, select("the+ad,clean"), [known, "textmend"])
    assert [(row.system, row.channel) for row in report.rows] == [
        ("known", "the+ad"),
        ("known", "clean"),
        ("textmend", "the+ad"),
        ("textmend", "clean"),
    ]
    assert all(row.documents == ("one", "two") for row in report.rows)
    assert report.about["systems"]["known"] == "1.2"
    assert report.about["words"] == 16


def test_what_the_known_system_is_worth(known: str) -> None:
    row = measured(known).rows[0]
    # men came. Furrmore, y ded to ro. – with "other", which it mends, before "men".
    assert (row.total.damaged, row.total.repaired) == (5, 1)
    assert row.total.vanished == 2
    assert rate(row.total, "harm") == 0.0


def test_a_told_system_is_not_asked_where_it_cannot_be_told() -> None:
    report = measure(DOCUMENTS, select("the+ad,random:1%"), ["dictionary-method"])
    assert [row.channel for row in report.rows] == ["the+ad"]


def test_an_oracle_is_told_the_rate_of_random_loss() -> None:
    (row,) = measure(DOCUMENTS, select("random:3%"), ["textmend-oracle"]).rows
    assert row.total.repaired > 0


def test_processes_change_nothing() -> None:
    alone, together = (measure(DOCUMENTS, select("the+ad,random:3%"), jobs=jobs) for jobs in (1, 2))
    for one, other in zip(alone.rows, together.rows, strict=True):
        for name in RATES:
            if name != "words_per_second":
                assert rate(one.total, name) == rate(other.total, name)


def test_progress_is_told(known: str) -> None:
    seen: list[tuple[int, int]] = []
    measure(DOCUMENTS, select("the+ad"), [known], progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]


def test_a_report_survives_json(known: str) -> None:
    value = json.loads(json.dumps(measured(known).to_dict()))
    assert value["corpus"]
    assert value["commit"]
    row = value["rows"][0]
    assert row["counts"]["repaired"] == 1
    assert row["rates"]["repair"]["rate"] == pytest.approx(0.2)


def shown(report: Report) -> str:
    console = Console(file=StringIO(), width=200, record=True)
    for table in (*tables.accuracy_tables(report), *tables.side_by_side(report)):
        console.print(table)
    return console.export_text()


def test_tables_show_rates_and_means(known: str) -> None:
    text = shown(measured(known, "the+ad,the,clean"))
    assert "20.00" in text
    assert "mean of 2" in text
    assert "–" in text


def test_mistakes_are_counted_by_kind(known: str) -> None:
    found = mistakes.find_mistakes(DOCUMENTS, select("the+ad"), known)
    assert found["damaged words left"]["y (was they)"] == 1
    assert found["vanished words left out"]["The"] == 1


def test_plots_are_drawn(known: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.plots import draw

    report = measure(DOCUMENTS, select("the+ad,the"), ["textmend", known])
    paths = draw(report, tmp_path / "plots")
    assert len(paths) == 4
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for each in DOCUMENTS:
        (tmp_path / f"{each.id}.txt").write_text(each.text, encoding="utf-8")
    return str(tmp_path)


def test_the_accuracy_command(folder: str, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    text = run("accuracy", "--corpus", folder, "--channels", "the+ad", "--json", str(path))
    assert "the+ad" in text
    assert json.loads(path.read_text(encoding="utf-8"))["documents"] == 2


def test_the_oracle_is_told(folder: str, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    text = run("accuracy", "--corpus", folder, "--channels", "the", "--oracle", "--json", str(path))
    assert "textmend-oracle" in text


def test_peers_that_cannot_run_are_shown_with_the_reason(
    folder: str, tmp_path: Path, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> Known:
        raise Missing("no dictionary anywhere")

    monkeypatch.setitem(peers.LOADERS, "broken", broken)
    path = tmp_path / "out.json"
    text = run(
        "peers",
        "--corpus",
        folder,
        "--channels",
        "the",
        "--json",
        str(path),
        "--system",
        known,
        "--system",
        "broken",
    )
    assert "broken: not run: no dictionary anywhere" in text
    assert json.loads(path.read_text(encoding="utf-8"))["missing"] == {
        "broken": "no dictionary anywhere"
    }


def test_other_commands(folder: str) -> None:
    assert "ligatures:nul" in run("channels")
    assert "damaged words left" in run("mistakes", "--corpus", folder, "--channels", "ght,the+ad")


def test_the_module_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=Path(accuracy.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for command in ("accuracy", "peers", "speed", "gate", "channels", "mistakes"):
        assert command in done.stdout


def test_documents_mended_in_pools_share_a_channel() -> None:
    passages = documents("news", cut=(20, 60), limit=34)
    report = measure(passages, select("the,clean"), ["textmend"], pool=15, repeat=True)
    damaged, clean = (row.total for row in report.rows)
    assert [len(row.scores) for row in report.rows] == [2, 2]  # four passages fill no pool
    assert (report.about["documents"], report.about["pool"]) == (30, 15)
    assert (damaged.documents, damaged.sets, damaged.sets_exact) == (30, 2, 2)
    assert (damaged.sequences, damaged.repeats) == (2, 30)
    assert (clean.documents, clean.clean, clean.alarms) == (30, 2, 0)
    assert damaged.nanoseconds > 0
    (table, _) = tables.accuracy_tables(report)
    assert "30 documents in pools of 15" in str(table.title)
    told = measure(passages, select("the"), ["textmend-oracle"], pool=15).rows[0].total
    assert (told.documents, told.sets, told.repaired) == (30, 0, damaged.repaired)


def test_of_a_mixed_pool_only_a_share_is_damaged() -> None:
    passages = documents("news", cut=(20, 60), limit=30)
    half = measure(passages, select("the,ad"), pool=15, mixed=0.6)
    whole = measure(passages, select("the"), pool=15)
    tasks = [Task(tuple(passages[:15]), each, "textmend", mixed=0.6) for each in select("the,ad")]
    # The same texts stay clean under each channel, and they are not the first or last ones.
    clean = [[by is CLEAN for by in task.damagers] for task in tasks]
    assert clean[0] == clean[1]
    assert sum(clean[0]) == 6
    assert clean[0] not in (sorted(clean[0]), sorted(clean[0], reverse=True))
    # Scored as any other pool: what was lost is that of the damaged texts alone.
    assert 0 < half.rows[0].total.damaged < whole.rows[0].total.damaged
    assert (half.rows[0].total.documents, half.rows[0].total.sets) == (30, 2)
    (table, _) = tables.accuracy_tables(half)
    assert "in pools of 15, 60 % of each damaged" in str(table.title)


def test_a_single_text_is_not_mixed(folder: str) -> None:
    done = CliRunner().invoke(main, ["accuracy", "--corpus", folder, "--mixed", "0.5"])
    assert done.exit_code == 2
    assert "--pool" in done.output


def test_the_channel_of_a_pool_is_counted_once() -> None:
    wrong = [Output("", sequences=frozenset(each)) for each in (["the"], ["the", "st"])]
    found = accuracy._channel_score(wrong, [{"the": 3}, {"the": 2}], 5)
    assert (found.sets, found.sets_exact, found.sets_traced) == (1, 0, 1)
    assert (found.sequences_inferred, found.sequences_right) == (2, 1)
    assert accuracy._channel_score([Output("")], [{"the": 3}], 5) == Score()
    assert accuracy._channel_score(wrong, [None, None], 5) == Score()


def test_recognized_languages(tmp_path: Path) -> None:
    found = recognized(
        [Document("1", "Das Haus steht am Ufer.", "de"), Document("2", "Il est à la mer.", "fr")],
        select("clean"),
        "en,de",
        seed=0,
    )
    assert found == {"clean": {("de", "de"): 1, (None, None): 1}}
    path = tmp_path / "languages.json"
    result = CliRunner().invoke(
        main,
        [
            *["languages", "--corpus", "languages", "--limit", "4", "--channels", "clean,e"],
            *["--json", str(path)],
        ],
    )
    assert result.exit_code == 0, result.output
    assert re.search(r"clean +│ +4 │ +100.00", result.output)
    assert set(json.loads(path.read_text(encoding="utf-8"))) >= {"clean", "e", "commit"}


def test_confusions_are_named() -> None:
    found = {"e": Counter({("es", "ca"): 2, ("es", None): 1, (None, "en"): 1, ("es", "es"): 4})}
    console = Console(width=100, file=StringIO())
    console.print(tables.languages_table(found))
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert re.search(r"e +│ +8 │ +50.00 │ +1 │ +2 es for ca, 1 other for en", shown)
