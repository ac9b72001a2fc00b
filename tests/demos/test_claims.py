"""What is said about every example is true for the model that ships: each fact is asked for again, plainly."""

import json
from itertools import islice

import pytest

from demos import assist, attack, inversion, recognise, retrieve, shapes
from demos.assist.drawings.draw import MIXED
from demos.assist.marks import aim_of, reader_of_drawings
from demos.retrieve.answers import Wish, ranks
from demos.shapes.shipped import clusters_of
from demos.ui import examples, first_model, shelf
from demos.ui.claims import SENTENCES, told, with_claims
from demos.ui.photos import shipped
from sketchlib.assist import assist as judged
from sketchlib.inversion import Run, invert_batch
from sketchlib.io import from_pad
from sketchlib.shapes import embed, redrawn
from sketchlib.sketch import Sketch

ROUNDED, NEAR = 0.006, 0.02
TABS = {
    "recognise": (recognise, examples()),
    "inversion": (inversion, examples()),
    "attack": (attack, attack.drawings()),
    "retrieve": (retrieve, examples(retrieve.EXAMPLES)),
    "assist": (assist, examples(assist.EXAMPLES)),
    "shapes": (shapes, examples()),
}


def facts(tab):
    return json.loads((TABS[tab][0].FOLDER / "claims.json").read_text())


def about(tab, *kinds):
    """(sketch, fact) of the examples of a tab that have a fact of these kinds."""
    drawn = {each["name"]: from_pad({"strokes": each["strokes"]}) for each in TABS[tab][1]}
    found = [pytest.param(drawn[name], fact, id=name) for name, fact in facts(tab).items() if fact["kind"] in kinds]
    assert found
    return found


@pytest.fixture(scope="module")
def model():
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    return shelf.get(first_model())


def seen(model, sketch):
    row = model.probabilities([sketch])[0]
    return model.classes[int(row.argmax())], float(row.max())


@pytest.mark.parametrize("tab", TABS)
def test_every_example_has_one_short_sentence(tab):
    drawn = with_claims(TABS[tab][1], TABS[tab][0].FOLDER)
    assert {each["name"] for each in drawn} == set(facts(tab))
    for each in drawn:
        assert 20 < len(each["says"]) <= 110
        assert each["says"].endswith(".")
        assert "{" not in each["says"]


def test_no_kind_of_fact_is_without_an_example():
    assert {fact["kind"] for tab in TABS for fact in facts(tab).values()} == set(SENTENCES)


def test_an_example_of_which_nothing_is_known_says_nothing(tmp_path):
    (tmp_path / "claims.json").write_text('{"a": {"kind": "careless", "top": "cat", "chance": 0.9}}')
    one, two = with_claims([{"name": "a", "strokes": []}, {"name": "b", "strokes": []}], tmp_path)
    assert one["says"] == "Its strokes scattered over the canvas still read as cat, 90%."
    assert two["says"] == ""


@pytest.mark.parametrize(("sketch", "fact"), about("recognise", "turn", "early"))
def test_classes_turn_with_the_strokes(model, sketch, fact):
    guesses = [seen(model, sketch.prefix(count)) for count in range(1, len(sketch) + 1)]
    names, own = [name for name, _ in guesses], fact["top"]
    assert (fact["total"], own) == (len(sketch), names[-1])
    assert fact["chance"] == pytest.approx(guesses[fact["at"] - 1][1], abs=NEAR)
    if fact["kind"] == "early":
        assert set(names[fact["at"] - 1 :]) == {own}
    else:
        assert names[fact["at"] - 1] == fact["before"] != own
        assert names[fact["since"] - 2] != own
        assert set(names[fact["since"] - 1 :]) == {own}


@pytest.mark.parametrize(("sketch", "fact"), about("recognise", "sturdy"))
def test_no_single_deletion_changes_it(model, sketch, fact):
    assert fact["total"] == len(sketch)
    assert {seen(model, sketch.without({id_}))[0] for id_ in sketch.ids} == {fact["top"]}


@pytest.mark.parametrize(("sketch", "fact"), about("recognise", "heavy"))
def test_its_largest_stroke_may_go(model, sketch, fact):
    stroke = sketch[fact["stroke"] - 1]
    assert fact["ink"] == pytest.approx(stroke.length / sketch.ink, abs=ROUNDED)
    assert seen(model, sketch.without({stroke.id}))[0] == fact["top"] == seen(model, sketch)[0]


@pytest.mark.parametrize(("sketch", "fact"), about("recognise", "mistaken"))
def test_it_is_seen_as_something_else(model, sketch, fact):
    assert seen(model, sketch) == (fact["top"], pytest.approx(fact["chance"], abs=NEAR))


@pytest.mark.parametrize(("sketch", "fact"), about("inversion", "careless", "back"))
def test_scattered_strokes(model, sketch, fact):
    run, moves = Run(sketch, seen(model, sketch)[0], "scattered", 0), fact.get("within", 0)
    steps = [step for (step,) in islice(invert_batch(model, [run], inversion.FIRST_PRESET, 100), moves + 1)]
    assert run.target == fact["top"]
    assert steps[0].top == fact.get("before", fact["top"])
    assert fact["chance"] == pytest.approx(steps[0].top_probability, abs=NEAR)
    assert steps[-1].top == fact["top"]
    assert fact.get("end", fact["chance"]) == pytest.approx(steps[-1].target, abs=NEAR)


@pytest.mark.parametrize(("sketch", "fact"), about("inversion", "alone"))
def test_one_stroke_is_alone(sketch, fact):
    assert len(sketch) == 1


@pytest.mark.parametrize(("sketch", "fact"), about("attack", "fewest", "pieces"))
def test_a_greedy_attack_takes_as_many(model, sketch, fact):
    """The rest is asked about once more, as a drawing of its own."""
    title, parts = first_model(), "segments" if fact["kind"] == "pieces" else "strokes"
    value = {"v": 1, "size": 1, "rev": 1, "strokes": [{"id": s.id, "pts": s.points.tolist()} for s in sketch]}
    found = json.loads(attack.attack(value, title, "greedy", parts, 1.0, attack.ANY))
    assert found["flipped"]
    assert found["steps"][-1]["ink"] == pytest.approx(fact["ink"], abs=ROUNDED)
    assert (found["category"], found["steps"][-1]["top"]) == (fact["before"], fact["after"])
    gone = len(found["steps"]) - 1 if parts == "segments" else len(sketch) - len(found["steps"][-1]["kept"])
    assert (gone, fact.get("total", len(sketch))) == (fact["count"], len(sketch))
    assert seen(model, Sketch.from_points(found["steps"][-1]["kept"]))[0] == fact["after"]


@pytest.mark.parametrize(("sketch", "fact"), about("retrieve", "ranked"))
def test_photo_is_ranked(request, sketch, fact):
    name = request.node.callspec.id.replace(" ", "-") + ".jpg"
    rank = dict(ranks(sketch, Wish.read({"aim": name})))
    assert (fact["total"], fact["photos"]) == (len(sketch), len(shipped()))
    assert rank[fact["at"]] == fact["rank"]


@pytest.mark.parametrize(("sketch", "fact"), about("assist", "planted"))
def test_planted_strokes_are_marked(request, sketch, fact):
    (own, other, count) = next(each for each in MIXED if request.node.callspec.id.startswith(each[0].replace("-", " ")))
    found = judged(sketch, reader_of_drawings(), aim_of(f"{own}.jpg"), "fast")
    planted, flagged = set(fact["strokes"]), set(found.flagged)
    assert len(planted) == fact["planted"] == count
    assert fact["other"] == other.rpartition("-")[0].replace("-", " ")
    assert (fact["caught"], fact["wrong"]) == (len(planted & flagged), len(flagged - planted))
    assert (fact["before"], fact["after"]) == (found.rank_before, found.rank_after)


@pytest.mark.parametrize(("sketch", "fact"), about("shapes", "spelled"))
def test_spelled_by_clusters(model, sketch, fact):
    clusters = clusters_of(first_model())
    read = model.prepare(sketch)
    places = [int(place) for place in clusters.nearest(embed(model, [read])[0])]
    new = redrawn(read, [clusters.representative(place) for place in places])
    assert (fact["total"], fact["shapes"], fact["known"]) == (len(read), len(set(places)), len(clusters))
    assert seen(model, sketch)[0] == fact["top"]
    assert seen(model, new) == (fact["top"], pytest.approx(fact["chance"], abs=NEAR))


def test_a_sentence_needs_every_field_of_its_fact():
    fact = facts("recognise")["bicycle"]
    assert told(fact).startswith("After 3 of 7 strokes it is eyeglasses (95%)")
    for name in set(fact) - {"kind"}:
        with pytest.raises(KeyError):
            told({key: value for key, value in fact.items() if key != name})
