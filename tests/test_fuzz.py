"""Whatever comes in from outside is used or refused: never another error, never minutes.

Texts, specs, stored results and files may be anything. What is drawn here lies near what is well
formed, where mistakes in reading hide, and is little enough for every run of the tests; longer
ones, guided by coverage, are those of ``fuzz/``.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Mended, Mender, TextmendError, infer_channel
from textmend.batch import channels, log
from textmend.batch.records import format_of
from textmend.models.modelfile import SHIPPED
from textmend.models.network import Network
from textmend.report.decisions import decided, digest, read_decisions

OF_ONE_FOLDER = settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CLEAN = [
    line
    for name in ("news", "prose")
    for document in corpora.load(name, split="dev")
    for line in document.text.split("\n")
    if line.isascii() and len(line.split()) > 12
]
EXAMPLE = Mender(channel="the,ad")
RULES = [
    "the,ad", "e", "ff:f", "ing:word-end", "the:space", "doubled", "drop-caps", "non-ascii:?",
    "ligatures:fffd", "accents", "apostrophes", "hyphens", "spaces", "random:2%",
]  # fmt: skip


@contextmanager
def soon(seconds: float = 10.0) -> Iterator[None]:
    """What is in the block takes no minutes, whatever else the machine does."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


def sound(mended: Mended, text: str) -> None:
    """The promises that hold for any text: all is kept, all is proven, no edit is no change."""
    assert mended.original == text == mended.revert() == mended.damage()
    assert mended.edits or mended.text is text


# Texts

CHARACTERS = st.characters() | st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zs", "Zl", "Zp"])
SCRAPS = st.sampled_from(
    ["or", "y", "Furrmore", "ir", "dition", "o\ufffdce", "\r\n", "\r", " ", "’"]
)
RUNS = st.builds(
    lambda text, times: text * times, st.text(CHARACTERS, max_size=3), st.integers(1, 60)
)
TEXTS = st.lists(st.text(CHARACTERS, max_size=5) | SCRAPS | RUNS, max_size=20).map("".join)


@settings(max_examples=100)
@given(TEXTS, st.sampled_from(RULES))
def test_any_text_under_a_known_channel(text: str, spec: str) -> None:
    sound(Mender(channel=spec, min_probability=0.0).mend_and_explain(text), text)


@settings(max_examples=25)
@given(TEXTS, st.sampled_from(["en", "auto", "de,fr"]))
def test_any_text_whose_channel_is_inferred(text: str, lang: str) -> None:
    sound(Mender(lang=lang).mend_and_explain(text), text)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(CLEAN), min_size=1, max_size=4))
def test_clean_prose_in_any_order_is_unchanged(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert Mender().mend(text) is text


LONG = 5_000  # characters, of which a time that grows with the square would be seen
PATTERNS = [
    "a",
    "aA",
    "or ",
    "or\n",
    "'",
    "\0",
    "a\0",
    "(",
    '"',
    "\ufffdo",
    "\u0301",
    "a'",
    "日本語",
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=ascii)
def test_time_does_not_grow_with_the_square_of_a_run(pattern: str) -> None:
    text = (pattern * LONG)[:LONG]
    with soon():
        for mender in (Mender(), EXAMPLE):
            sound(mender.mend_and_explain(text), text)


# Channels

SIGNS = st.text("thead,:()+ /\\.%'\"é\ud83d\0", max_size=12)
SPECS = st.lists(
    st.sampled_from(
        [*RULES, "ligatures(", "ti,tt)", ",", ":", "U+", "U+D800", "random:", "1e9%", "nan"]
    )
    | SIGNS,
    max_size=6,
).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SIGNS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3),
    max_leaves=6,
) | st.sampled_from([10**400, "9" * 200, "a" * 101, {"drops": []}, []])  # fmt: skip
WORDS = "The official added three café ﬁgures, don't they?\n\nWell-known others did."


@settings(max_examples=300)
@given(SPECS)
def test_any_spec_is_a_channel_or_one_error(spec: str) -> None:
    with suppress(TextmendError):
        channel = Channel.parse(spec)
        assert Channel.from_json(channel.to_json()) == channel
        channel.acting_on(WORDS)
        channel.apply(WORDS)


@pytest.mark.parametrize(
    "spec",
    ["a," * 50_000, "ligatures(" * 9_000, "ligatures(," * 9_000, "a b " * 50_000, "a." * 50_000,
     "a:" + "U+41+" * 2000, "/" * 100_000, " " * 100_000, "a:" * 50_000, ("a" * 90 + ",") * 1_000],
    ids=lambda spec: spec[:12],
)  # fmt: skip
@pytest.mark.parametrize("use", [Channel.parse, Channel.of])
def test_a_long_spec_is_refused_soon_and_shown_in_part(
    use: Callable[[str], Channel], spec: str
) -> None:
    with soon(2.0), pytest.raises(TextmendError) as refused:
        use(spec)
    assert len(str(refused.value)) < 1000


DEEP = ["[" * 100_000, '{"drops":' * 50_000, '{"drops": [' + "9" * 5_000 + "]}", '{"a": "\ud83d']


@pytest.mark.parametrize("source", DEEP, ids=lambda source: source[:10])
def test_json_that_python_cannot_read_is_one_error(source: str, tmp_path: Path) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(source.encode("utf-8", "surrogatepass"))
    uses: list[Callable[[], object]] = [
        lambda: Channel.from_json(source),
        lambda: read_decisions(path),
        lambda: channels.load(path),
        lambda: list(log.read(path)),
    ]
    for use in uses:
        with pytest.raises(TextmendError) as refused:
            use()
        assert len(str(refused.value)) < 1000


def mutations(sound: Any) -> st.SearchStrategy[Any]:
    """What is well formed, with other values in one or two places, or with places left out."""

    def mutated(data: Any, places: list[tuple[int, Any]]) -> Any:
        found = json.loads(json.dumps(data))
        for number, value in places:
            holders = [
                (each, key)
                for each in _containers(found)
                for key in (each if isinstance(each, dict) else range(len(each)))
            ]
            if not holders:
                break
            holder, key = holders[number % len(holders)]
            if value == "left out":
                del holder[key]
            else:
                holder[key] = json.loads(json.dumps(value))  # or what is shared would hold itself
        return found

    change = st.tuples(st.integers(0, 200), VALUES | st.just("left out"))
    return st.builds(mutated, st.just(sound), st.lists(change, min_size=1, max_size=2))


def _containers(value: Any) -> list[Any]:
    """The lists and objects in a value of JSON, and itself."""
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for each in inner for found in _containers(each))]


STORED = Channel.parse(",".join(RULES)).to_dict()


@settings(max_examples=300)
@given(mutations(STORED))
def test_any_channel_in_json_is_one_or_one_error(value: Any) -> None:
    with suppress(TextmendError):
        channel = Channel.from_dict(value)
        assert Channel.from_json(channel.to_json()) == channel
        channel.apply(WORDS)


# Results, logs, decisions, channels of sources

TEXT = "Furrmore, y left or shores.\nIn dition, the ships came."
MENDED = EXAMPLE.mend_and_explain(TEXT)


@settings(max_examples=400)
@given(mutations(MENDED.to_dict()))
def test_any_stored_result_is_one_of_its_text_or_one_error(value: Any) -> None:
    with suppress(TextmendError):
        mended = Mended.from_dict(TEXT, value)
        assert mended.revert() == TEXT
        assert 0.0 <= mended.damaged_share <= 1.0
        assert mended.to_original(len(mended.text)) == len(TEXT)
        assert Mended.from_dict(TEXT, json.loads(json.dumps(mended.to_dict()))).text == mended.text
        hash(mended)
        mended.damage()


INFERENCE = infer_channel(Channel.of("the").apply("\n".join(CLEAN[:40])))


@OF_ONE_FOLDER
@given(mutations({"sources": {"a": channels.Known((INFERENCE,), 40, 900).to_dict()}}))
def test_any_stored_channels_of_sources_are_used_or_one_error(tmp_path: Path, value: Any) -> None:
    assert INFERENCE
    path = tmp_path / "channels.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with suppress(TextmendError):
        known = channels.load(path)
        path.write_bytes(channels.dumps(known))
        assert channels.load(path).keys() == known.keys()


LOGGED = [json.loads(line) for line in log.lines_of("a.txt", None, MENDED.edits).splitlines()]


@OF_ONE_FOLDER
@given(mutations(LOGGED))
def test_any_log_is_one_or_one_error(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "edits.jsonl"
    path.write_text("\n".join(map(json.dumps, value)), encoding="utf-8")
    with suppress(TextmendError):
        for file, entries in log.by_file(log.read(path)):
            assert isinstance(file, str)
            assert all(entry.edit.before is not None for entry in entries)


DECISIONS = {
    "format": "textmend decisions",
    "version": 1,
    "threshold": 0.5,
    "documents": [
        {
            "name": "a.txt#1",
            "sha256": digest(TEXT),
            "decisions": [
                {key: edit.to_dict()[key] for key in ("start", "end", "before", "after")}
                | {"by": "reader"}
                for edit in MENDED.edits
            ],
        }
    ],
}


@OF_ONE_FOLDER
@given(mutations(DECISIONS))
def test_any_decisions_are_used_or_one_error(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with suppress(TextmendError):
        found = read_decisions(path)
        assert 0.0 <= found.threshold <= 1.0
        list(log.decided(found))
        for each in found.documents:
            kept = decided(TEXT, each)
            grown = sum(len(it.after) - len(it.before) for it in each.decisions)
            assert len(kept) == len(TEXT) + grown


# Files

ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-7", "latin-1", "cp1252", "cp037", "shift_jis",
    "iso2022_jp", "hz", "gb18030", "big5", "idna", "punycode", "unicode_escape", "undefined",
    "rot13", "hex", "raw_unicode_escape", "mbcs", "nonsense", "utf-8\0",
]  # fmt: skip
HEADS = {"a.txt": b"", "a.jsonl": b'{"text": ""}\n', "a.csv": b"id,text\n", "a.tsv": b"text\n"}


# What Python says of its own unicode_escape; the bytes come back, or are refused, as others.
@pytest.mark.filterwarnings("ignore:.*invalid (octal )?escape sequence:DeprecationWarning")
@settings(OF_ONE_FOLDER, max_examples=300)
@given(st.binary(max_size=80), st.sampled_from(sorted(HEADS)), st.sampled_from(ENCODINGS))
@example(data=b"\x1b\xa9", name="a.csv", encoding="iso2022_jp")  # a sign that it cannot write
@example(data=b"\\\0", name="a.txt", encoding="unicode_escape")  # of which Python warns
def test_any_bytes_in_any_encoding_are_written_again_or_one_error(
    tmp_path: Path, data: bytes, name: str, encoding: str
) -> None:
    path, target = tmp_path / name, tmp_path / "written"
    path.write_bytes(HEADS[name] + data)
    with suppress(TextmendError):
        form = format_of(path, field="text", encoding=encoding)
        with target.open("wb") as file, form.writer(file) as writer:
            for record in form.records():
                writer.write(record)
        assert target.read_bytes() == path.read_bytes()


MODEL = SHIPPED.read_bytes()
_HEAD = 44  # bytes before the header: magic, checksum, length
HEADER_END = _HEAD + int.from_bytes(MODEL[40:44], "little")


def with_checksum(data: bytearray) -> bytes:
    """A file that has been altered by one who knows the format: the checksum says nothing."""
    data[8:40] = hashlib.sha256(data[40:]).digest()
    return bytes(data)


@settings(OF_ONE_FOLDER, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(40, HEADER_END + 2000), st.integers(0, 255)), max_size=4),
    st.lists(st.tuples(st.integers(HEADER_END, len(MODEL) - 1), st.integers(0, 255)), max_size=40),
    st.integers(0, 3),
)
def test_an_altered_model_is_refused_or_its_edits_are_proven(
    tmp_path: Path, header: list[tuple[int, int]], body: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(MODEL[: len(MODEL) - cut])
    for place, byte in (*header, *body):
        if place < len(data):
            data[place] = byte
    path = tmp_path / "model.tmnd"
    path.write_bytes(with_checksum(data))
    with soon(), suppress(TextmendError):
        Network.load(path)
        mender = Mender(channel="the,ad", model=path, min_probability=0.0)
        sound(mender.mend_and_explain(TEXT), TEXT)
