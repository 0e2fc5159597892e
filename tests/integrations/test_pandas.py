from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from textmend import Mender

pd = pytest.importorskip("pandas")

import textmend.integrations.pandas  # noqa: F401  it registers the accessor


def dtypes() -> list[Any]:
    return [object, "string", pd.StringDtype("python")]


@pytest.mark.parametrize("dtype", dtypes() if pd else [])
def test_a_column_of_each_type_with_what_is_missing(dtype: Any, damaged: list[str]) -> None:
    texts = [damaged[0], None, "", "It is clean.", float("nan"), pd.NA]
    series = pd.Series(texts, index=list("abcdef"), dtype=dtype, name="text")
    mended = series.textmend.mend()
    expected = [*Mender().mend_many(damaged[:1]), None, "", "It is clean.", float("nan"), pd.NA]
    pd.testing.assert_series_equal(
        mended, pd.Series(expected, index=list("abcdef"), dtype=dtype, name="text")
    )


def test_the_type_that_pandas_takes_by_itself() -> None:
    frame = pd.DataFrame({"text": ["y left", None, "Sourn seas"]})
    frame["text"] = frame["text"].textmend.mend(Mender(channel="the"))
    pd.testing.assert_frame_equal(
        frame, pd.DataFrame({"text": ["They left", None, "Southern seas"]})
    )


def test_each_group_is_a_source(snippets: Mapping[str, list[str]]) -> None:
    frame = pd.DataFrame(
        [(source, text) for source, texts in snippets.items() for text in texts],
        columns=["site", "text"],
    )
    mended = frame.groupby("site")["text"].transform(lambda texts: texts.textmend.mend(pool=True))
    assert list(mended) == [
        text for texts in snippets.values() for text in Mender().mend_many(texts, pool=True)
    ]
    assert list(mended) != list(frame["text"])


def test_a_column_of_no_texts() -> None:
    with pytest.raises(AttributeError, match="textmend mends texts, and 'n' is int64"):
        _ = pd.Series([1], name="n").textmend
