"""What a drawing finds, against distances taken one by one."""

import pytest

from demos.retrieve.answers import NEXT, SHOWN, TEACHER_GFLOPS, Wish, answer, ranks, sights
from demos.ui import photos as engine
from sketchlib.cli.evaluate_retrieve import PUBLISHED
from sketchlib.errors import InputError
from sketchlib.io import from_pad
from sketchlib.retrieval.canvas import student_flops
from sketchlib.retrieval.lines import CANVASES, sketch_lines
from tests.demos.retrieve.furniture import CHAIR, NAMES, image

SKETCH = from_pad(CHAIR)


def far(vector, gallery):
    """Distance of every photo by name."""
    rows = zip(gallery.names, gallery.vectors, strict=True)
    return {
        name: sum((float(a) - float(b)) ** 2 for a, b in zip(vector, row, strict=True)) ** 0.5 for name, row in rows
    }


def by_hand(sketch, network, gallery, canvas):
    distances = far(network.embed_sketches([sketch], canvas)[0], gallery)
    return sorted(distances, key=distances.get), distances


def test_the_nearest_photos_come_with_their_distances(shop, network):
    found = answer(SKETCH, 5, Wish(canvas=64))
    names, distances = by_hand(SKETCH, network, shop, 64)
    assert [name for name, _ in found["top"]] == names[:SHOWN]
    assert [near for _, near in found["top"]] == pytest.approx([distances[name] for name in names[:SHOWN]], abs=1e-3)
    assert found["next"] == names[SHOWN:NEXT]
    assert (found["rev"], found["photos"], found["strokes"], found["gallery"]) == (5, 12, 3, "")
    assert "one drawing" in found["note"]


def test_the_targets_rank_counts_those_no_farther_and_its_twins_too(shop, network):
    names, _ = by_hand(SKETCH, network, shop, 32)
    found = answer(SKETCH, 5, Wish(aim=NAMES[0], canvas=32))
    assert found["rank"] == names.index(NAMES[0]) + 1
    assert found["kin"] == [[NAMES[1], "seat width", names.index(NAMES[1]) + 1]]
    assert answer(SKETCH, 5, Wish(aim="nobody.jpg"))["rank"] is None
    assert answer(SKETCH, 5, Wish())["kin"] == []


def test_auto_glances_then_reads_as_the_selector_says_and_says_what_it_costs(shop, network):
    found, query = answer(SKETCH, 5, Wish()), network.query(SKETCH, photos=shop)
    assert found["looks"] == query.looks
    assert found["canvas"] == query.canvas == query.looks[-1]
    assert found["chances"] == pytest.approx(network.query(SKETCH).probabilities)
    assert found["gflops"] == pytest.approx(query.flops / 1e9)
    assert answer(SKETCH, 5, Wish(canvas=32))["gflops"] == pytest.approx(student_flops()[0] / 1e9)
    assert found["most_gflops"] == pytest.approx(student_flops()[3] / 1e9)
    assert found["milliseconds"] > 0


def test_the_teachers_price_is_the_published_one():
    assert f"{TEACHER_GFLOPS:.2f}" in {row[-1] for row in PUBLISHED}


@pytest.mark.parametrize("canvas", [None, 64])
def test_ranks_are_those_of_every_prefix_drawn_alone(shop, network, canvas):
    found = ranks(SKETCH, Wish(aim=NAMES[4], canvas=canvas))
    assert [count for count, _ in found] == [1, 2, 3]
    for count, rank in found:
        part = SKETCH.prefix(count)
        names, _ = by_hand(part, network, shop, canvas or network.query(part, photos=shop).canvas)
        assert rank == names.index(NAMES[4]) + 1


def test_without_a_target_there_is_no_curve(shop):
    assert ranks(SKETCH, Wish()) == ranks(SKETCH, Wish(aim="nobody.jpg")) == []


def test_long_drawings_are_asked_at_most_48_times(shop):
    stroke = [[10, 10], [200, 40]]
    long = from_pad({"strokes": [{"id": place, "pts": stroke} for place in range(100)]})
    counts = [count for count, _ in ranks(long, Wish(aim=NAMES[0], canvas=32))]
    assert len(counts) == 48
    assert (counts[0], counts[-1]) == (1, 100)


def test_sights_are_what_the_network_reads():
    for side, picture in zip(CANVASES, sights(SKETCH), strict=True):
        ink = 1 - image(picture) / 255
        assert ink == pytest.approx(sketch_lines([SKETCH], side)[0, 0].numpy(), abs=0.003)


def test_the_canvases_of_the_page_are_the_librarys():
    assert engine.CANVASES == CANVASES


@pytest.mark.parametrize("canvas", ["48", 1.5, "-32", [64], "64; drop"])
def test_an_unknown_canvas_is_refused(canvas):
    with pytest.raises(InputError, match="one of 32, 64, 128, 256 pixels, got"):
        Wish.read({"canvas": canvas})


@pytest.mark.parametrize("payload", [None, 5, [], {}, {"canvas": None, "aim": None, "gallery": None}])
def test_nothing_wished_for_is_the_gallery_that_ships(payload):
    assert Wish.read(payload) == Wish()
