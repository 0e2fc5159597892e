"""--encoding auto: the encoding of a file is told by its bytes, and kept."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import corpora
from textmend import TextmendError
from textmend.batch.decoding import detected
from textmend.batch.records import format_of
from textmend.cli import main

ENGLISH = "Furrmore, y met or farmers of région in dition, and y brought ir goods to café. " * 4
GERMAN, FRENCH, POLISH, RUSSIAN, GREEK, TURKISH = (
    "Die Bürger wählten am Sonntag ihre Vertreter, und für die Größe der Räte müssen sie zahlen. ",
    "Le préfet a annoncé que les élèves étaient rentrés à l’école après l’été et la forêt. ",
    "Zażółć gęślą jaźń, powiedział dziś w południe premier, który przyjechał do Łodzi. ",
    "Вчера жители города вышли на главную площадь, чтобы увидеть новый памятник. ",
    "Οι κάτοικοι της πόλης βγήκαν χθες στην πλατεία, για να δουν το νέο μνημείο. ",
    "Şehrin sakinleri dün öğleden sonra yeni anıtı görmek için büyük meydana çıktı. ",
)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "latin-1"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (TURKISH, "cp1254"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-32"),
        ("Plain words.\n" * 20_000 + GERMAN, "cp1252"),
        (FRENCH, "utf-8-sig"),
        ("今日は天気がいいです。明日は雨が降るでしょう。" * 5, "shift_jis"),
        ("Plain words.", "ascii"),
        ("", "utf-8"),
    ],
)
def test_a_text_is_read_as_it_was_written(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes((text * 3).encode(encoding))
    found = path.read_bytes().decode(detected(path))
    assert found.removeprefix("\ufeff") == text * 3


def test_what_is_utf_8_needs_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chardet", None)
    path = tmp_path / "text.txt"
    path.write_text(RUSSIAN * 10_000, encoding="utf-8")  # the end of what is looked at cuts one
    assert detected(path) == "utf-8"
    path.write_bytes(RUSSIAN.encode("cp1251"))
    with pytest.raises(TextmendError, match=r"text.txt: .*pip install 'textmend\[encodings\]'"):
        detected(path)


def test_files_are_mended_and_reverted_in_their_own_encodings(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    damaged = ENGLISH.encode("cp1252")
    (raw / "west.txt").write_bytes(damaged)
    (raw / "wide.txt").write_bytes(ENGLISH.encode("utf-16"))
    row = json.dumps({"text": ENGLISH}, ensure_ascii=False) + "\r\n"
    (raw / "rows.jsonl").write_bytes(row.encode("cp1252"))
    (raw / "noise.bin.txt").write_bytes(bytes(range(1, 256)) * 9)
    before = {path.name: path.read_bytes() for path in raw.iterdir()}
    out, log, back = (str(tmp_path / name) for name in ("out", "edits.jsonl", "back"))
    status, said = run(
        *("mend", str(raw), "-o", out, "--encoding", "auto", "--channel", "the,ad"),
        *("--field", "text", "--edits", log),
    )
    assert status == 1
    assert "noise.bin.txt: " in said
    assert "Traceback" not in said
    mended = (tmp_path / "out" / "west.txt").read_bytes()
    assert mended != damaged
    assert "café" in mended.decode("cp1252")
    assert run("revert", out, "--edits", log, "-o", back)[0] == 0
    for path in (tmp_path / "back").iterdir():
        assert path.read_bytes() == before[path.name]
    assert {path.name for path in (tmp_path / "back").iterdir()} == before.keys() - {
        "noise.bin.txt"
    }


def test_parquet_has_an_encoding_of_its_own(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table({"text": ["café"]}), path)
    (record,) = format_of(path, field="text", encoding="auto").records()
    assert record.text == "café"


def test_another_answer_mends_the_file_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out, log = tmp_path / "a.txt", tmp_path / "out", tmp_path / "edits.jsonl"
    source.write_bytes(ENGLISH.encode("cp1252"))
    for told in ("cp1252", "cp1250"):
        answer = {"encoding": told}
        chardet = SimpleNamespace(detect=lambda *_, answer=answer, **__: answer)
        monkeypatch.setitem(sys.modules, "chardet", chardet)
        asked = ("--encoding", "auto", "--channel", "the,ad", "--edits", str(log))
        assert run("mend", str(source), "-o", f"{out}/", *asked)[0] == 0
        assert json.loads(log.read_text().splitlines()[0])["encoding"] == told


def test_a_repair_that_the_encoding_lacks_leaves_no_result(tmp_path: Path) -> None:
    source, out = tmp_path / "a.txt", tmp_path / "out.txt"
    text = "La manuvre a réussi, et le cur du métier, c'est l'uvre de l'été. "
    source.write_bytes((text * 3).encode("latin-1"))
    asked = ("--encoding", "auto", "--channel", "œ", "--lang", "fr")
    status, said = run("mend", str(source), "-o", str(out), *asked)
    assert status == 1
    assert "'œ' cannot be written in iso8859-1" in said
    assert not out.exists()


def test_clean_files_come_back_byte_for_byte(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    legacy = {"de": "cp1252", "fr": "cp1252", "es": "latin-1", "pl": "cp1250", "cs": "iso8859-2"}
    for place, document in enumerate(corpora.load("languages")):
        if encoding := legacy.get(document.language):
            data = document.text.encode(encoding, "ignore")
            (raw / f"{place}.txt").write_bytes(data)
    assert run("mend", str(raw), "-o", str(tmp_path / "out"), "--encoding", "auto")[0] == 0
    for path in raw.iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()
