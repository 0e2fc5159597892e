import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from textmend import Mender, TextmendError
from textmend.integrations import columns
from textmend.integrations.columns import is_missing, mended, menders

HOSTS = ("datasets", "datatrove", "pandas", "polars", "pyarrow", "pyspark", "sklearn", "spacy")


def test_what_is_missing() -> None:
    assert is_missing(None)
    assert is_missing(math.nan)
    assert not is_missing("")
    assert not is_missing("nan")
    assert not is_missing(0)
    assert not is_missing([math.nan])


def test_what_pandas_means_by_missing() -> None:
    pandas = pytest.importorskip("pandas")
    assert is_missing(pandas.NA)
    assert is_missing(pandas.NaT)


def test_what_is_missing_stays_and_what_is_no_text_is_refused() -> None:
    nan: Any = math.nan
    told = Mender(channel="the")
    assert mended([None, "Sourn", nan, ""], told) == [None, "Southern", nan, ""]
    with pytest.raises(TextmendError, match=r"text is 5; it must be a str"):
        mended([5], told)


def test_texts_of_one_origin(snippets: Mapping[str, list[str]]) -> None:
    texts = [None, *snippets["a"], None]
    expected = list(Mender().mend_many(snippets["a"], pool=True))
    assert mended(iter(texts), pool=True) == [None, *expected, None]
    assert expected != snippets["a"] == mended(snippets["a"])


def test_a_mender_for_each_source(snippets: Mapping[str, list[str]]) -> None:
    rows = [(source, text) for source, texts in snippets.items() for text in texts]
    found = menders(Mender(), [(None, "y"), ("d", None), *rows])
    assert list(found) == ["a", "b", "c"]
    for source, texts in snippets.items():
        alone = Mender().for_source(texts)
        assert list(found[source].mend_many(texts)) == list(alone.mend_many(texts))


def test_no_more_of_a_source_is_kept_than_tells_its_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "SAMPLE", 100)
    seen: list[list[str]] = []

    class Watched(Mender):
        def for_source(self, texts: object) -> Mender:
            assert isinstance(texts, list)
            seen.append(texts)
            return self

    def rows() -> Iterator[tuple[str, str]]:
        yield "a", "x" * 99
        yield "b", "y" * 1000
        assert seen == [["y" * 100]]
        yield "a", "x" * 1000
        yield "a", "x"

    menders(Watched(), rows())
    assert seen == [["y" * 100], ["x" * 99, "x" * 100]]


def test_textmend_imports_no_host() -> None:
    program = (
        "import sys, textmend, textmend.cli, textmend.integrations\n"
        f"print([each for each in {HOSTS} if each in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
