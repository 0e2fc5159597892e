"""Files as streams of bytes: plain, or compressed with gzip or zstd, told by the end of their name.

What is written is compressed as what was read. Nothing here knows what the bytes mean.
Start reading at :func:`open_read`.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from textmend.errors import TextmendError

_CHUNK = 1 << 16  # bytes of a compressed file that are read at a time

_ZSTD_HEADER = 18  # bytes that the header of a frame has at most
# The bits of the flags of gzip (RFC 1952, section 2.3.1) that say what else is in the header.
_HEADER_CHECK, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16


class Sink(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of ``data``."""


def inner_name(path: Path) -> Path:
    """The name of what is in a file: without the ending that says how it is compressed.

    >>> str(inner_name(Path("a.jsonl.gz"))), str(inner_name(Path("a.csv")))
    ('a.jsonl', 'a.csv')
    """
    return path.with_suffix("") if path.suffix.lower() in _CONTAINERS else path


@contextmanager
def open_read(path: Path) -> Iterator[BinaryIO]:
    """The content of a file, decompressed, as a stream.

    A file that cannot be read, or is not wholly what its name says, is a ``TextmendError``: also
    later, when what is broken is read.
    """
    with _open(path) as file:
        if container := _CONTAINERS.get(path.suffix.lower()):
            read, _ = container
            yield io.BufferedReader(_Stream(read(path, file)), _CHUNK)
        else:
            yield file


@contextmanager
def open_write(target: BinaryIO, like: Path) -> Iterator[Sink]:
    """Write to ``target``, compressed as the file ``like``; what was written ends with the block.

    Where the block is left by an error, no end is written: the content can be seen to be cut off.
    ``target`` stays open. gzip keeps the header of ``like``, and the level that is told there, so
    that what Python or zlib compressed comes back byte for byte if it has not changed. zstd does
    not tell its level: its standard one is taken.
    """
    if container := _CONTAINERS.get(like.suffix.lower()):
        _, write = container
        with write(target, like) as sink:
            yield sink
    else:
        yield target


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise TextmendError(
            f"{path}: cannot be read: {error.strerror}; check the path and its permissions"
        ) from None


def _broken(path: Path, container: str, why: object) -> TextmendError:
    return TextmendError(f"{path}: is no whole {container} file: {why}; get a whole copy of it")


class _Stream(io.RawIOBase):
    """A stream of the bytes that come in chunks, of which none is empty."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Yes: it is only read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with what comes next; how many bytes that were, 0 at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _read_gzip(path: Path, file: BinaryIO) -> Iterator[bytes]:
    _gzip_header(path, file)  # one member at least: Python takes an empty file for none
    file.seek(0)
    with gzip.GzipFile(fileobj=file, mode="rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                yield chunk
        except (EOFError, OSError, zlib.error) as error:
            raise _broken(path, "gzip", error) from None


@contextmanager
def _write_gzip(target: BinaryIO, like: Path) -> Iterator[Sink]:
    with _open(like) as file:
        header = _gzip_header(like, file)
    deflated = _Deflated(target, level={2: 9, 4: 1}.get(header[8], 6))
    target.write(header)
    yield deflated
    deflated.finish()


class _Deflated:
    """The content of one gzip member, and its end."""

    def __init__(self, target: BinaryIO, level: int) -> None:
        self._target = target
        self._deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._check = self._size = 0

    def write(self, data: bytes) -> None:
        self._check = zlib.crc32(data, self._check)
        self._size += len(data)
        self._target.write(self._deflate.compress(data))

    def finish(self) -> None:
        self._target.write(self._deflate.flush())
        self._target.write(self._check.to_bytes(4, "little"))
        self._target.write((self._size % 2**32).to_bytes(4, "little"))


def _gzip_header(path: Path, file: BinaryIO) -> bytes:
    """The header of the first gzip member, as it stands at the beginning of ``file``."""
    header = file.read(10)
    if len(header) < 10 or not header.startswith(b"\x1f\x8b\x08"):
        raise _broken(path, "gzip", "it does not begin as one")
    flags = header[3]
    if flags & _EXTRA:
        header += file.read(2)
        header += file.read(int.from_bytes(header[-2:], "little"))
    for _ in range(bool(flags & _NAME) + bool(flags & _COMMENT)):
        while byte := file.read(1):
            header += byte
            if byte == b"\0":
                break
    return header + file.read(2 if flags & _HEADER_CHECK else 0)


def _read_zstd(path: Path, file: BinaryIO) -> Iterator[bytes]:
    zstandard = _zstandard(path)
    frames = zstandard.ZstdDecompressor()
    frame, data = frames.decompressobj(), b""
    # A stream reader of zstandard would take a frame that is cut off for one that ends there.
    while data := data or file.read(_CHUNK):
        if frame.eof:
            frame = frames.decompressobj()
        try:
            if content := frame.decompress(data):
                yield content
        except zstandard.ZstdError as error:
            raise _broken(path, "zstd", error) from None
        data = frame.unused_data
    if not frame.eof:
        raise _broken(path, "zstd", "it ends too early")


@contextmanager
def _write_zstd(target: BinaryIO, like: Path) -> Iterator[Sink]:
    zstandard = _zstandard(like)
    with _open(like) as file:
        start = file.read(_ZSTD_HEADER)
    try:
        checked = zstandard.get_frame_parameters(start).has_checksum
    except zstandard.ZstdError as error:
        raise _broken(like, "zstd", error) from None
    compressor = zstandard.ZstdCompressor(write_checksum=checked)
    sink = compressor.stream_writer(target, closefd=False)
    yield sink
    sink.close()


def _zstandard(path: Path) -> Any:
    """The library for zstd, which is not installed with textmend."""
    try:
        return import_module("zstandard")
    except ImportError:
        raise TextmendError(
            f"{path}: zstd needs the package zstandard; pip install 'textmend[zstd]'"
        ) from None


# How what ends so is read and written.
_CONTAINERS = {".gz": (_read_gzip, _write_gzip), ".zst": (_read_zstd, _write_zstd)}
