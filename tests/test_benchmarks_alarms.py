"""How false alarms are counted: what is drawn, what is tried, and what is said of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO
from itertools import groupby
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from benchmarks import alarms, tables
from benchmarks.__main__ import main
from benchmarks.alarms import (
    DOCUMENT,
    KINDS,
    Alarms,
    Collection,
    Trial,
    Verdict,
    draw_documents,
    draw_pools,
    gather,
    judge,
    measure_alarms,
    tally,
)
from benchmarks.documents import Document, documents
from textmend import Channel, Inference, Mender

CUT = Document(
    "cut",
    "Ferry stops at noon\n\n"
    "The crossing was late again. Who will pay for the delay? No. "
    "“We were never told of it,” said Ms Orr (she waits daily). Mr Ames disagreed."
    "\nElsewhere it rained.",
)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (
            "sentences",
            [
                "Ferry stops at noon",
                "The crossing was late again.",
                "Who will pay for the delay?",
                "“We were never told of it,” said Ms Orr (she waits daily).",
            ],
        ),
        ("questions", ["Who will pay for the delay?"]),
        ("headlines", ["Ferry stops at noon"]),
        ("quotes", ["We were never told of it,"]),
        ("paragraphs", [CUT.text.split("\n")[2]]),
        ("snippets", []),
        ("articles", []),
    ],
)
def test_a_document_is_cut_into_kinds_of_text(kind: str, texts: list[str]) -> None:
    assert list(KINDS[kind](CUT)) == texts


def test_the_headline_of_a_text_without_one_is_its_first_sentence() -> None:
    assert list(KINDS["headlines"](Document("d", "A dam broke. Nobody drowned."))) == [
        "A dam broke."
    ]
    longest = "word " * 15 + "word"
    assert list(KINDS["headlines"](Document("d", f"{longest}\nmore"))) == [longest]
    assert list(KINDS["headlines"](Document("d", f"{longest} more\nA headline?"))) == []
    assert list(KINDS["headlines"](Document("d", "\n"))) == []


def test_snippets_are_runs_of_words() -> None:
    text = " ".join(f"w{number}" for number in range(1000))
    snippets = list(KINDS["snippets"](Document("d", text)))
    assert len(snippets) > 10
    assert all(20 <= len(each.split()) <= 60 and each in text for each in snippets)
    assert snippets == list(KINDS["snippets"](Document("d", text)))


def test_a_long_article_is_parted_between_paragraphs() -> None:
    paragraphs = [f"{place} " * 300 for place in "abcdefg"]
    parts = list(KINDS["articles"](Document("d", "\n".join(paragraphs))))
    assert parts == ["\n".join(paragraphs[:3]), "\n".join(paragraphs[3:6]), paragraphs[6]]


def collection(name: str, lang: str = "en", count: int = 300) -> Collection:
    texts = [f"{name} wrote {number} words" for number in range(count)]
    return Collection(name, lang, [Document(name, "\n".join(texts))], dict.fromkeys(KINDS, texts))


MANY = [collection("a"), collection("b"), collection("c", count=30), collection("d", "de")]


def test_a_pool_depends_on_its_number_and_the_seed_alone() -> None:
    few, many = (list(draw_pools(MANY, count, seed=1)) for count in (3, 40))
    assert few == many[:3]
    assert [each.id for each in few] == ["p0", "p1", "p2"]
    assert few != list(draw_pools(MANY, 3, seed=2))


def test_pools_are_of_all_kinds_and_sizes_from_one_collection_or_several() -> None:
    pools = list(draw_pools(MANY, 200, seed=0))
    assert {each.kind for each in pools} == set(KINDS)
    assert {len(each.collections) for each in pools} == {1, 2, 3}
    for each in pools:
        assert 20 <= len(each.texts) == len(set(each.texts)) <= 5000
        # Menders are told one language: only texts in that are mixed.
        assert {each.lang} == {"de" if name == "d" else "en" for name in each.collections}
        writers = [text.split()[0] for text in each.texts]
        assert set(writers) == set(each.collections)
        # They are mixed: not one collection after the other.
        assert len(each.collections) == 1 or len(list(groupby(writers))) > len(each.collections)
    sizes = sorted(len(each.texts) for each in pools)
    assert sizes[0] < 25
    assert sizes[-1] > 250


def test_the_words_of_a_pool_are_bounded() -> None:
    pools = list(draw_pools(MANY, 50, seed=0, most_words=200))
    assert max(len(each.texts) for each in pools) == 50  # of four words each
    assert min(len(each.texts) for each in pools) >= 20


def test_there_are_fewer_pools_of_little_text() -> None:
    # Pools of all twenty texts, each drawn ten times.
    assert len(list(draw_pools([collection("a", count=20)], 1000, seed=0))) == 10
    assert list(draw_pools([collection("a", count=19)], 1000, seed=0)) == []


def test_no_document_is_drawn_twice() -> None:
    drawn = list(draw_documents(MANY, 10_000, seed=0))
    assert sorted(each.texts[0] for each in drawn) == sorted(
        text for each in MANY for text in each.texts["articles"]
    )
    assert list(draw_documents(MANY, 7, seed=0)) == drawn[:7]
    assert list(draw_documents(MANY, 7, seed=1)) != drawn[:7]


def test_collections_are_parted_by_language(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    records = [{"text": "eins", "lang": "de"}, {"text": "one"}, {"text": "zwei", "lang": "de"}]
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    found = [(each.name, each.lang) for each in gather([str(path), "news"])]
    assert found == [("news:de", "de"), ("news:en", "en"), ("news", "en")]
    assert {each.lang for each in gather([str(path)], "auto")} == {"auto"}


def test_only_the_beginning_of_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "PREFIX", 30)
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps({"text": "One of two lines."}) + "\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"text": "The second of them."}) + "\nnever reached")
    (found,) = gather([str(path)])
    assert len(found.texts["sentences"]) == 2


NEWS = documents("news")
CLEAN = tuple(text for each in NEWS for text in KINDS["snippets"](each))[:60]
DAMAGED = tuple(map(Channel.of("the", "ad").apply, CLEAN))


def trial(texts: Sequence[str], kind: str = "snippets", lang: str = "en") -> Trial:
    return Trial("p0", kind, ("news",), lang, tuple(texts))


def test_a_pool_of_damaged_texts_alarms() -> None:
    verdict = judge(trial(DAMAGED))
    assert "the" in verdict.channel
    assert any("←" in each for each in verdict.explained)
    assert 0 < len(verdict.changes) <= 5
    assert (verdict.size, verdict.words) == (60, sum(len(each.split()) for each in DAMAGED))


def test_a_pool_of_clean_texts_does_not() -> None:
    verdict = judge(trial(CLEAN))
    assert (verdict.channel, verdict.explained, verdict.changes) == ("", (), ())


def test_a_channel_that_changes_nothing_is_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mistaken(Mender):
        def infer_channel(self, texts: str | Iterable[str]) -> Inference:  # noqa: ARG002
            return Mender().infer_channel(DAMAGED)

    monkeypatch.setattr(alarms, "Mender", Mistaken)
    spared = [text for text in CLEAN if text.count(" the ") > 1]
    verdict = judge(trial(spared[:20]))
    assert verdict.channel
    assert not verdict.changes


def test_changes_are_shown_where_they_stand() -> None:
    mended = Mender(channel="the").mend_and_explain("It is one of many\nor areas.")
    assert list(alarms._changes(mended)) == ["one of many [or → other] areas."]


def test_a_document_is_tried_alone() -> None:
    whole = NEWS[0].text
    assert not judge(trial([whole], DOCUMENT)).channel
    damaged = judge(trial([Channel.of("the", "ad").apply(whole)], DOCUMENT))
    assert damaged.channel
    assert damaged.changes
    # … in the language that menders are told.
    assert not judge(trial([Channel.of("the", "ad").apply(whole)], DOCUMENT, "de")).changes


def verdicts(count: int, alarming: int, kind: str = "snippets") -> tuple[Verdict, ...]:
    each = Verdict("p", kind, ("news",), "en", 20, 400)
    alarm = replace(each, channel="Channel.of('[x]')", changes=("or → other",))
    silent = replace(alarm, changes=())
    return (*[alarm] * alarming, silent, *[each] * (count - alarming - 1))


def test_verdicts_are_counted() -> None:
    counted = tally(verdicts(1000, 3))
    assert (counted.tried, counted.found, counted.alarms) == (1000, 4, 3)
    assert (counted.texts, counted.words) == (20_000, 400_000)
    assert counted.rate == 0.003
    assert counted.bound == pytest.approx(0.0088, abs=1e-4)
    assert (tally([]).rate, tally([]).bound) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("pools", "documents", "complaints"),
    [
        (1, 1, []),
        (2, 1, ["2 of 1,000 pools"]),
        (1, 2, ["2 of 10,000 documents"]),
        (2, 2, ["2 of 1,000 pools", "2 of 10,000 documents"]),
    ],
)
def test_too_many_alarms_are_complained_of(
    pools: int, documents: int, complaints: list[str]
) -> None:
    found = Alarms(verdicts(1000, pools), verdicts(10_000, documents, DOCUMENT), {})
    said = found.complaints(0.001, 0.0001)
    assert len(said) == len(complaints)
    assert all(text.startswith(start) for text, start in zip(said, complaints, strict=True))


def test_tables_have_a_row_for_each_kind_and_list_what_was_found() -> None:
    about = {"commit": "abc", "date": "2026-01-01T00:00"}
    several = replace(verdicts(2, 1, "quotes")[0], collections=("a", "b"))
    found = Alarms((*verdicts(1000, 1), several), verdicts(10, 0, DOCUMENT), about)
    console = Console(file=StringIO(), width=200, record=True)
    for table in tables.alarms_tables(found, 3):
        console.print(table)
    text = console.export_text()
    for shown in ("snippets", "quotes", DOCUMENT, "several", "1,001", "Channel.of('[x]')"):
        assert shown in text
    assert text.count("or → other") == 2


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["alarms", *arguments], catch_exceptions=False)


def test_the_command_passes_on_clean_text(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    done = run(
        *("--corpus", "news", "--corpus", "prose", "--pools", "2", "--documents", "3"),
        *("--pool-words", "2000", "--json", str(path)),
    )
    assert done.exit_code == 0, done.output
    value = json.loads(path.read_text(encoding="utf-8"))
    assert value["pools"]["all"]["tried"] == 2
    assert value["documents"]["all"]["tried"] == 3
    assert value["documents"]["found"] == []
    assert value["commit"]


def test_the_command_fails_on_damaged_text_and_tries_one_again(tmp_path: Path) -> None:
    for each in NEWS[:6]:
        damaged = Channel.of("the", "ad").apply(each.text)
        (tmp_path / f"{each.id.replace('/', '-')}.txt").write_text(damaged, encoding="utf-8")
    path = tmp_path / "out.json"
    drawn = ("--corpus", str(tmp_path), "--pools", "0", "--documents", "4", "--json", str(path))
    done = run(*drawn)
    assert done.exit_code == 1
    assert "4 of 4 documents" in done.output
    found = json.loads(path.read_text(encoding="utf-8"))["documents"]["found"]
    assert len(found) == 4
    assert run(*drawn, "--most-documents", "1").exit_code == 0
    assert run(*drawn, "--only", "d2").exit_code == 1
    assert json.loads(path.read_text(encoding="utf-8"))["documents"]["found"] == [found[2]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "p7", "--pools", "7"], "p7"),
        (["--pools", "0", "--documents", "0"], "too little"),
    ],
)
def test_nothing_to_try_is_no_success(arguments: list[str], said: str) -> None:
    done = run("--corpus", "prose", *arguments)
    assert done.exit_code == 1
    assert said in done.output


def test_processes_and_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = ["news", "languages"]
    alone = measure_alarms(sources, pools=3, documents=3, pool_words=500)
    assert [each.id for each in alone.pools] == ["p0", "p1", "p2"]
    assert [each.id for each in alone.documents] == ["d0", "d1", "d2"]
    monkeypatch.setattr(alarms, "_BATCH", 4)
    together = measure_alarms(sources, pools=3, documents=3, pool_words=500, jobs=2)
    assert (alone.pools, alone.documents) == (together.pools, together.documents)


def test_a_batch_has_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "_BATCH", 30)
    trials = list(draw_pools(MANY, 100, seed=0))
    batches = list(alarms._batches(trials))
    assert all(len({each.lang for each in batch}) == 1 for batch in batches)
    assert max(map(len, batches)) == 30
    assert sorted(each.id for batch in batches for each in batch) == sorted(t.id for t in trials)


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    measure_alarms(
        ["prose"], pools=0, documents=2, progress=lambda done, of: seen.append((done, of))
    )
    assert seen == [(1, 2), (2, 2)]
