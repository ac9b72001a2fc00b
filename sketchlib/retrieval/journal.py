"""What a build has embedded so far, on disk as it is made, so that a killed build goes on where it stopped."""

import json
import struct
import zlib
from typing import BinaryIO

import numpy as np

from sketchlib.retrieval.search import Vectors

FORMAT = "strokescope gallery journal 1"

_RECORD = struct.Struct("<32sII")
"""SHA-256 of the photo, bytes of its thumbnail, checksum of vector and thumbnail, which follow."""


class Journal:
    """Vectors and thumbnails by the SHA-256 of their photo, in a binary stream that may hold an earlier journal.

    What was written for another encoder is thrown away, and so is a last record that was cut off.
    """

    def __init__(self, stream: BinaryIO, encoder: str, dimension: int) -> None:
        self._stream, self._dimension = stream, dimension
        self._places: dict[bytes, int] = {}
        header = json.dumps({"format": FORMAT, "encoder": encoder, "dimension": dimension}).encode() + b"\n"
        stream.seek(0)
        self._end = len(header)
        if stream.read(len(header)) == header:
            self._read_records()
        else:
            stream.seek(0)
            stream.write(header)
        stream.truncate(self._end)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def __getitem__(self, key: bytes) -> tuple[Vectors, bytes]:
        record = self._record(self._places[key])
        if record is None:
            raise OSError("a journal keeps what was written, got less")
        return record[1:]

    def add(self, key: bytes, vector: Vectors, thumbnail: bytes) -> None:
        """Appends one photo; `flush` hands it to the operating system."""
        body = vector.astype("<f4").tobytes() + thumbnail
        self._stream.seek(self._end)
        self._stream.write(_RECORD.pack(key, len(thumbnail), zlib.crc32(body)) + body)
        self._places[key] = self._end
        self._end += _RECORD.size + len(body)

    def flush(self) -> None:
        """After this the photos added survive the end of the process."""
        self._stream.flush()

    def _read_records(self) -> None:
        while (record := self._record(self._end)) is not None:
            key, _, thumbnail = record
            self._places[key] = self._end
            self._end += _RECORD.size + 4 * self._dimension + len(thumbnail)

    def _record(self, place: int) -> tuple[bytes, Vectors, bytes] | None:
        """The record at a place in the stream, None where there is no whole one."""
        self._stream.seek(place)
        head = self._stream.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return None
        key, length, checksum = _RECORD.unpack(head)
        body = self._stream.read(4 * self._dimension + length)
        if len(body) < 4 * self._dimension + length or zlib.crc32(body) != checksum:
            return None
        split = 4 * self._dimension
        return key, np.frombuffer(body[:split], dtype="<f4").astype(np.float32), body[split:]
