"""That the examples of docs/pipelines.md run as they are written."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Not where the wheel is tested: docs are no part of it.
if not (ROOT / "docs").is_dir():
    pytest.skip("there are no docs here", allow_module_level=True)

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
SECTIONS: dict[str, str] = dict(
    re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
)
NEEDS = {
    "Hugging Face datasets": "datasets",
    "spaCy": "spacy",
    "datatrove": "datatrove",
    "pandas": "pandas",
    "polars": "polars",
    "PyArrow": "pyarrow",
    "scikit-learn": "sklearn",
    "A service": "textmend",
    "Annotations": "textmend",
}
# What sections after the first take from it.
GIVEN = """
>>> from textmend import Mender
>>> snippets = ["Furrmore, ir farms.", "In dition, y met.", "ministrations", "Sourn seas"] * 2

"""


def blocks(section: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", section, re.DOTALL))


def run(name: str) -> dict[str, Any]:
    """The examples of a section, and what they define."""
    names: dict[str, Any] = {"__name__": "__main__"}
    test = doctest.DocTestParser().get_doctest(GIVEN + blocks(SECTIONS[name]), names, name, None, 0)
    assert len(test.examples) > 3
    runner = doctest.DocTestRunner()
    runner.run(test, clear_globs=False)
    assert runner.failures == 0, "see what it printed"
    return test.globs


def test_every_section_is_tried() -> None:
    assert SECTIONS.keys() == {*NEEDS, "Spark"}


@pytest.mark.parametrize("name", NEEDS)
def test_the_examples_of_a_section(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    defined = run(name)
    if name == "A service":
        answered: list[str] = []
        body = "In dition, y found or problems in ir ministration and Sourn Nerlands, sir."
        environ = {"CONTENT_LENGTH": len(body), "wsgi.input": BytesIO(body.encode())}
        answer = defined["app"](environ, lambda status, _: answered.append(status))
        assert answered == ["200 OK"]
        assert b"addition, they found other problems" in b"".join(answer)


def test_the_spark_job(tmp_path: Path, snippets: dict[str, list[str]]) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")
    parquet = pytest.importorskip("pyarrow.parquet")
    from pyarrow import table

    from textmend import Mender

    clean = snippets["c"][:5]
    texts = [*snippets["a"], None, *clean]
    sites = ["a"] * (len(snippets["a"]) + 1) + ["c"] * len(clean)
    parquet.write_table(table({"text": texts, "site": sites}), tmp_path / "raw.parquet")
    job = [sys.executable, str(ROOT / "docs" / "spark_job.py"), "--edits", "edits"]
    environment = {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false "
        "--conf spark.sql.shuffle.partitions=2 pyspark-shell",
        **os.environ,
    }
    subprocess.run(
        [*job, str(tmp_path / "raw.parquet"), str(tmp_path / "mended")],
        check=True,
        env=environment,
        capture_output=True,
    )
    found = parquet.read_table(tmp_path / "mended").to_pylist()
    expected = [*Mender().mend_many(snippets["a"], pool=True), None, *clean]
    assert sorted(row["text"] or "" for row in found) == sorted(text or "" for text in expected)
    assert parquet.read_table(tmp_path / "mended-channels").num_rows == 2
