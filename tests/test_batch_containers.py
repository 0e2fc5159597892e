"""Streams of bytes: compressed files are read whole, and come back as they were compressed."""

import gzip
import io
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmend import TextmendError
from textmend.batch import containers

# Words in no order: what zlib makes of them differs with its level, and they fill several windows.
WORDS = " ".join(
    random.Random(5).choices(["lattice", "of", "paths", "ecient", "x", "\n"], k=60_000)
)
CONTENT = WORDS.encode()


def again(path: Path, content: bytes | None = None, step: int = 1000) -> bytes:
    """A file as it is written again, with another content if one is given."""
    target = io.BytesIO()
    with containers.open_read(path) as stream:
        read = stream.read()
    with containers.open_write(target, like=path) as sink:
        for start in range(0, len(read if content is None else content), step):
            sink.write((read if content is None else content)[start : start + step])
    return target.getvalue()


def with_file_name(level: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile("pages.txt", "wb", level, packed, mtime=12345) as file:
        file.write(CONTENT)
    return packed.getvalue()


def with_all_fields() -> bytes:
    """A gzip member whose header has a name, a comment, extra bytes and a check."""
    packed = zlib.compress(CONTENT, 6, -zlib.MAX_WBITS)
    header = b"\x1f\x8b\x08\x1e\x01\x02\x03\x04\x00\x03\x03\x00a\x00cname.txt\x00comment\x00"
    ends = zlib.crc32(CONTENT).to_bytes(4, "little") + len(CONTENT).to_bytes(4, "little")
    return header + (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little") + packed + ends


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize("mtime", [0, 1700000000])
@pytest.mark.parametrize("step", [999, len(CONTENT)])
def test_gzip_comes_back_byte_for_byte(tmp_path: Path, level: int, mtime: int, step: int) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(CONTENT, level, mtime=mtime))
    assert again(path, step=step) == path.read_bytes()
    path.write_bytes(with_file_name(level))
    assert again(path, step=step) == path.read_bytes()


def test_levels_differ_here() -> None:
    assert len({len(gzip.compress(CONTENT, level)) for level in (1, 6, 9)}) == 3


def test_gzip_keeps_all_that_a_header_may_have(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(with_all_fields())
    assert again(path) == path.read_bytes()
    changed = again(path, b"other")
    assert gzip.decompress(changed) == b"other"
    assert b"name.txt\0comment\0" in changed


def test_gzip_of_several_members_is_read_in_full(tmp_path: Path) -> None:
    path = tmp_path / "a.GZ"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(CONTENT))
    assert gzip.decompress(again(path)) == b"one " + CONTENT


@given(st.binary(max_size=300), st.integers(1, 20))
def test_plain_is_as_it_is(tmp_path_factory: pytest.TempPathFactory, data: bytes, n: int) -> None:
    path = tmp_path_factory.mktemp("plain") / "a.txt"
    path.write_bytes(data)
    assert again(path, step=n) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        gzip.compress(CONTENT)[:7],
        gzip.compress(CONTENT)[:500],
        gzip.compress(CONTENT)[:-1],
        gzip.compress(CONTENT)[:-8] + bytes(8),
        gzip.compress(CONTENT) + gzip.compress(CONTENT)[:40],
        gzip.compress(CONTENT) + b"garbage",
        gzip.compress(CONTENT)[:50] + b"\xff" * 50 + gzip.compress(CONTENT)[100:],
    ],
)
def test_broken_gzip_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(data)
    with (
        pytest.raises(TextmendError, match=r"a\.txt\.gz: is no whole gzip file: .*; get a whole"),
        containers.open_read(path) as stream,
    ):
        stream.read()


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.gz", tmp_path / "none.zst"):
        with (
            pytest.raises(TextmendError, match=f"{path.name}: cannot be read: .*; check the path"),
            containers.open_read(path),
        ):
            pass


@pytest.mark.parametrize("name", ["a.gz", "a.zst"])
def test_what_an_error_cuts_off_is_seen_to_be_cut_off(tmp_path: Path, name: str) -> None:
    if name == "a.zst":
        packed = pytest.importorskip("zstandard").compress(CONTENT)
    else:
        packed = gzip.compress(CONTENT)
    path = tmp_path / name
    path.write_bytes(packed)
    target = io.BytesIO()

    def write_and_fail() -> None:
        with containers.open_write(target, like=path) as sink:
            sink.write(CONTENT)
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    cut = tmp_path / f"cut_{name}"
    cut.write_bytes(target.getvalue())
    with pytest.raises(TextmendError, match="is no whole"), containers.open_read(cut) as stream:
        stream.read()


@pytest.mark.parametrize("checked", [True, False])
def test_zstd_is_read_in_full_and_written_again(tmp_path: Path, checked: bool) -> None:
    zstandard = pytest.importorskip("zstandard")
    compressor = zstandard.ZstdCompressor(write_checksum=checked)
    skipped = b"\x50\x2a\x4d\x18\x05\0\0\0hello"
    path = tmp_path / "a.txt.zst"
    path.write_bytes(compressor.compress(CONTENT) + skipped + compressor.compress(b"two"))
    written = again(path)
    assert zstandard.get_frame_parameters(written).has_checksum == checked
    path.write_bytes(written)
    with containers.open_read(path) as stream:
        assert stream.read() == CONTENT + b"two"


def test_broken_zstd_is_named(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / "a.zst"
    whole = zstandard.ZstdCompressor(write_checksum=True).compress(CONTENT)
    # A file of 64 KiB and more: it is not read at once.
    long = zstandard.compress(random.Random(2).randbytes(300_000))
    for data in (
        b"",
        b"plain text, and more of it",
        whole[:3],
        whole[:-1],
        whole[:500],
        whole + whole[:500],
        whole + b"garbage",
        whole[:90] + b"zz" + whole[92:],
        long[:200_000],
        long[: 1 << 16],
    ):
        path.write_bytes(data)
        with (
            pytest.raises(TextmendError, match=r"a\.zst: is no whole zstd file: .*; get a whole"),
            containers.open_read(path) as stream,
        ):
            stream.read()


def test_without_the_library_for_zstd_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    path = tmp_path / "a.zst"
    path.write_bytes(b"")
    with (
        pytest.raises(TextmendError, match=r"a\.zst: .*; pip install 'textmend\[zstd\]'"),
        containers.open_read(path) as stream,
    ):
        stream.read()


def test_extras_are_not_loaded_unless_needed() -> None:
    code = (
        "import sys, textmend.batch.records\n"
        "print([name for name in ('pyarrow', 'zstandard') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
