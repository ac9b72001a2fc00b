"""When did it know: which lines, which names, which words."""

import json
from itertools import pairwise

import numpy as np
import pytest

from demos.recognise.known import chart, finding, known_since, leading, named_at, prefixes, spread
from sketchlib.sketch import Sketch
from tests.demos.toys import CLASSES


def test_prefixes_are_all_strokes_or_evenly_chosen_ones_with_the_last():
    sketch = Sketch.from_points([[[0, i / 200]] for i in range(200)])
    counts, steps = prefixes(sketch.prefix(5))
    assert counts == [1, 2, 3, 4, 5]
    assert [step.ids for step in steps] == [sketch.ids[:n] for n in counts]
    counts, steps = prefixes(sketch)
    assert (len(counts), counts[0], counts[-1]) == (48, 1, 200)
    assert [len(step) for step in steps] == counts == sorted(set(counts))


@pytest.mark.parametrize(
    ("leaders", "since"), [([0], 0), ([1, 0], 1), ([0, 0, 0], 0), ([0, 1, 0], 2), ([2, 1, 1, 1], 1), ([1, 1, 2, 2], 2)]
)
def test_known_since_is_the_start_of_the_last_run(leaders, since):
    assert known_since(np.eye(3, dtype=np.float32)[leaders]) == since


def test_leading_ends_with_the_winner_and_leaves_out_the_negligible():
    chances = np.array([[0.02, 0.8, 0.12, 0.06, 0.0], [0.6, 0.3, 0.05, 0.05, 0.0]], np.float32)
    assert leading(chances)[-1] == 0
    assert set(leading(chances)) == {0, 1, 2}


def test_a_line_is_named_at_its_end_or_where_it_peaked_before_it_vanished():
    chances = np.array([[0.1, 0.7, 0.1], [0.2, 0.1, 0.6], [0.9, 0.02, 0.06]], np.float32)
    assert named_at(chances) == {2: [0, 2], 0: [1]}


def test_finding_in_words():
    assert finding("cat", [1], 0) == "cat leads after one stroke"
    assert finding("cat", [1, 2, 3], 0) == "cat led from the first stroke to the last"
    assert finding("cat", [1, 3, 5], 1) == "cat led from stroke 3 of 5 on"
    assert finding("cat", [1, 2, 3], 2) == "cat took the lead with the last of 3 strokes"


def test_spread_labels_keep_their_order_and_distance():
    heights = [50.0, 1.0, 1.0, 2.0, 90.0]
    placed = spread(heights)
    order = sorted(placed)
    assert min(b - a for a, b in pairwise(order)) >= 9
    assert np.argsort(placed, kind="stable").tolist() == np.argsort(heights, kind="stable").tolist()
    assert spread([10.0, 80.0]) == [10.0, 80.0]


def test_hostile_labels_are_escaped_in_the_chart():
    chances = np.array([[0.1, 0.1, 0.8]], np.float32)
    text = chart([1], chances, CLASSES).to_json()
    assert "<img" not in json.loads(text)["layout"]["title"]["subtitle"]["text"]
    assert all("<img" not in trace.name for trace in chart([1], chances, CLASSES).data)
    assert all("<" not in note.text for note in chart([1], chances, CLASSES).layout.annotations)
