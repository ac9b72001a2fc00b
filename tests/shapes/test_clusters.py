"""Clusters: the nearest, whose weights they are of, and the file there and back."""

import json
from dataclasses import fields

import numpy as np
import pytest

from sketchlib.errors import CheckpointError
from sketchlib.shapes import as_json, embed_samples, file_name, from_json
from tests.shapes.toys import SAMPLES, clusters, recogniser

TOY = recogniser()
FOUND = clusters(TOY)


def test_nearest_is_the_centroid_of_the_smallest_angle_whatever_the_length():
    vectors = embed_samples(TOY, SAMPLES)
    for scale in (1.0, 1e-3):
        for vector, nearest in zip(vectors, FOUND.nearest(scale * vectors), strict=True):
            angles = [np.arccos(min(1, vector @ each / np.linalg.norm(vector))) for each in FOUND.centroids]
            assert nearest == int(np.argmin(angles))
    assert FOUND.nearest(vectors[[0, 2, 4]]).tolist() == [0, 1, 2]
    assert FOUND.representative(2) is SAMPLES[4]


def test_other_weights_are_refused_with_the_command_that_helps():
    FOUND.check(TOY.card)
    with pytest.raises(CheckpointError, match=r"toy-v2, got other weights: run `python -m sketchlib train shapes`"):
        FOUND.check(recogniser(digit="1").card)


def test_the_file_comes_back():
    text = as_json(FOUND)
    back = from_json(text)
    assert as_json(back) == text
    assert file_name(TOY.card) == "toy-v2-shapes.json"
    for each in fields(FOUND):
        ours, theirs = getattr(FOUND, each.name), getattr(back, each.name)
        if isinstance(ours, np.ndarray):
            np.testing.assert_allclose(theirs, ours, atol=6e-5, err_msg=each.name)
        elif each.name != "samples":
            assert theirs == ours
    for ours, theirs in zip(FOUND.samples, back.samples, strict=True):
        assert theirs.name == ours.name
        np.testing.assert_allclose(theirs.points, ours.points)
    np.testing.assert_allclose(np.linalg.norm(back.centroids, axis=1), 1)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", json.dumps({"samples": 3}), '{"samples": [["a", 1]]}'])
def test_anything_else_is_one_sentence(text):
    with pytest.raises(CheckpointError, match="what `train shapes` writes") as caught:
        from_json(text)
    assert "\n" not in str(caught.value)
