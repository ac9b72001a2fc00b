"""Videos: what is on the frames, and that the files hold them."""

import io
import sys

import numpy as np
import pytest
from PIL import Image, ImageColor

from sketchlib.errors import InputError
from sketchlib.viz import order_colours, video
from sketchlib.viz.motion import moments, view_of
from sketchlib.viz.video import HEAD, HELD, RATE, STRIP, drawn_frames
from tests.viz.moves import history


def near(image, place, colour, reach=2):
    """Whether the colour is within some pixels of a place."""
    x, y = (round(float(value)) for value in place)
    part = np.asarray(image, dtype=int)[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return bool((np.abs(part - ImageColor.getrgb(colour)).sum(axis=2) < 12).any())


def test_every_frame_shows_each_stroke_in_its_colour_at_its_place():
    _, steps = history(iterations=10)
    frames = list(drawn_frames(steps, ["cat"], side=200, frames=6))
    assert [frame.size for frame in frames] == [(200, 200 + HEAD + STRIP)] * 6
    view, (first, second, dot) = view_of(steps), order_colours(3)
    for frame, moment in zip(frames, moments(10, 6), strict=True):
        shift = np.array([0.05 * moment, 0])
        middles = np.array([[0.2, 0.1], [0.3, 0.35], [0.2, 0.5]]) + shift
        for place, colour in zip(view.place(middles, 200) + np.array([0, HEAD]), (first, second, dot), strict=True):
            assert near(frame, place, colour)


def test_runs_are_small_multiples_in_a_square_grid():
    _, steps = history(iterations=3, runs=5)
    (frame,) = drawn_frames(steps, ["cat"] * 5, side=600, frames=1)
    assert frame.size == (600, 2 * (200 + HEAD) + STRIP)
    in_the_last = view_of(steps).place(np.array([[0.2, 0.1 + 0.4]]), 200)[0]
    assert near(frame, in_the_last + np.array([200, 2 * HEAD + 200]), order_colours(3)[0])


def test_an_mp4_is_h264_of_every_frame_with_the_last_one_held():
    av = pytest.importorskip("av")
    _, steps = history(iterations=10)
    with av.open(io.BytesIO(video(steps, ["cat"], "mp4", side=96, frames=12))) as container:
        (stream,) = container.streams.video
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.average_rate) == (96, RATE)
        assert sum(1 for _ in container.decode(stream)) == 12 + HELD


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_an_animation_repeats_and_holds_its_last_frame(kind):
    _, steps = history(iterations=10)
    with Image.open(io.BytesIO(video(steps, ["cat"], kind, side=96, frames=5))) as image:
        assert (image.format.lower(), image.n_frames, image.info["loop"]) == (kind, 5, 0)
        image.seek(4)
        image.load()
        assert image.info["duration"] == 1000 * HELD // RATE


def test_what_cannot_be_made_is_one_sentence(monkeypatch):
    _, steps = history(iterations=2)
    with pytest.raises(InputError, match="mp4, webp, gif, got 'avi'"):
        video(steps, ["cat"], "avi")
    with pytest.raises(InputError, match="at least one iteration"):
        video([], [])
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError, match="pip install av"):
        video(steps, ["cat"], "mp4", side=64, frames=1)
