"""Pairs to learn from: what belongs together stays together, and the same generator gives the same batch."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from sketchlib.data.augment import Augmentation
from sketchlib.data.collection import take
from sketchlib.io.photos import read_photo
from sketchlib.retrieval.lines import SPAN, photo_lines, sketch_lines
from sketchlib.train.retrieval import pools
from sketchlib.train.retrieval.pools import (
    EDGES,
    PHOTO,
    Bend,
    Pool,
    bend,
    joined,
    pair_batch,
    pool_of,
    redrawn,
    sketched,
)
from sketchlib.train.retrieval.teacher import pool_batch
from tests.train.retrieval.toys import pairs

STILL = Bend(0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    return pairs(tmp_path_factory.mktemp("pools"))


@pytest.fixture(scope="module")
def human(toys) -> Pool:
    return pool_of(toys.photos, 64, sketched(toys))


@pytest.fixture
def still(monkeypatch):
    """Nothing is distorted but by the mirror."""
    monkeypatch.setattr(pools, "STROKES", Augmentation.none())
    monkeypatch.setattr(pools, "PHOTO", STILL)
    monkeypatch.setattr(pools, "PSEUDO", STILL)


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def mirrored(images: Tensor) -> Tensor:
    return images.flip(-1)


def test_a_pool_holds_each_photos_lines_in_all_variants(toys, human):
    assert len(human) == 4
    assert human.lines.shape == (4, len(EDGES), 64, 64)
    assert human.lines.dtype == torch.uint8
    for number, path in enumerate(toys.photos):
        for variant, settings in enumerate(EDGES):
            full = photo_lines(read_photo(path), *settings)
            expected = cv2.resize(full, (64, 64), interpolation=cv2.INTER_AREA)
            assert np.array_equal(human.lines[number, variant].numpy(), expected)


def test_collected_sketches_keep_their_coordinates_and_photos(toys):
    found = sketched(toys)
    assert found.labels.tolist() == list(toys.photo_of)
    points = take(found, torch.arange(len(toys.sketches))).points.numpy()
    expected = np.concatenate([stroke.points for sketch in toys.sketches for stroke in sketch])
    assert points == pytest.approx(expected, abs=1e-6)


def test_lines_are_redrawn_differently_each_time_and_the_same_with_the_seed(toys):
    one, same, other = (redrawn(toys, 3, seed) for seed in (1, 1, 2))
    assert one.labels.tolist() == [photo for photo in toys.photo_of for _ in range(3)]
    assert np.array_equal(one.points, same.points)
    assert one.points.shape != other.points.shape or not np.array_equal(one.points, other.points)
    first, second = (take(one, torch.tensor([number])).points for number in (0, 1))
    assert first.shape != second.shape or not torch.equal(first, second)


@pytest.mark.parametrize("alone", [False, True])
def test_the_same_generator_gives_the_same_batch(human, alone):
    pool = Pool(human.lines, None) if alone else human
    one, same, other = (pair_batch(pool, 3, (32, 64), seeded(seed)) for seed in (5, 5, 6))
    assert torch.equal(one.photos, same.photos)
    assert all(torch.equal(one.sketches[side], same.sketches[side]) for side in (32, 64))
    assert not torch.equal(one.photos, other.photos)
    assert not torch.equal(one.sketches[64], other.sketches[64])


@pytest.mark.parametrize("alone", [False, True])
def test_a_batch_has_the_sides_and_counts_asked_for(human, alone):
    pool = Pool(human.lines, None) if alone else human
    batch = pair_batch(pool, 3, (32, 96), seeded())
    assert len(batch) == 3
    assert {side: tuple(images.shape) for side, images in batch.sketches.items()} == {
        32: (3, 1, 32, 32),
        96: (3, 1, 96, 96),
    }
    assert batch.photos.shape == (3, 1, 64, 64)
    for images in (batch.photos, *batch.sketches.values()):
        assert images.dtype == torch.float32
        assert 0 <= float(images.min()) <= float(images.max()) <= 1
        assert (images.flatten(1).sum(dim=1) > 0).all()


def which(image: Tensor, candidates: Tensor) -> tuple[int, bool, float]:
    """(number, whether mirrored, distance) of the candidate most like the image."""
    both = torch.cat([candidates, mirrored(candidates)])
    away = (both - image).abs().mean(dim=(1, 2, 3))
    best = int(away.argmin())
    return best % len(candidates), best >= len(candidates), float(away.min())


def test_a_sketch_and_its_photo_are_a_pair_and_mirrored_together(toys, human, still, monkeypatch):
    """Nothing else distorted but the width of a line, each image is one of the pool's, or its mirror image."""
    monkeypatch.setattr(pools, "EDGES", EDGES[:1])
    pool = Pool(human.lines[:, :1], human.drawings)
    drawings, photos = sketch_lines(toys.sketches, 64), pool.lines.float() / 255
    seen = set()
    for seed in range(20):
        batch = pair_batch(pool, 4, (64,), seeded(seed))
        found = set()
        for sketch, photo in zip(batch.sketches[64], batch.photos, strict=True):
            drawing, turned, away = which(sketch, drawings)
            number, flipped, off = which(photo, photos)
            assert off < 0.001
            assert away < 0.04
            assert toys.photo_of[drawing] == number
            assert turned == flipped
            found.add(number)
            seen.add((drawing, turned))
        assert len(found) == 4
    assert seen == {(drawing, turned) for drawing in range(8) for turned in (False, True)}


def test_each_drawing_of_a_photo_is_as_likely(toys):
    """Photo 0 has three drawings, photo 1 one: 1/3 each of 600 draws, and never another photo's."""
    chosen = [number for number, photo in enumerate(toys.photo_of) if photo in (0, 1)]
    fewer = replace(toys, sketches=tuple(toys.sketches[i] for i in [*chosen, 0]), photo_of=(0, 1, 0, 1, 0))
    collection = sketched(fewer)
    found = pools._any_drawing(collection, torch.tensor([0, 1] * 300), seeded())
    first = found.points[(found.stroke_ends - found.stroke_lengths)[found.sketch_ends - found.strokes_per_sketch]]
    own = [sketch[0].points[0] for sketch in fewer.sketches]
    counts = {0: 0, 2: 0}
    for number, point in enumerate(first.numpy()):
        drawn = [place for place, start in enumerate(own) if np.abs(point - start).max() < 1e-6]
        assert {fewer.photo_of[place] for place in drawn} == {number % 2}
        counts[drawn[0]] = counts.get(drawn[0], 0) + (number % 2 == 0)
    # Sketches 0 and 4 are the same drawing: two thirds of the draws.
    assert counts[0] / 300 == pytest.approx(2 / 3, abs=0.11)
    assert counts[2] / 300 == pytest.approx(1 / 3, abs=0.11)


def test_the_mirror_is_tossed_once_a_pair(human):
    """Lines on the left of the photo are on the same side of its pseudo-sketch, other distortions being small."""
    lines = torch.zeros(40, len(EDGES), 64, 64, dtype=torch.uint8)
    lines[:, :, 20:44, 8:20] = 255
    batch = pair_batch(Pool(lines, None), 40, (64,), seeded())
    left = [images[:, 0, :, :32].sum(dim=(1, 2)) > images[:, 0, :, 32:].sum(dim=(1, 2)) for images in both(batch)]
    assert torch.equal(*left)
    assert 8 <= int(left[0].sum()) <= 32


def both(batch) -> tuple[Tensor, Tensor]:
    return batch.sketches[64], batch.photos


def test_a_photo_alone_is_asked_about_by_another_variant_of_its_edges(still):
    """Variant v of each photo is all v + 1: the sketch of a pair is never of the photo's own variant."""
    lines = torch.arange(1, len(EDGES) + 1, dtype=torch.uint8)[None, :, None, None].repeat(30, 1, 8, 8)
    batch = pair_batch(Pool(lines, None), 30, (8,), seeded())
    shown, asked = (255 * batch.photos[:, 0, 4, 4]).round(), (255 * batch.sketches[8][:, 0, 4, 4]).round()
    assert not (shown == asked).any()
    assert set(shown.tolist()) == set(asked.tolist()) == set(range(1, len(EDGES) + 1))


def test_a_pool_with_fewer_photos_gives_all_and_an_empty_one_none(human):
    assert len(pair_batch(human, 100, (32,), seeded())) == 4
    empty = Pool(human.lines[:0], None)
    assert len(pool_batch([human, empty], (3, 5), (32,), (0, 0, 0))) == 3


def test_batches_are_joined_in_the_order_of_the_pools(human):
    one, other = (pair_batch(human, 2, (32, 64), seeded(seed)) for seed in (1, 2))
    both = joined([one, other])
    assert torch.equal(both.photos, torch.cat([one.photos, other.photos]))
    assert torch.equal(both.sketches[32], torch.cat([one.sketches[32], other.sketches[32]]))
    assert both.to(torch.device("meta")).sketches[64].device.type == "meta"


def test_a_key_gives_its_batch(human):
    keys = [(0, 0, 1), (0, 0, 1), (0, 0, 2), (0, 1, 1), (1, 0, 1)]
    batches = [pool_batch([human], (3,), (32,), key).photos for key in keys]
    assert torch.equal(batches[0], batches[1])
    assert all(not torch.equal(batches[0], other) for other in batches[2:])


# --- bending


def bar() -> Tensor:
    """An upright bar left of the middle, on three images."""
    images = torch.zeros(3, 1, 64, 64)
    images[:, :, 16:48, 12:20] = 1
    return images


def centre(image: Tensor) -> np.ndarray:
    rows, columns = np.meshgrid(np.arange(64) + 0.5, np.arange(64) + 0.5, indexing="ij")
    ink = image[0].double().numpy()
    return np.array([(columns * ink).sum(), (rows * ink).sum()]) / ink.sum() / 64


def test_what_is_not_bent_is_the_image_or_its_mirror_image():
    mirror = torch.tensor([False, True, False])
    found = bend(bar(), STILL, mirror, seeded())
    expected = bar()
    expected[1] = mirrored(expected[1])
    assert (found - expected).abs().max() < 1e-4


def centres(**change: float) -> np.ndarray:
    """Where 200 bent bars lie, from the middle of the canvas; the straight one is at (-1/4, 0)."""
    found = bend(bar()[:1].repeat(200, 1, 1, 1), replace(STILL, **change), torch.zeros(200).bool(), seeded())
    return np.array([centre(image) - 0.5 for image in found])


def test_shifts_are_uniform_up_to_their_size():
    moved = centres(shift=0.05) - [-0.25, 0]
    assert np.abs(moved).max() <= 0.051
    assert moved.std(axis=0) == pytest.approx(np.full(2, 0.05 / np.sqrt(3)), rel=0.15)


def test_rotations_are_uniform_up_to_their_angle_about_the_middle():
    found = centres(rotation=10.0)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.full(200, 0.25), abs=0.004)
    angles = np.degrees(np.arctan2(found[:, 1], -found[:, 0]))
    assert np.abs(angles).max() <= 10.3
    assert angles.std() == pytest.approx(10 / np.sqrt(3), rel=0.15)


def test_sizes_are_uniform_in_the_logarithm():
    found = centres(scale=0.1)
    assert np.abs(found[:, 1]).max() < 0.002
    logarithms = np.log(found[:, 0] / -0.25)
    assert np.abs(logarithms).max() <= 0.103
    assert logarithms.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.15)


def test_a_warp_is_smooth_and_small():
    images = F.interpolate(torch.rand(8, 1, 6, 6, generator=seeded()), size=64, mode="bilinear")
    found = bend(images, replace(STILL, warp=0.01), torch.zeros(8, dtype=torch.bool), seeded())
    assert 0.002 < float((found - images).abs().mean()) < 0.05


def test_what_is_erased_is_one_rectangle_of_at_most_the_share():
    images = torch.ones(300, 1, 64, 64)
    found = bend(images, replace(STILL, erased=0.25), torch.zeros(300, dtype=torch.bool), seeded())[:, 0].round()
    assert set(found.unique().tolist()) == {0.0, 1.0}
    sizes = []
    for image in found:
        rows, columns = torch.nonzero(image == 0, as_tuple=True)
        if len(rows):
            height, width = rows.max() - rows.min() + 1, columns.max() - columns.min() + 1
            assert int((image == 0).sum()) == height * width
            sizes += [int(height), int(width)]
    assert 12 <= max(sizes) <= 17


def test_a_pseudo_sketch_is_bent_more_than_its_photo():
    assert all(getattr(pools.PSEUDO, name) > getattr(PHOTO, name) for name in ("rotation", "scale", "shift", "warp"))


def test_a_drawn_sketch_fills_its_frame(human):
    """Its long side is SPAN, a scale of 8 per cent more or less."""
    rows = pair_batch(human, 4, (64,), seeded()).sketches[64][:, 0] > 0.5
    long = rows.any(dim=1).sum(dim=1).maximum(rows.any(dim=2).sum(dim=1)) / 64
    assert (long >= 0.92 * SPAN).all()
    assert (long <= 1.08 * SPAN + 2 / 64).all()
