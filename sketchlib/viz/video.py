"""An inversion as a video: small multiples of the runs, strokes coloured by order, trails of where each came from.

Lines are drawn by `sketchlib.raster`, which is both sharper and faster here than doubling an image and halving it.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from math import ceil, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from sketchlib.errors import InputError
from sketchlib.raster import render_flat
from sketchlib.viz.colours import blend
from sketchlib.viz.motion import History, View, checked, drawing_at, moments, trails, view_of
from sketchlib.viz.order import order_colours
from sketchlib.viz.picture import INK, PAPER, QUIET

Array = NDArray[np.float64]
Kind = Literal["mp4", "webp", "gif"]
KINDS: tuple[Kind, ...] = ("mp4", "webp", "gif")

RATE = 20
"""Frames a second."""
HELD = 20
"""How often the last frame is shown."""
HEAD, STRIP = 22, 30
"""Height of the caption above each drawing and of the line under them all, pixels."""
LINE, TRAIL, SOFTNESS = 0.016, 0.005, 1.0
"""Line widths as a share of a drawing's side; softness in pixels."""
WIDE = 180
"""Pixels a drawing needs for a caption of more than one name."""
FAINT = "#d9d5cb"


def video(history: History, targets: Sequence[str], kind: Kind = "mp4", side: int = 384, frames: int = 100) -> bytes:
    """The file of a video of `frames` frames, the last one held; at most `side` pixels wide.

    history: per iteration, one step of each run. targets: class each run is pulled towards. kind: mp4 is H.264 and
    needs PyAV. Raises InputError: nothing to show, a kind that is not known, PyAV is missing.
    """
    if kind not in KINDS:
        raise InputError(f"a video is one of {', '.join(KINDS)}, got {str(kind)[:40]!r}")
    pictures = list(drawn_frames(checked(history), targets, side, frames))
    pictures += [pictures[-1]] * (HELD if kind == "mp4" else 0)
    return mp4(pictures) if kind == "mp4" else animation(pictures, kind)


def best_kind() -> Kind:
    """mp4 where PyAV is there to write it, else webp."""
    return "mp4" if find_spec("av") else "webp"


def drawn_frames(history: History, targets: Sequence[str], side: int = 384, frames: int = 100) -> Iterator[Image.Image]:
    """RGB images, both sides even, evenly spaced in log(1 + iteration)."""
    runs = len(history[0])
    columns = ceil(sqrt(runs))
    cell = side // columns // 2 * 2
    size = (cell * columns, (cell + HEAD) * ceil(runs / columns) + STRIP)
    view = view_of(history)
    panels = [_Panel(history, run, targets[run], view, cell) for run in range(runs)]
    for moment in moments(len(history) - 1, frames):
        page = Image.new("RGB", size, PAPER)
        for run, panel in enumerate(panels):
            page.paste(panel.at(float(moment)), (run % columns * cell, run // columns * (cell + HEAD) + HEAD))
            panel.write(page, (run % columns * cell, run // columns * (cell + HEAD)), float(moment))
        _write_strip(page, int(moment + 1e-9), len(history) - 1, float(moment))
        yield page


@dataclass(eq=False)
class _Panel:
    """One run's square; what does not change from frame to frame is made once."""

    history: History
    run: int
    target: str
    view: View
    cell: int

    def __post_init__(self) -> None:
        ids = self.history[0][self.run].sketch.ids
        self.colours = dict(zip(ids, order_colours(len(ids)), strict=True))
        self.faint = {identity: blend(PAPER, colour, 0.45) for identity, colour in self.colours.items()}
        self.trails = trails(self.history, self.run)

    def at(self, moment: float) -> Image.Image:
        """The square at an iteration, fractions allowed."""
        picture = Image.new("RGB", (self.cell, self.cell), PAPER)
        pen = ImageDraw.Draw(picture)
        (left, top), (right, bottom) = self.view.place(np.array([[0, 0], [1, 1]]), self.cell).tolist()
        pen.rectangle((left, top, right, bottom), outline=FAINT)
        sketch = drawing_at(self.history, self.run, moment)
        past = [np.concatenate([self.trails[stroke.id][: int(moment) + 1], stroke.points[:1]]) for stroke in sketch]
        self._lines(picture, past, [self.faint[identity] for identity in sketch.ids], TRAIL)
        self._lines(picture, [stroke.points for stroke in sketch], [self.colours[each] for each in sketch.ids], LINE)
        return picture

    def write(self, page: Image.Image, corner: tuple[int, int], moment: float) -> None:
        """Above the drawing: the target's probability, and the current top-1 where it differs and there is room."""
        step = self.history[int(moment + 1e-9)][self.run]
        words = f"{self.target} {step.target:.1%}"
        if step.top != self.target and self.cell >= WIDE:
            words = f"{words} ({step.top})"
        ImageDraw.Draw(page).text((corner[0] + 8, corner[1] + 5), words, INK, _font(15 if self.cell >= WIDE else 11))

    def _lines(self, picture: Image.Image, lines: list[Array], colours: list[str], width: float) -> None:
        """Each line inked by the raster and laid on the picture in its colour, cut to where it is."""
        placed = [self.view.place(points, 1.0) for points in lines]
        ends = np.cumsum([len(points) for points in placed])
        flat, count = np.concatenate(placed).astype(np.float32), np.arange(1, len(placed) + 1)
        for points, ink, colour in zip(
            placed, render_flat(flat, ends, count, self.cell, width, SOFTNESS / self.cell), colours, strict=True
        ):
            low = np.clip((points.min(axis=0) - width) * self.cell - 1, 0, self.cell).astype(int)
            high = np.clip((points.max(axis=0) + width) * self.cell + 2, 0, self.cell).astype(int)
            if (low < high).all():
                cut = ink[low[1] : high[1], low[0] : high[0]]
                mask = Image.fromarray(np.rint(255 * cut).astype(np.uint8))
                picture.paste(ImageColor.getrgb(colour), (int(low[0]), int(low[1])), mask)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _write_strip(page: Image.Image, iteration: int, last: int, moment: float) -> None:
    """Under the drawings: which iteration this is, and how far it is on the way."""
    pen, (width, height) = ImageDraw.Draw(page), page.size
    pen.text((8, height - 23), f"iteration {iteration} of {last}", QUIET, _font(13))
    left, right, y = 150, width - 10, height - 15
    pen.line((left, y, right, y), FAINT, 3)
    share = np.log1p(moment) / np.log1p(last) if last else 1.0
    pen.line((left, y, left + (right - left) * share, y), INK, 3)


def mp4(pictures: Iterable[Image.Image]) -> bytes:
    """H.264 (yuv420p) in an mp4 at RATE frames a second. Raises InputError where PyAV is missing."""
    try:
        import av
    except ImportError:
        raise InputError("an mp4 is written by PyAV, got none: pip install av, or choose webp") from None
    pictures, file = list(pictures), io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20", "preset": "veryfast"})
        stream.width, stream.height = pictures[0].size
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, RATE)
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def animation(pictures: Iterable[Image.Image], kind: Kind = "webp") -> bytes:
    """The same as an animated WebP or GIF that repeats, its last frame held."""
    first, *others = pictures
    times = [1000 // RATE] * len(others) + [1000 * HELD // RATE]
    file = io.BytesIO()
    settings = {"quality": 80, "method": 2} if kind == "webp" else {"optimize": False}
    first.save(file, kind, save_all=True, append_images=others, duration=times, loop=0, **settings)
    return file.getvalue()
