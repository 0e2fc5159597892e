from __future__ import annotations

import pytest

from textmend import Mender, TextmendError

pa = pytest.importorskip("pyarrow")

from textmend.integrations.arrow import mend


@pytest.mark.parametrize("type_", ["string", "large_string"])
def test_a_column_in_chunks(type_: str, damaged: list[str]) -> None:
    chunks = [damaged[:2], [None, ""], [], damaged[2:4]]
    column = pa.chunked_array(chunks, type_)
    mended = mend(column)
    assert mended.type == column.type
    assert [len(chunk) for chunk in mended.chunks] == [2, 2, 0, 2]
    several = list(Mender().mend_many(damaged[:4]))
    assert mended.to_pylist() == [*several[:2], None, "", *several[2:]]


def test_an_array() -> None:
    texts = pa.array(["y left", None, "Sourn seas"])
    assert mend(texts[1:], Mender(channel="the")) == pa.array([None, "Southern seas"])


def test_a_source(snippets: dict[str, list[str]]) -> None:
    mended = mend(pa.array(snippets["a"]), pool=True)
    assert mended.to_pylist() == [*Mender().mend_many(snippets["a"], pool=True)]


def test_a_column_of_no_texts() -> None:
    with pytest.raises(TextmendError, match="the column is of type int64; cast it to string"):
        mend(pa.array([1]))
