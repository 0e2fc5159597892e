"""Texts in files: each is found, and nothing but a text that is changed changes in its file."""

import codecs
import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmend import TextmendError
from textmend.batch.records import Format, Record, format_of

Change = Callable[[str], str]

# Of what files are made, so that what is drawn is near to what is hard.
SIGNS = st.text("ab\", ;\t|\n\r\\u'é😀\u2028\0\ufeff{}", max_size=12)
OF_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_text(form: Format) -> list[Record]:
    return [record for record in form.records() if record.text is not None]


def texts(form: Format) -> list[str | None]:
    return [record.text for record in form.records()]


def faults(path: Path, **options: Any) -> list[tuple[str, str | None]]:
    return [(each.place, each.fault) for each in format_of(path, **options).records()]


def written(form: Format, new: Sequence[str | None] = (), raws: Sequence[str | None] = ()) -> bytes:
    """A file as it is written again, with new texts and raw fields for the records with a text."""
    target = io.BytesIO()
    fields, others = iter(raws), iter(new)
    with form.writer(target) as writer:
        for record in form.records():
            if record.text is None:
                writer.write(record)
            elif (raw := next(fields, None)) is not None:
                next(others)
                writer.write(record, raw=raw)
            else:
                writer.write(record, next(others, None))
    return target.getvalue()


def changed(path: Path, change: Change, **options: Any) -> bytes:
    """A file with its texts changed, once it is seen that they are and that it can be undone."""
    before = path.read_bytes()
    form = format_of(path, **options)
    assert written(form) == before
    records = with_text(form)
    old = [str(record.text) for record in records]
    new = [change(text) for text in old]
    raws = [form.kept(record, text) for record, text in zip(records, new, strict=True)]
    after = written(form, new)

    path.write_bytes(after)
    form = format_of(path, **options)
    assert [record.text for record in with_text(form)] == new
    assert written(form, old, raws) == before
    path.write_bytes(before)
    return after


def louder(text: str) -> str:
    return text.replace("y", "they") + "!"


# Of each: the name of the file, its bytes, and what they are when "they" is put in the place of "y"
# and an exclamation mark after each text.
AS_IT_STANDS: list[tuple[str, bytes, bytes]] = [
    ("a.txt", b"y left\r\n", b"they left\r\n!"),
    ("a", b"", b"!"),
    ("a.md", b"\xef\xbb\xbf# y\n", b"\xef\xbb\xbf# they\n!"),
    ("a.jsonl", b'{"text": "y"}', b'{"text": "they!"}'),
    (
        "a.ndjson",
        b'\xef\xbb\xbf\n \r\n{ "id":1.5,"text" :"y" ,"o":{"text":"y"}}\r\n\n{"text":""}\n\n\n',
        b'\xef\xbb\xbf\n \r\n{ "id":1.5,"text" :"they!" ,"o":{"text":"y"}}\r\n\n{"text":"!"}\n\n\n',
    ),
    # Of a name that is given twice, or is escaped, as Python's json takes it.
    ("a.jsonl", b'{"text": "y", "te\\u0078t": "y"}', b'{"text": "y", "te\\u0078t": "they!"}'),
    # Escapes stay escapes, and letters letters.
    ("a.jsonl", b'{"text": "caf\\u00e9 y"}', b'{"text": "caf\\u00e9 they!"}'),
    ("a.jsonl", '{"text": "café y"}'.encode(), '{"text": "café they!"}'.encode()),
    ("a.jsonl", b'{"text": "y", "o": "\\/\\u00E9"}', b'{"text": "they!", "o": "\\/\\u00E9"}'),
    ("a.jsonl", b'{"text": "\\ud800 y"}', b'{"text": "\\ud800 they!"}'),
    (
        "a.jsonl",
        '{"text": "é\\ud800 y"}'.encode(),  # cannot be written as a letter
        b'{"text": "\\u00e9\\ud800 they!"}',
    ),
    ("a.csv", b"id,text\n1,y", b"id,text\n1,they!"),
    (
        "a.csv",
        b'\xef\xbb\xbf\r\n"id" ,"text",o\r\n\r\n"1","a ""y""\r\n,b" ,"y"\r\n\r\n2,of "y",\r\n\r\n',
        b'\xef\xbb\xbf\r\n"id" ,"text",o\r\n\r\n"1","a ""they""\r\n,b !","y"\r\n\r\n'
        b'2,of "they"!,\r\n\r\n',
    ),
    ("a.csv", b"id; text; o\n1; y; 2\n3;y;4\n", b"id; text; o\n1; they!; 2\n3;they!;4\n"),
    ("a.csv", b"text\r\r'y, y\r\ry\r", b"text\r\r'y, y\r\rthey!\r"),
    ("a.csv", b'text\r"y, y"\ry\r', b'text\r"they, they!"\rthey!\r'),
    ("a.csv", b"text|id\n|1\n", b"text|id\n!|1\n"),
    ("a.csv", b"it, is\ttext\t\n1\ty, y\t\n", b"it, is\ttext\t\n1\tthey, they!\t\n"),
    ("a.tsv", b'id\ttext\n1\t"y"\n', b'id\ttext\n1\t"they!"\n'),
    ("a.tab", "é\ttext\n\x0b\x85\u2028\ty\n".encode(), "é\ttext\n\x0b\x85\u2028\tthey!\n".encode()),
]


@pytest.mark.parametrize(("name", "before", "after"), AS_IT_STANDS)
def test_only_the_texts_change(tmp_path: Path, name: str, before: bytes, after: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(before)
    assert changed(path, louder, field="text") == after
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(before))
    assert gzip.decompress(changed(packed, louder, field="text")) == after


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        # What is not quoted stays so, unless it would be read otherwise.
        ("text,id\na,1", 'say "a"', 'text,id\nsay "a",1'),
        ("text,id\na,1", '"a" it is', 'text,id\n"""a"" it is",1'),
        ("text,id\na,1", "a, b", 'text,id\n"a, b",1'),
        ("text,id\na,1", "a\rb", 'text,id\n"a\rb",1'),
        ("text,id\na,1", " a; b", "text,id\n a; b,1"),
        ("text, id\na, 1", " a; b", 'text, id\n" a; b", 1'),
        ("id, text\n1, a", "", "id, text\n1, "),
        ("text\na\n", "", 'text\n""\n'),
        ('text,id\n"a",1', "b", 'text,id\n"b",1'),
        ('text,id\n"a" it "is",1', 'a it "is"', 'text,id\n"a it ""is""",1'),
    ],
)
def test_how_a_cell_is_written(tmp_path: Path, before: str, new: str, after: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(before.encode())
    assert changed(path, lambda _: new, field="text") == after.encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"text": "a", "site": "é"}', '{"text": "é", "site": "é"}'),
        ('{"text": "a", "site": "e"}', '{"text": "é", "site": "e"}'),
        ('{"text": "a", "site": "\\u00e9"}', '{"text": "\\u00e9", "site": "\\u00e9"}'),
        ('{"text": "\\u00e8", "site": "é"}', '{"text": "\\u00e9", "site": "é"}'),
        ('{"text": "è", "site": "\\u00e9"}', '{"text": "é", "site": "\\u00e9"}'),
    ],
)
def test_how_a_letter_is_written_in_json(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(before.encode())
    assert changed(path, lambda _: "é", field="text") == after.encode()


@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.csv.ZST"])
def test_zstd_holds_records(tmp_path: Path, name: str) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / name
    path.write_bytes(zstandard.compress(b'{"text": "y"}' if "json" in name else b"text\ny\n"))
    target = io.BytesIO()
    form = format_of(path, field="text")
    with form.writer(target) as writer:
        for record in form.records():
            assert record.text == "y"
            writer.write(record, "they")
    path.write_bytes(target.getvalue())
    assert texts(format_of(path, field="text")) == ["they"]


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("utf-16", codecs.BOM_UTF16_LE + "é y".encode("utf-16-le"), "é y"),
        ("utf-16", codecs.BOM_UTF16_BE + "é y".encode("utf-16-be"), "é y"),
        ("UTF16", "é y".encode(f"utf-16-{sys.byteorder[0]}e"), "é y"),
        ("utf-32", codecs.BOM_UTF32_BE + "é y".encode("utf-32-be"), "é y"),
        ("utf-8-sig", "\ufeffé y".encode(), "é y"),
        ("utf-8-sig", "é y".encode(), "é y"),
        ("utf-8", "\ufeff\ufeffé y".encode(), "\ufeffé y"),
        ("cp1252", "’é y".encode("cp1252"), "’é y"),
        ("latin-1", b"\xef\xbb\xbf y", "ï»¿ y"),
    ],
)
def test_encodings_of_plain_text(tmp_path: Path, encoding: str, data: bytes, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert texts(format_of(path, encoding=encoding)) == [text]
    after = changed(path, louder, encoding=encoding)
    assert after.decode(encoding) == data.decode(encoding).replace("y", "they") + "!"
    assert after[:2] == data[:2]  # the same mark, or none


def test_encodings_of_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id;text\né;ñ y\n".encode("cp1252"))
    assert changed(path, louder, field="text", encoding="cp1252") == (
        "id;text\né;ñ they!\n".encode("cp1252")
    )
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "ñ y"}\n'.encode("cp1252"))
    form = format_of(path, field="text", encoding="cp1252")
    # What the encoding lacks is escaped in JSON, where that can be.
    assert written(form, ["ñ ł"]) == b'{"text": "\\u00f1 \\u0142"}\n'


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_character_that_the_encoding_lacks_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"text\nb\n")
    form = format_of(path, field="text", encoding="ascii")
    place = "" if name == "a.txt" else ": line 2"
    with pytest.raises(
        TextmendError, match=f"{name}{place}: 'é' cannot be written in ascii; convert"
    ):
        written(form, ["é"])


JSON_FAULTS = [
    ('{"text": "a" "b"}', "is no JSON (Expecting ',' delimiter at column 14); correct the line"),
    ('{"text": "a"} {}', "is no JSON (Extra data at column 15); correct the line"),
    (
        '{"text": "cut',
        "is no JSON (Unterminated string starting at column 10); correct the line",
    ),
    ('["text"]', "is no object, but a list; write it as one"),
    ("7", "is no object, but a number; write it as one"),
    ('{"id": 1}', "has no field text; add it to have a text mended"),
    ('{"text": null}', "the field text is null; put a text in quotes there"),
    ('{"text": 1.5}', "the field text is a number; put a text in quotes there"),
    ('{"text": true}', "the field text is true or false; put a text in quotes there"),
    ('{"text": {}}', "the field text is an object; put a text in quotes there"),
    ("[" * 100_000, "is JSON that Python cannot read (maximum recursion depth exceeded"),
    ("9" * 5000, "is JSON that Python cannot read (Exceeds the limit"),
    ("\x0c", "is no JSON (Expecting value at column 1); correct the line"),
]


@pytest.mark.parametrize(("line", "fault"), JSON_FAULTS)
def test_a_line_that_is_no_record_is_passed_over(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "y"}}\n\n{line}\n{{"text": "y"}}\n', encoding="utf-8")
    form = format_of(path, field="text")
    assert [record.place for record in form.records()] == ["line 1", "line 3", "line 4"]
    assert texts(form) == ["y", None, "y"]
    assert str(list(form.records())[1].fault).startswith(fault)
    assert changed(path, louder, field="text").count(b"they!") == 2


def test_lines_in_another_encoding_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xe9"}\n')
    fault = "byte 0xe9 at offset 10 of it is not utf-8; convert the file to one encoding, and name "
    assert faults(path, field="text") == [("line 1", None), ("line 2", f"{fault}that")]
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text\n1,"\xe9\n"\n2,b\n')
    fault = fault.replace("offset 10", "offset 3")
    assert faults(path, field="text") == [("line 2", f"{fault}that"), ("line 4", None)]
    # Of the two ways to write this sign in Shift JIS, Python has one.
    path.write_bytes(b"text\n\x81\xe6\n\xfa[\n")
    assert [bool(text) for _, text in faults(path, field="text", encoding="cp932")] == [False, True]
    plain = tmp_path / "a.txt"
    plain.write_bytes(b"\xfa[")
    with pytest.raises(TextmendError, match=r"a\.txt: writes a character .* convert it to utf-8"):
        texts(format_of(plain, encoding="cp932"))


def test_rows_that_are_no_records_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text\n1\n2,y\n3,y,y\n4,"y\n5,y\n')
    remedy = "give every field a cell, and put a cell with ',' in it in quotes"
    assert faults(path, field="text") == [
        ("line 2", f"has 1 cells where the header has 2; {remedy}"),
        ("line 3", None),
        ("line 4", f"has 3 cells where the header has 2; {remedy}"),
        ("line 5", "has a cell that begins with a quotation mark and never ends; close it"),
    ]
    assert changed(path, louder, field="text") == path.read_bytes().replace(b"2,y", b"2,they!")


REFUSED: list[tuple[str, bytes, str | None, str]] = [
    (
        "a.csv",
        b"id,site,text\n",
        None,
        "is CSV with the fields id, site, text; name the one to mend, such as --field text$",
    ),
    ("a.tab", b"id\tbody\n", None, "is TSV with the fields id, body; .*such as --field body$"),
    ("a.csv", b"id,site\n", "text", "has no field text; name one of its fields: id, site$"),
    ("a.csv", b"text,text\n", "text", "has more than one field text; give each its own name"),
    ("a.csv", b"\r\n", "text", "is empty; give it a header"),
    ("a.csv", b'"text\n', "text", "its header has a cell that begins .*; close it"),
    ("a.csv", b"t\xe9xt\n", "text", "its header byte 0xe9 at offset 1 of it is not utf-8; "),
    (
        "a.jsonl",
        b'{"id": 1, "body": "y"}\n{"text": "y"}\n',
        None,
        "is JSON lines with the fields id, body; .*such as --field body$",
    ),
    ("a.jsonl", b'{"id": 1}\n', "text", "has no field text; name one of its fields: id$"),
    ("a.txt", b"caf\xe9", None, "byte 0xe9 at offset 3 is not utf-8; name the encoding"),
    ("a.txt", b'{"text": "y"}', None, "is JSON, and no plain text; "),
    ("a.txt", b"\0\xff", None, "is binary, and no plain text; "),
    ("a.txt", gzip.compress(b"y"), None, "is gzip, and no plain text; "),
    ("a.docx", b"y", None, "is Word, and no plain text; "),
    ("a.json", b"[]", "text", "is JSON, and no plain text; "),
    ("a.tar.gz", gzip.compress(b"y"), None, "is a tar archive, and no plain text; "),
    ("a.csv.gz", b"text\n", "text", "is no whole gzip file"),
    ("a.csv", b"text\n", "none", "has no field none"),
]


@pytest.mark.parametrize(("name", "data", "field", "why"), REFUSED)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes, field: str | None, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TextmendError, match=rf"a\.\w+(\.gz)?: {why}"):
        list(format_of(path, field=field).records())


def test_encodings_that_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("text\n".encode("utf-16"))
    with pytest.raises(TextmendError, match=r"a\.csv: CSV in utf-16 cannot be mended; convert"):
        format_of(path, field="text", encoding="utf-16")
    for encoding in ("utf-9", "hex"):
        with pytest.raises(TextmendError, match="unknown encoding"):
            format_of(path, field="text", encoding=encoding)


def test_where_a_text_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    values = ['"a"', "7", "null", "[1]", "true"]
    lines = [f'{{"text": "y", "site": {value}}}\n' for value in values]
    path.write_text("".join([*lines, '{"text": "y"}\n']), encoding="utf-8")
    form = format_of(path, field="text", source_field="site")
    assert [each.source for each in form.records()] == ["a", "7", None, "[1]", "true", None]
    path = tmp_path / "a.csv"
    path.write_text('site,text\n"a, b",y\n', encoding="utf-8")
    form = format_of(path, field="text", source_field="site")
    assert [(each.source, each.text) for each in form.records()] == [("a, b", "y")]
    assert [each.source for each in format_of(path, field="text").records()] == [None]
    with pytest.raises(TextmendError, match="has no field sit; name one of its fields: site, text"):
        format_of(path, field="text", source_field="sit")


def test_a_field_may_come_late(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1}\nno json\n{"text": "y"}\n', encoding="utf-8")
    assert texts(format_of(path, field="text")) == [None, None, "y"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"no json\n", b"\xef\xbb\xbf"])
def test_json_lines_without_an_object(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    form = format_of(path, field="text", source_field="site")
    assert written(form) == data
    assert [text for text in texts(form) if text is not None] == []
    with pytest.raises(TextmendError, match=r"a\.jsonl: is JSON lines; name the field to mend"):
        format_of(path)


def test_a_cell_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    long = '"y ""left""\n' * (csv.field_size_limit() // 5)
    long = '"' + long.replace('"', '""') + '"'
    path.write_text(f"id,text\n1,{long}\n2,y\n", encoding="utf-8")
    assert len(str(texts(format_of(path, field="text"))[0])) > csv.field_size_limit()
    assert changed(path, louder, field="text").count(b"they") == long.count("y") + 1


def test_many_lines_in_one_cell_are_read_in_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + '"' + "y\n" * 200_000, encoding="utf-8")
    assert len(faults(path, field="text")) == 1


def test_records_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "y"}\n' * 10_000)
    records = format_of(path, field="text").records()
    with path.open("r+b") as file:
        next(records)
        file.truncate(70_000)
    assert len(list(records)) < 9_999


@OF_ONE_FOLDER
@given(st.lists(SIGNS, max_size=6), SIGNS, st.sampled_from(["", "\ufeff"]))
def test_any_csv_is_read_as_python_reads_it(
    tmp_path: Path, parts: list[str], new: str, mark: str
) -> None:
    path = tmp_path / "a.csv"
    body = "".join(parts)
    path.write_bytes(f"{mark}id,text\r\n{body}".encode())
    rows = [row for row in csv.reader(io.StringIO(body, newline="")) if row]
    form = format_of(path, field="text")
    found = list(form.records())
    assert len(found) == len(rows)
    for record, row in zip(found, rows, strict=True):
        if record.text is None:
            assert len(row) != 2 or record is found[-1]  # whose quotes may not be closed
        else:
            assert row[1] == record.text
            assert len(row) == 2
    changed(path, lambda _: new, field="text")


@OF_ONE_FOLDER
@given(
    st.lists(st.tuples(SIGNS, SIGNS, SIGNS), max_size=4),
    st.sampled_from(",;\t|"),
    # With a line end of one sign, Python leaves cells with the other one unquoted unless told.
    st.sampled_from(
        [
            (csv.QUOTE_ALL, "\n"),
            (csv.QUOTE_ALL, "\r\n"),
            (csv.QUOTE_ALL, "\r"),
            (csv.QUOTE_MINIMAL, "\r\n"),
        ]
    ),
    SIGNS,
)
def test_what_python_writes_as_csv(
    tmp_path: Path,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    quoting_and_end: tuple[Any, str],
    new: str,
) -> None:
    path = tmp_path / "a.tsv"
    quoting, end = quoting_and_end
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
        writer.writerows([("id", "text", "site"), *rows])
    form = format_of(path, field="text", source_field="site")
    assert [(each.text, each.source) for each in form.records()] == [row[1:] for row in rows]
    after = changed(path, lambda text: text + new, field="text").decode()
    read = list(csv.reader(io.StringIO(after, newline=""), delimiter=delimiter))
    assert read[1:] == [[first, text + new, last] for first, text, last in rows]


@OF_ONE_FOLDER
@given(st.lists(SIGNS.filter(bool), max_size=4), SIGNS)
def test_one_column_and_spaces_after_the_delimiter(
    tmp_path: Path, cells: list[str], new: str
) -> None:
    path = tmp_path / "a.csv"
    for header in ("text", "text, id"):
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(f"{header}\n")
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
                [cell] if header == "text" else [cell, "1"] for cell in cells
            )
        assert texts(format_of(path, field="text")) == cells
        changed(path, lambda _: new, field="text")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3),
    max_leaves=6,
)


@OF_ONE_FOLDER
@given(
    st.lists(st.dictionaries(SIGNS | st.just("text"), JSON_VALUES, max_size=4), max_size=3),
    st.booleans(),
    st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", "\r: ")]),
    SIGNS,
)
def test_any_json_lines(
    tmp_path: Path,
    objects: list[dict[str, Any]],
    escaped: bool,
    separators: tuple[str, str],
    new: str,
) -> None:
    path = tmp_path / "a.jsonl"
    dumped = [json.dumps(each, ensure_ascii=escaped, separators=separators) for each in objects]
    path.write_bytes("\n".join(['{"text":0}', *dumped]).encode())
    expected = [each.get("text") for each in objects]
    found = texts(format_of(path, field="text"))[1:]
    assert found == [text if isinstance(text, str) else None for text in expected]
    after = changed(path, lambda text: text + new, field="text").decode()
    for line, each in zip(after.split("\n")[1:], objects, strict=True):
        if isinstance(each.get("text"), str):
            each["text"] += new
        assert repr(json.loads(line)) == repr(each)  # of NaN, too


@OF_ONE_FOLDER
@given(st.binary(max_size=60), st.sampled_from(["a.jsonl", "a.csv", "a.tsv"]))
def test_any_bytes_are_written_again(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    head = b'{"text":""}' if name == "a.jsonl" else b"text"
    path.write_bytes(head + b"\n" + data)
    changed(path, lambda text: f"{text}’", field="text")


def parquet(path: Path, **options: Any) -> Any:
    """A Parquet file of five rows in five row groups, three of them empty; and what is in it."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    large, dictionary = pa.large_string(), pa.dictionary(pa.int8(), pa.string())
    table = pa.table(
        {
            "id": [1, 2, 3, 4, 5],
            "text": ["y", None, "", "é y", "y"],
            "large": pa.array(["y", "b", None, "y", "b"], large),
            "kind": pa.array(["y", "y", "b", None, "y"]).dictionary_encode().cast(dictionary),
            "list": [["y"], [], None, ["a", "b"], ["y"]],
            "a.b": pa.array([1, 2, 3, 4, None], pa.timestamp("us")),
        }
    )
    table = table.replace_schema_metadata({"made by": "a test"})
    with pq.ParquetWriter(path, table.schema, **options) as writer:
        for start, length in ((0, 0), (0, 2), (2, 0), (2, 3), (5, 0)):
            writer.write_table(table.slice(start, length), row_group_size=3)
    return table


def parquet_written(path: Path, field: str) -> None:
    """Write the file again with its texts changed, and look for what else has changed."""
    pq = pytest.importorskip("pyarrow.parquet")
    before, table = pq.ParquetFile(path), pq.read_table(path)
    form = format_of(path, field=field)
    records = list(form.records())
    column = table.column(field).to_pylist()
    assert [(each.place, each.text) for each in records] == [
        (f"row {row}", text) for row, text in enumerate(column, 1)
    ]
    assert [bool(each.fault) for each in records] == [text is None for text in column]
    assert pq.read_table(io.BytesIO(written(form))).equals(table, check_metadata=True)

    new = [louder(text) if text != "b" else None for text in column if text is not None]
    after = pq.ParquetFile(io.BytesIO(written(form, new)))
    expected = [text if text in (None, "b") else louder(text) for text in column]
    assert after.read().drop([field]).equals(table.drop([field]))
    assert after.read().column(field).to_pylist() == expected
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert after.schema.equals(before.schema)
    assert after.metadata.format_version == before.metadata.format_version
    assert (after.metadata.metadata or {}).keys() == (before.metadata.metadata or {}).keys()
    assert after.num_row_groups == before.num_row_groups
    for number in range(before.num_row_groups):
        groups = [file.metadata.row_group(number) for file in (before, after)]
        assert groups[0].num_rows == groups[1].num_rows
        for place in range(groups[0].num_columns):
            columns = [group.column(place) for group in groups]
            assert columns[0].path_in_schema == columns[1].path_in_schema
            assert columns[0].compression == columns[1].compression
            if groups[0].num_rows:  # else nothing is encoded
                assert columns[0].encodings == columns[1].encodings


@pytest.mark.parametrize("field", ["text", "large", "kind"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "none", "use_dictionary": False, "store_schema": False},
        {"compression": {"id": "zstd", "text": "gzip", "list.list.item": "brotli"}},
        {"compression": "lz4", "use_dictionary": ["id", "kind"], "version": "1.0"},
        {"use_compliant_nested_type": False, "version": "2.4"},
        {"use_deprecated_int96_timestamps": True, "store_schema": False},
    ],
    ids=str,
)
def test_parquet_stays_as_it_is_but_for_the_texts(
    tmp_path: Path, field: str, options: dict[str, Any]
) -> None:
    path = tmp_path / "a.parquet"
    parquet(path, **options)
    parquet_written(path, field)
    records = format_of(path, field="text", source_field="id").records()
    assert [each.source for each in records] == ["1", "2", "3", "4", "5"]
    form = format_of(path, field=field)
    assert {form.kept(each, "they") for each in form.records()} == {None}


def test_parquet_without_a_row(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    pq.write_table(parquet(path).slice(0, 0), path)
    parquet_written(path, "text")


def test_a_string_in_parquet_that_is_no_utf8(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    offsets, data = pa.array([0, 1, 3], pa.int32()).buffers()[1], pa.py_buffer(b"y\xe9\xe9")
    strings = pa.StringArray.from_buffers(2, offsets, data)
    pq.write_table(pa.table({"text": strings}), path)
    assert faults(path, field="text") == [
        ("row 1", None),
        ("row 2", "is no UTF-8 (invalid continuation byte); write the column anew from its source"),
    ]
    after = pq.read_table(io.BytesIO(written(format_of(path, field="text"), ["they"])))
    assert after.column("text").cast(pa.binary()).to_pylist() == [b"they", b"\xe9\xe9"]


def test_what_is_no_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet(path)
    whole = path.read_bytes()
    with pytest.raises(TextmendError, match="the field id is of int64, and no text; name a field"):
        format_of(path, field="id")
    with pytest.raises(TextmendError, match="is Parquet with the fields id, text, large, kind, "):
        format_of(path)
    with pytest.raises(TextmendError, match="has no field txt; name one of its fields: id, text"):
        format_of(path, field="txt")
    pages = len(whole) - int.from_bytes(whole[-8:-4], "little") - 8
    for data in (b"", b"no Parquet", whole[:-1], b"\xff" * pages + whole[pages:]):
        path.write_bytes(data)
        with pytest.raises(TextmendError, match=r"a\.parquet: cannot be read as Parquet: .*; get"):
            list(format_of(path, field="text").records())
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(whole))
    with pytest.raises(
        TextmendError, match=r"a\.parquet\.gz: is Parquet that is packed; decompress"
    ):
        format_of(packed, field="text")


def test_without_the_library_for_parquet_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TextmendError, match=r"pip install 'textmend\[parquet\]'"):
        format_of(tmp_path / "a.parquet", field="text")
