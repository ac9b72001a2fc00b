"""Photos of every kind that is read, and files that are none."""

import io
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from sketchlib.errors import FormatError
from sketchlib.io import photos
from sketchlib.io.photos import as_photo, read_photo, thumbnail

ROOT = Path(__file__).resolve().parents[2]
RANDOM = np.random.default_rng(0)
COLOURS = RANDOM.integers(0, 256, (4, 6, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_lossless_formats_give_their_pixels(kind, options, tmp_path):
    data = encoded(Image.fromarray(COLOURS), kind, **options)
    (tmp_path / "any.name").write_bytes(data)
    for found in (read_photo(data), read_photo(tmp_path / "any.name"), read_photo(str(tmp_path / "any.name"))):
        assert found.dtype == np.uint8
        assert np.array_equal(found, COLOURS)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_lossy_formats_give_nearly_their_pixels(kind):
    found = read_photo(encoded(Image.fromarray(COLOURS), kind)).astype(float)
    assert found.shape == COLOURS.shape
    assert np.abs(found - COLOURS).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_every_mode_becomes_red_green_blue(mode):
    image = Image.fromarray(COLOURS).convert(mode)
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    difference = read_photo(encoded(image, kind)).astype(float) - np.asarray(image.convert("RGB"))
    assert np.abs(difference).mean() < (12 if kind == "JPEG" else 1e-9)


def test_sixteen_bits_become_eight_by_their_upper_half():
    grey = np.array([[0, 255, 256, 32768, 65535]], dtype=np.uint16)
    found = read_photo(encoded(Image.fromarray(grey), "PNG"))
    assert found.tolist() == [[[value] * 3 for value in (0, 0, 1, 128, 255)]]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_convention_what_is_transparent_is_white(kind):
    alpha = np.array([[0, 255]], dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    pixels = np.dstack([np.zeros((4, 8, 3), np.uint8), alpha])
    options = {"lossless": True} if kind == "WEBP" else {}
    found = read_photo(encoded(Image.fromarray(pixels), kind, **options))
    assert np.array_equal(found[:, :4], np.full((4, 4, 3), 255))
    assert np.array_equal(found[:, 4:], np.zeros((4, 4, 3)))


def test_half_transparent_is_half_white():
    found = read_photo(encoded(Image.new("RGBA", (2, 2), (100, 0, 200, 51)), "PNG"))
    assert found[0, 0] == pytest.approx([255 - 155 * 0.2, 255 * 0.8, 255 - 55 * 0.2], abs=1)
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    assert read_photo(encoded(palette, "PNG", transparency=0)).tolist() == [[[255, 255, 255], [40, 50, 60]]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_convention_photos_are_upright(orientation, kind):
    image, exif = Image.fromarray(COLOURS), Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, kind, exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert np.array_equal(read_photo(data), expected)
    assert (expected.shape[0] > expected.shape[1]) == (orientation >= 5)


def test_broken_exif_is_passed_over():
    data = encoded(Image.fromarray(COLOURS), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xffgarbage", quality=95)
    assert read_photo(data).shape == COLOURS.shape


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert read_photo(data)[3, 3].tolist() == pytest.approx([255, 0, 0], abs=3)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png(width: int, height: int) -> bytes:
    """A true PNG of one grey, a thousandth of its pixels in bytes."""
    squeeze, rows = zlib.compressobj(9), bytes(1 + width)
    body = b"".join([*(squeeze.compress(rows) for _ in range(height)), squeeze.flush()])
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def headers_of(width: int, height: int) -> dict[str, bytes]:
    """Files that claim a size and hold no pixel."""
    jpeg = encoded(Image.new("L", (8, 8)), "JPEG")
    place = jpeg.index(b"\xff\xc0") + 5
    bmp = bytearray(encoded(Image.new("RGB", (8, 8)), "BMP"))
    bmp[18:26] = struct.pack("<ii", width, height)
    gif = bytearray(encoded(Image.new("L", (8, 8)), "GIF"))
    gif[6:10] = struct.pack("<HH", min(width, 65535), min(height, 65535))
    vp8x = (
        b"VP8X" + struct.pack("<IB3x", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )
    return {
        "png": b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b""),
        "jpeg": jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :],
        "bmp": bytes(bmp),
        "gif": bytes(gif),
        "webp": b"RIFF" + struct.pack("<I", 4 + len(vp8x)) + b"WEBP" + vp8x,
    }


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "gif"])
@pytest.mark.parametrize("side", [7_100, 10_000, 14_000, 60_000])
def test_too_many_pixels_are_refused_by_the_header(kind, side):
    with pytest.raises(FormatError, match="at most 50,000,000 pixels"):
        read_photo(headers_of(side, side)[kind])


def test_a_hundred_megapixels_are_a_sentence_not_memory():
    data = huge_png(10_000, 10_000)
    assert len(data) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError, match="at most 50,000,000 pixels, got"):
        read_photo(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    assert np.array_equal(read_photo(huge_png(64, 32)), np.zeros((32, 64, 3)))


LIMITED = """
import resource, sys
from sketchlib.errors import FormatError
from sketchlib.io.photos import read_photo
read_photo(open(sys.argv[1], "rb").read())
resource.setrlimit(resource.RLIMIT_AS, (600_000_000, -1))
for path in sys.argv[2:]:
    try:
        read_photo(path)
    except FormatError as error:
        print(error)
"""


def test_hostile_headers_take_no_memory_and_no_warning(tmp_path):
    (tmp_path / "good.webp").write_bytes(encoded(Image.fromarray(COLOURS), "WEBP"))
    bad = []
    for side in (11_000, 16_000):
        for kind, data in headers_of(side, side).items():
            bad.append(str(tmp_path / f"{side}.{kind}"))
            Path(bad[-1]).write_bytes(data)
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "good.webp"), *bad]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [Path(path).name for path in bad]


def test_the_limits_themselves_are_allowed(monkeypatch):
    data = encoded(Image.fromarray(COLOURS), "PNG")
    monkeypatch.setattr(photos, "MAXIMUM_PHOTO_PIXELS", COLOURS.size // 3)
    monkeypatch.setattr(photos, "MAXIMUM_PHOTO_BYTES", len(data))
    assert np.array_equal(read_photo(data), COLOURS)
    monkeypatch.setattr(photos, "MAXIMUM_PHOTO_BYTES", len(data) - 1)
    with pytest.raises(FormatError, match="bytes"):
        read_photo(data)
    monkeypatch.setattr(photos, "MAXIMUM_PHOTO_PIXELS", COLOURS.size // 3 - 1)
    for refused in (data[:-1], COLOURS):
        with pytest.raises(FormatError, match="pixels"):
            as_photo(refused)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_cut_off_photo_is_a_sentence(kind, share, tmp_path):
    noise = RANDOM.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    path = tmp_path / f"cut.{kind.lower()}"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(FormatError, match=f"cut.{kind.lower()}: a photo is") as caught:
        read_photo(path)
    assert "\n" not in str(caught.value)


@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), st.data())
def test_flipped_bytes_give_a_photo_or_a_sentence(kind, data):
    whole = bytearray(encoded(Image.fromarray(COLOURS), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    told = ""
    try:
        found = as_photo(read_photo(bytes(whole)))
    except FormatError as error:
        told = str(error)
    else:
        assert found.size
    assert told.isprintable()


@pytest.mark.parametrize("kind", ["TIFF", "ICO", "PPM", "PDF"])
def test_other_formats_are_refused_whatever_their_suffix(kind, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(Image.fromarray(COLOURS), kind))
    with pytest.raises(FormatError, match=r"photo\.png: a photo is a PNG, JPEG, WebP, GIF or BMP"):
        read_photo(path)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    for path in (tmp_path, tmp_path / "missing.png"):
        with pytest.raises(FormatError, match="cannot be read"):
            read_photo(path)


@pytest.mark.parametrize(
    "wrong", [COLOURS[:, :, 0], COLOURS / 255, COLOURS[:0], np.dstack([COLOURS, COLOURS]), COLOURS.astype(np.int8)]
)
def test_pixels_are_checked(wrong):
    assert as_photo(COLOURS) is COLOURS
    with pytest.raises(FormatError, match="uint8"):
        as_photo(wrong)


def test_thumbnails_are_small_jpegs_of_the_same_shape():
    tall = COLOURS.repeat(20, 0).repeat(10, 1)
    image = Image.open(io.BytesIO(thumbnail(tall)))
    assert (image.format, image.size) == ("JPEG", (144, 192))
    whole = np.asarray(Image.fromarray(tall).resize((144, 192))).astype(float)
    assert np.abs(np.asarray(image) - whole).mean() < 8
    assert Image.open(io.BytesIO(thumbnail(COLOURS))).size == (48, 32)
