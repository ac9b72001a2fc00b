"""What SketchXAINet reads, against loops over sketches, strokes and points."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pad_packed_sequence

from sketchlib.models.inputs import flat
from sketchlib.models.strokes import FlatSketches, StrokeBatch, keep_strokes, lengths, stroke_batch, thinned
from sketchlib.sketch import Sketch
from tests.network_oracle import normalised, offset_rows

coordinates = st.integers(0, 255)
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6)
drawings = st.lists(st.lists(strokes, min_size=1, max_size=5), min_size=1, max_size=4)


def arrays(drawing) -> list[np.ndarray]:
    return [np.array(stroke) / 255 for stroke in drawing]


def flattened(many) -> FlatSketches:
    return flat([Sketch.from_points(arrays(drawing)) for drawing in many])


def unpacked(batch: StrokeBatch) -> dict[tuple[int, int], list[list[float]]]:
    """Rows of each (sketch, slot), in the order they are packed."""
    rows: dict[tuple[int, int], list[list[float]]] = {}
    for row, slot in zip(batch.packed.data.tolist(), batch.slot_of_row.tolist(), strict=True):
        rows.setdefault(divmod(slot, batch.present.shape[1]), []).append(row)
    return rows


def nested(sketches: FlatSketches) -> list[list[list[list[float]]]]:
    """Sketches as lists of strokes of points."""
    result, first_stroke, first_point = [], 0, 0
    for last_stroke in sketches.sketch_ends.tolist():
        drawing = []
        for last_point in sketches.stroke_ends[first_stroke:last_stroke].tolist():
            drawing.append(sketches.points[first_point:last_point].tolist())
            first_point = last_point
        result.append(drawing)
        first_stroke = last_stroke
    return result


@given(drawings)
def test_rows_and_locations_are_those_of_the_equations(many):
    batch = stroke_batch(flattened(many))
    rows = unpacked(batch)
    assert batch.present.shape == (len(many), max(map(len, many)))
    for number, drawing in enumerate(many):
        placed = normalised(arrays(drawing))
        for slot in range(batch.present.shape[1]):
            here = slot < len(drawing)
            assert bool(batch.present[number, slot]) == here
            expected = placed[slot][0] if here else np.zeros(2)
            assert batch.location[number, slot].numpy() == pytest.approx(expected, abs=1e-6)
            if here:
                assert np.array(rows[number, slot]) == pytest.approx(offset_rows(placed[slot]), abs=1e-6)
            else:
                assert (number, slot) not in rows


@given(drawings)
def test_packing_is_longest_first_and_time_major(many):
    batch = stroke_batch(flattened(many))
    longest_first = sorted((len(stroke) for drawing in many for stroke in drawing), reverse=True)
    alive = [sum(length > time for length in longest_first) for time in range(longest_first[0])]
    assert batch.packed.batch_sizes.tolist() == alive
    padded, counts = pad_packed_sequence(batch.packed)
    assert counts.tolist() == longest_first
    for number, length in enumerate(longest_first):
        assert padded[:, number, 3].tolist() == [float(time == length - 1) for time in range(longest_first[0])]


def test_the_long_side_spans_148_and_the_short_side_is_centred():
    wide = [np.array([[10, 40], [210, 40]]) / 255, np.array([[110, 90]]) / 255]
    batch = stroke_batch(flat([Sketch.from_points(wide)]))
    assert batch.location[0].tolist() == [
        pytest.approx([-0.74, -0.185], abs=1e-6),
        pytest.approx([0.0, 0.185], abs=1e-6),
    ]
    assert batch.packed.data[:, :2].abs().max() == pytest.approx(1.48)


def test_a_single_dot_lies_in_the_centre():
    batch = stroke_batch(flat([Sketch.from_points([[[0.9, 0.2]]])]))
    assert batch.location.tolist() == [[[0.0, 0.0]]]
    assert batch.packed.data.tolist() == [[0.0, 0.0, 0.0, 1.0]]


@given(drawings, st.integers(1, 4))
def test_strokes_beyond_the_slots_are_as_if_never_drawn(many, slots):
    found = stroke_batch(flattened(many), slots)
    expected = stroke_batch(flattened([drawing[:slots] for drawing in many]), slots)
    assert torch.equal(found.packed.data, expected.packed.data)
    assert torch.equal(found.location, expected.location)
    assert torch.equal(found.slot_of_row, expected.slot_of_row)
    assert torch.equal(found.present, expected.present)


def test_the_published_network_has_196_slots():
    many = [[np.array([[number / 300, 0.0], [1.0, 1.0]]) for number in range(count)] for count in (196, 200)]
    batch = stroke_batch(flat([Sketch.from_points(drawing) for drawing in many]))
    assert batch.present.shape == (2, 196)
    assert batch.present.all()


@given(st.integers(1, 40), st.integers(2, 12))
def test_thinning_keeps_the_ends_and_spreads_the_rest_evenly(count, longest):
    line = FlatSketches(torch.arange(2.0 * count).view(-1, 2), torch.tensor([count]), torch.tensor([1]))
    kept = [int(point[0]) // 2 for point in nested(thinned(line, longest))[0][0]]
    assert len(kept) == min(count, longest)
    assert (kept[0], kept[-1]) == (0, count - 1)
    steps = set(np.diff(kept).tolist())
    assert not steps or (min(steps) >= 1 and max(steps) - min(steps) <= 1)


@given(drawings, st.integers(2, 4))
def test_thinning_leaves_short_strokes_and_neighbours_alone(many, longest):
    original = nested(flattened(many))
    for before, after in zip(original, nested(thinned(flattened(many), longest)), strict=True):
        assert len(before) == len(after)
        for stroke, kept in zip(before, after, strict=True):
            assert kept == stroke if len(stroke) <= longest else (kept[0], kept[-1]) == (stroke[0], stroke[-1])
            remaining = iter(stroke)
            assert all(point in remaining for point in kept)


def test_thinning_comes_after_the_normalisation():
    zigzag = np.array([[0.0, 0.0], [0.5, 1.0], [0.5, 0.0], [0.25, 0.0]])
    batch = stroke_batch(flat([Sketch.from_points([zigzag])]), longest=2)
    assert batch.location[0, 0].tolist() == pytest.approx([-0.37, -0.74], abs=1e-6)
    assert batch.packed.data.tolist() == [[0, 0, 1, 0], [pytest.approx(0.37), 0, 0, 1]]


@given(drawings, st.data())
def test_kept_strokes_are_those_chosen(many, data):
    keep = [data.draw(st.lists(st.booleans(), min_size=len(each), max_size=len(each)).filter(any)) for each in many]
    found = nested(keep_strokes(flattened(many), torch.tensor([kept for each in keep for kept in each])))
    expected = [
        [stroke for stroke, kept in zip(drawing, chosen, strict=True) if kept]
        for drawing, chosen in zip(nested(flattened(many)), keep, strict=True)
    ]
    assert found == expected


@given(drawings)
def test_boxes_and_indices_are_those_of_loops(many):
    sketches = flattened(many)
    low, high = sketches.boxes()
    strokes_in_order = [(number, stroke) for number, drawing in enumerate(many) for stroke in drawing]
    for number, drawing in enumerate(many):
        points = np.concatenate(arrays(drawing))
        assert low[number].numpy() == pytest.approx(points.min(axis=0), abs=1e-6)
        assert high[number].numpy() == pytest.approx(points.max(axis=0), abs=1e-6)
    assert sketches.strokes_per_sketch.tolist() == [len(drawing) for drawing in many]
    assert sketches.stroke_lengths.tolist() == [len(stroke) for _, stroke in strokes_in_order]
    assert sketches.sketch_of_stroke.tolist() == [number for number, _ in strokes_in_order]
    assert sketches.stroke_of_point.tolist() == [
        index for index, (_, stroke) in enumerate(strokes_in_order) for _ in stroke
    ]


@given(drawings, st.floats(0.1, 2), st.floats(-1, 1))
def test_fitted_sketches_span_what_was_asked_around_the_centre(many, span, centre):
    low, high = flattened(many).fitted(span, centre).boxes()
    assert ((low + high) / 2).numpy() == pytest.approx(np.full((len(many), 2), centre), abs=1e-5)
    for number, drawing in enumerate(many):
        long_side = np.ptp(np.concatenate(arrays(drawing)), axis=0).max()
        assert float((high - low)[number].max()) == pytest.approx(span if long_side > 0 else 0.0, abs=1e-5)


def test_lengths_are_differences_of_ends():
    assert lengths(torch.tensor([2, 3, 7])).tolist() == [2, 1, 4]


def test_a_batch_moves_as_a_whole():
    moved = stroke_batch(flattened([[[(0, 0), (9, 9)]]])).to(torch.device("meta"))
    assert {part.device.type for part in (moved.packed.data, moved.slot_of_row, moved.location, moved.present)} == {
        "meta"
    }
