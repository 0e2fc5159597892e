"""The page's values and escapes, and decisions: what needs no browser."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from textmend import Alternative, Channel, Drop, Edit, Evidence, Explained, Mended, TextmendError
from textmend.report import Decision, Reviewed, decided, page, read_decisions
from textmend.report.decisions import digest

pytest.importorskip("jinja2")

THEY = Edit(0, 1, "y", "They", "word", 0.98, (Alternative("y", 0.02),), ("the",))
TEXT = "y saw 😀 or ships"
OTHER = Edit(8, 10, "or", "other", "word", 0.55, (Alternative("or", 0.45),), ("the",))
MENDED = Mended(
    TEXT,
    (THEY, OTHER),
    Channel.of("the"),
    (Evidence(Drop("the"), 27.0, 0, (Explained("y", "they", 1),), 9.0),),
)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    value: dict[str, Any] = json.loads(found[1])
    return value


def test_a_text_is_given_in_pieces_around_its_edits() -> None:
    (document,) = data_of(page([("a.txt", "", MENDED)]))["documents"]
    assert document["pieces"] == ["", " saw 😀 ", " ships"]
    assert [edit["after"] for edit in document["edits"]] == ["They", "other"]
    assert document["sha256"] == digest(TEXT)
    assert document["evidence"][0]["why"].startswith("every 'the' is gone: 27 would be expected")


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; {{ 7 * 7 }} {% raw %}",
    "\u202etxt.exe\u2066\u2028\u2029\x1b[31m\0",
    "\ud800 half a pair",
)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_and_names_reach_the_page_as_data_only(text: str) -> None:
    edit = Edit(0, len(text), text, text + "x", "word", 0.9, (Alternative(text, 0.1),), (text[:3],))
    html = page([(text, text, Mended(text, (edit,))), ("b.txt", text, Mended(text))])
    assert text not in html
    assert html.count("<script") == 2
    assert ("{{ 7 * 7 }}" in html) == ("{{ 7 * 7 }}" in text)
    assert data_of(html)["documents"][0]["name"] == text
    html.encode()  # what is half a pair could not be written to a file


def test_the_page_reaches_for_nothing_and_runs_only_its_own_script() -> None:
    html = page([("a.txt", "", MENDED)])
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', html)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html)
    script = html.split('<script type="module">')[1].split("</script>")[0]
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert sink not in script


def test_a_collection_is_told_by_source_and_channel() -> None:
    clean = Mended("A clean text.")
    html = page(
        [("a", "site", MENDED), ("b", "site", clean), ("c", "site", MENDED), ("d", "wire", clean)]
    )
    groups = data_of(html)["groups"]
    assert [(each["source"], each["channel"], each["documents"]) for each in groups] == [
        ("site", "'the'", [0, 2]),
        ("site", "no damage found", [1]),
        ("wire", "no damage found", [3]),
    ]
    assert "67 %" in html


def test_the_slider_reaches_down_to_the_least_likely_edit() -> None:
    doubtful = Mended("y", (Edit(0, 1, "y", "they", "word", 0.218),))
    assert 'min="0.21"' in page([("a", "", doubtful)])
    assert 'min="0.5"' in page([("a", "", Mended("clean"))])


@pytest.mark.parametrize(
    ("documents", "options", "message"),
    [
        ([], {}, "no documents"),
        ([("a", "", MENDED)] * 2, {}, "'a' names 2 documents"),
        ([("a", "", "text")], {}, "mend_and_explain"),
        ([(1, "", MENDED)], {}, "the name"),
        ([("a", "", MENDED)], {"threshold": 2}, "0 to 1"),
    ],
)
def test_what_no_page_can_be_made_of_is_refused(documents: Any, options: Any, message: str) -> None:
    with pytest.raises(TextmendError, match=message):
        page(documents, **options)


def test_without_the_extra_the_remedy_is_named_and_notebooks_show_the_repr(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    sys.modules["textmend.report.page"]._template.cache_clear()
    with pytest.raises(TextmendError, match=r"pip install 'textmend\[report\]'"):
        page([("a", "", MENDED)])
    assert MENDED._repr_html_() is None


def test_notebooks_show_the_page_in_a_frame_that_can_touch_nothing_else() -> None:
    shown = MENDED._repr_html_()
    assert shown is not None
    assert shown.startswith("<iframe ")
    assert 'sandbox="allow-scripts allow-downloads"' in shown
    assert "<script" not in shown


def reviewed(*decisions: Decision) -> Reviewed:
    return Reviewed("a.txt", digest(TEXT), decisions)


def test_decisions_make_the_text() -> None:
    they = Decision(0, 1, "y", "They", "threshold")
    other = Decision(8, 10, "or", "other", "reader")
    assert decided(TEXT, reviewed(they, other)) == MENDED.text
    assert decided(TEXT, reviewed(Decision(0, 1, "y", "y", "reader"))) == TEXT
    assert decided(TEXT, reviewed()) == TEXT


@pytest.mark.parametrize(
    ("text", "decisions", "message"),
    [
        ("another text", (), "a.txt: is not the text"),
        (TEXT, (Decision(1, 2, "y", "They", "reader"),), "the decision at 1 is about 'y'"),
        (
            TEXT,
            (Decision(8, 10, "or", "other", "reader"), Decision(0, 1, "y", "They", "reader")),
            "the decision at 0",
        ),
        (TEXT, (Decision(99, 99, "", "more", "reader"),), "the decision at 99"),
        (TEXT, (Decision(0, -1, TEXT[:-1], TEXT, "reader"),), "the decision at 0"),
    ],
)
def test_decisions_about_another_text_are_refused(
    text: str, decisions: tuple[Decision, ...], message: str
) -> None:
    with pytest.raises(TextmendError, match=message):
        decided(text, reviewed(*decisions))


GOOD = {
    "format": "textmend decisions",
    "version": 1,
    "threshold": 0.5,
    "documents": [
        {
            "name": "a.txt",
            "sha256": digest(TEXT),
            "decisions": [{"start": 0, "end": 1, "before": "y", "after": "They", "by": "reader"}],
        }
    ],
}


def test_decisions_are_read_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    found = read_decisions(str(path))
    assert found.threshold == 0.5
    assert decided(TEXT, found.of("a.txt")) == "They" + TEXT[1:]
    with pytest.raises(TextmendError, match=r"decisions\.json: decides nothing about 'b\.txt'"):
        found.of("b.txt")


def changed(**changes: Any) -> str:
    document = GOOD["documents"][0] | changes.pop("document", {})  # type: ignore[index]
    return json.dumps(GOOD | {"documents": [document]} | changes)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "line 1, column 2"),
        ("[]", "holds no decisions"),
        (changed(version=2), "is of version 2"),
        (changed(threshold="high"), "'threshold' is missing"),
        (changed(documents=GOOD["documents"] * 2), "decides about 'a.txt' twice"),  # type: ignore[operator]
        (changed(document={"sha256": None}), "document 1: 'sha256' is missing"),
        (changed(document={"decisions": [{"by": "chance"}]}), "document 1, decision 1: unknown"),
        (
            changed(document={"decisions": [{"by": "reader", "start": True}]}),
            "decision 1: 'start' is missing",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_malformed_decisions_are_named_with_their_place(
    tmp_path: Path, source: str, message: str
) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(TextmendError, match=message) as error:
        read_decisions(str(path))
    assert "decisions.json" in str(error.value)


def test_decisions_that_are_not_there() -> None:
    with pytest.raises(TextmendError, match="No such file"):
        read_decisions("nowhere.json")
