import json
import lzma
from pathlib import Path

import click
import pytest

from benchmarks.documents import Document, collections, corpus_hash, documents, passages


def test_own_corpora_by_name() -> None:
    news, held_out = documents("news"), documents("held-out")
    assert not {each.id for each in news} & {each.id for each in held_out}
    assert all(each.lang == "en" for each in documents("negative"))
    assert {each.lang for each in documents("languages")} >= {"de", "fr", "es", "pt", "cs", "tr"}


def test_a_folder_of_text_and_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one two", encoding="utf-8")
    # The line separator inside a text ends no record.
    records = [{"id": "x", "text": "eins\u2028zwei drei", "lang": "de"}, {"text": "three"}]
    lines = "\n\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    (tmp_path / "b.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "notes.md").write_text("not read", encoding="utf-8")
    assert documents(str(tmp_path)) == [
        Document("a", "one two"),
        Document("x", "eins\u2028zwei drei", "de"),
        Document("b:3", "three"),
    ]
    assert documents(str(tmp_path / "a.txt")) == [Document("a", "one two")]
    assert [each.id for each in documents(str(tmp_path), min_words=2, max_words=2)] == ["a"]


def test_a_packed_file_has_a_paragraph_a_line_and_empty_lines_between_documents(
    tmp_path: Path,
) -> None:
    with lzma.open(tmp_path / "press.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\nOne, in two\nparagraphs.\n\n\nTwo\u2028.\n")
    assert documents(str(tmp_path)) == [
        Document("press:1", "One, in two\nparagraphs."),
        Document("press:2", "Two\u2028."),
    ]


def test_what_was_printed_is_read_of_scans(tmp_path: Path) -> None:
    (tmp_path / "scans.jsonl").write_text('{"ocr": "tbe", "gt": "the"}', encoding="utf-8")
    assert documents(str(tmp_path)) == [Document("scans:1", "the")]


def test_collections_are_named_and_read_as_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "two"}\nnot json', encoding="utf-8")
    found = [(name, next(iter(several)).text) for name, several in collections(str(tmp_path))]
    assert found == [("a", "one"), ("b", "two")]
    assert [name for name, _ in collections("prose")] == ["prose"]


def test_a_limit_draws_the_same_documents_every_time() -> None:
    drawn = documents("news", limit=5, seed=3)
    assert len(drawn) == 5
    assert drawn == documents("news", limit=5, seed=3) != documents("news", limit=5, seed=4)
    assert [each.id for each in drawn] == sorted(each.id for each in drawn)


def test_passages_are_whole_paragraphs_of_the_wanted_length() -> None:
    document = Document("d", "a b c\nd e\nf g h i j k l\nm n o p", "de")
    assert [(each.id, each.text) for each in passages(document, 4, 5)] == [
        ("d@0", "a b c\nd e"),
        ("d@24", "m n o p"),
    ]
    for each in documents("news", cut=(60, 120), limit=10):
        assert 60 <= each.words <= 120


@pytest.mark.parametrize("content", ["not json", "[1]", '{"title": "no text"}'])
def test_a_malformed_record_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "fine"}\n' + content, encoding="utf-8")
    with pytest.raises(click.ClickException, match=r"bad\.jsonl, line 2"):
        documents(str(path))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    for source in ("nowhere", str(tmp_path)):
        with pytest.raises(click.ClickException, match=source):
            documents(source)
    with pytest.raises(click.ClickException, match="90000"):
        documents("news", min_words=90_000)


def test_the_hash_sees_every_change() -> None:
    one = Document("a", "text")
    others = [Document("b", "text"), Document("a", "texts"), Document("a", "text", "de")]
    hashes = {corpus_hash([each]) for each in (one, *others)} | {corpus_hash([one, one])}
    assert len(hashes) == 5
    assert corpus_hash([one]) == corpus_hash([Document("a", "text")])
