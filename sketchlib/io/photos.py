"""Photos from files and uploads: the only door for images nobody has looked at."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError
from sketchlib.io.limits import MAXIMUM_PHOTO_BYTES, MAXIMUM_PHOTO_PIXELS, brief, file_bytes, placed

if TYPE_CHECKING:
    from PIL import Image

Photo = NDArray[np.uint8]
"""(height, width, 3): upright, red green blue."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 192, 80


@dataclass(frozen=True, eq=False)
class PhotoFile:
    """A photo somewhere, not read yet.

    name: fit to print, with / between folders.
    read: its bytes, or its pixels when it never was a file; raises InputError when it cannot be had.
    """

    name: str
    read: Callable[[], bytes | Photo]


def read_photo(source: str | Path | bytes) -> Photo:
    """The pixels of a PNG, JPEG, WebP, GIF or BMP file, told apart by content.

    Turned upright by its EXIF orientation; what is transparent is white; of an animation the first frame; 16 bits
    become 8. Raises FormatError, with the file's name, for other formats, damage, and sizes beyond the limits; the
    number of pixels is read from the header, before memory is taken for them.
    """
    if isinstance(source, bytes):
        return _decoded(source)
    path = Path(source)
    with placed(path.name):
        return _decoded(file_bytes(path, MAXIMUM_PHOTO_BYTES))


def as_photo(content: bytes | Photo) -> Photo:
    """What a `PhotoFile` gives, as pixels. Raises FormatError for bytes and arrays that are no photo."""
    if isinstance(content, bytes):
        return _decoded(content)
    if content.dtype != np.uint8 or content.ndim != 3 or content.shape[2] != 3 or not content.size:
        raise FormatError(f"a photo is uint8 of (height, width, 3), got {content.dtype} of {content.shape}")
    _check_pixels(content.shape[1], content.shape[0])
    return content


def thumbnail(photo: Photo) -> bytes:
    """A JPEG whose long side is at most THUMBNAIL_SIDE pixels."""
    from PIL import Image

    picture, file = Image.fromarray(photo), io.BytesIO()
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    picture.save(file, "JPEG", quality=THUMBNAIL_QUALITY)
    return file.getvalue()


def check_name(name: str) -> None:
    """Raise FormatError for a name that cannot be printed as it is: control characters, undecodable bytes."""
    if not name.isprintable():
        raise FormatError("a photo's name is printable text, got control or undecodable characters")


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAXIMUM_PHOTO_PIXELS:
        raise FormatError(f"a photo has at most {MAXIMUM_PHOTO_PIXELS:,} pixels, got {width:,} x {height:,}")


def _decoded(data: bytes) -> Photo:
    if len(data) > MAXIMUM_PHOTO_BYTES:
        raise FormatError(f"a photo has at most {MAXIMUM_PHOTO_BYTES:,} bytes, got {len(data):,}")
    from PIL import Image, UnidentifiedImageError

    try:
        with _opened(data) as image:
            _check_pixels(*image.size)
            image.load()
            upright = _UPRIGHT.get(_orientation(image), np.asarray)
            return np.ascontiguousarray(upright(_on_white(image)))
    except FormatError:
        raise
    except UnidentifiedImageError:
        raise FormatError("a photo is a PNG, JPEG, WebP, GIF or BMP file, got another or a damaged one") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FormatError(f"a photo has at most {MAXIMUM_PHOTO_PIXELS:,} pixels, got more") from None
    # A hostile file can make a decoder raise anything, and none of it is worth more than this sentence.
    except Exception as error:
        raise FormatError(f"a photo is a whole file, got a damaged one ({brief(error)})") from error


def _opened(data: bytes) -> "Image.Image":
    from PIL import Image

    with warnings.catch_warnings():
        # Between one and two times Pillow's own limit it only warns.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        return Image.open(io.BytesIO(data), formats=FORMATS)


def _on_white(image: "Image.Image") -> Photo:
    from PIL import Image

    if image.mode.startswith("I"):
        # Pillow would cut 16-bit grey off at 255.
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        colours = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours)
    return np.array(image.convert("RGB"))


def _orientation(image: "Image.Image") -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    # Cameras write broken EXIF blocks around good pixels.
    except Exception:
        return 1


_UPRIGHT: dict[int, Callable[[Photo], Photo]] = {
    2: lambda photo: photo[:, ::-1],
    3: lambda photo: photo[::-1, ::-1],
    4: lambda photo: photo[::-1],
    5: lambda photo: photo.transpose(1, 0, 2),
    6: lambda photo: np.rot90(photo, -1),
    7: lambda photo: photo[::-1, ::-1].transpose(1, 0, 2),
    8: lambda photo: np.rot90(photo),
}
"""What undoes each EXIF orientation; 1 is upright."""
