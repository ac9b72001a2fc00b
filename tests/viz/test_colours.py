"""The scale: ends, middle, contrast with the paper, and what colour-blind eyes are left with."""

import numpy as np
import pytest

from demos.ui import CSS
from sketchlib.errors import InputError
from sketchlib.viz import SCALES, colour, limit_of

PAPERS = {"light": "#fffefa", "dark": "#201f1d"}
# Severity 1, linear RGB; each row keeps grey grey.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(code):
    channels = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels])


def luminance(code):
    return float(np.dot([0.2126, 0.7152, 0.0722], linear(code)))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("paper", PAPERS)
def test_ends_and_middle_are_the_scale(paper):
    assert (colour(-1, paper), colour(0, paper), colour(1, paper)) == (
        SCALES[paper].against,
        SCALES[paper].neutral,
        SCALES[paper].towards,
    )
    assert colour(7.5, paper) == colour(1, paper)
    assert colour(float("-inf"), paper) == colour(-1, paper)


@pytest.mark.parametrize("paper", PAPERS)
def test_contrast_with_the_paper_grows_from_the_middle_to_both_ends(paper):
    for sign in (-1, 1):
        steps = [contrast(colour(sign * share, paper), PAPERS[paper]) for share in np.linspace(0, 1, 9)]
        assert steps == sorted(steps)
        assert steps[0] > 2.2
        assert steps[-1] > 4


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("eyes", BLIND)
def test_colour_blind_eyes_tell_for_from_against_and_both_from_the_middle(paper, eyes):
    matrix = np.array(BLIND[eyes])
    assert np.allclose(matrix.sum(axis=1), 1, atol=1e-5)
    against, middle, towards = (
        np.clip(matrix @ linear(colour(share, paper)), 0, 1) ** (1 / 2.2) for share in (-1, 0, 1)
    )
    assert np.linalg.norm(against - towards) > 0.35
    assert min(np.linalg.norm(against - middle), np.linalg.norm(towards - middle)) > 0.15


def test_steps_are_even_to_the_eye():
    """Twice the share is about twice the distance in CIE L*a*b*, a space this code does not use."""
    white = np.array([0.9505, 1.0, 1.089])
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])

    def lab(code):
        x, y, z = np.cbrt(to_xyz @ linear(code) / white)
        return np.array([116 * y, 500 * (x - y), 200 * (y - z)])

    for sign in (-1, 1):
        half, whole = (np.linalg.norm(lab(colour(sign * share)) - lab(colour(0))) for share in (0.5, 1))
        assert 0.35 < half / whole < 0.65


def test_limit_is_the_largest_value_but_never_below_the_floor():
    assert limit_of([-3.0, 2.0]) == 3.0
    assert limit_of([0.1, -0.2]) == 1.0
    assert limit_of([0.1, -0.2], floor=0.05) == 0.2
    assert limit_of([]) == 1.0
    with pytest.raises(InputError, match="floor of a colour scale is above 0, got 0"):
        limit_of([1.0], floor=0)


def test_the_page_takes_its_evidence_colours_from_the_scale():
    for scale in SCALES.values():
        assert (
            f"--evidence-for:{scale.towards};--evidence-against:{scale.against};--evidence-some:{scale.neutral}" in CSS
        )
    assert CSS.count("--evidence-for:") == len(SCALES)
