"""Files and links that visitors bring."""

import base64
import json

import pytest

from demos.ui.files import open_file, restore, share
from sketchlib.io import from_pad, from_token, to_token
from tests.demos.toys import SQUARE


def sent(name, content):
    return open_file({"name": name, "data": base64.b64encode(content).decode()})


def test_a_file_is_fitted_and_a_pad_file_keeps_its_place():
    answer = sent("x.ndjson", b'{"word": "x", "drawing": [[[0, 51], [0, 51]]]}\n')
    assert answer["sketch"]["strokes"][0]["pts"][0] == pytest.approx([0.08 * 256] * 2, abs=0.01)
    assert sent("x.json", json.dumps(SQUARE).encode())["sketch"]["strokes"][1]["pts"] == [[9, 9]]


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("../../etc/pass<wd>.svg", b"nonsense", "pass_wd_.svg"),
        ("empty.ndjson", b"", "empty.ndjson"),
        ("a.exe", b"MZ", "a.exe"),
        ("x" * 500 + ".svg", b"nonsense", "xxx.svg"),
        ("nul\0l.svg", b"nonsense", "nul_l.svg"),
        ("big.svg", b" " * 3_000_000, "2 MB"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_name(name, content, wanted):
    answer = sent(name, content)
    assert list(answer) == ["error"]
    assert wanted in answer["error"]
    assert "\n" not in answer["error"]


def test_open_file_refuses_a_damaged_transfer():
    assert "transfer" in open_file({"name": "a.svg", "data": "*"})["error"]
    assert list(open_file({})) == ["error"]


def test_link_and_back():
    token = share(SQUARE)["token"]
    assert token == to_token(from_pad(SQUARE))
    value = restore({"token": token})["sketch"]
    assert from_pad(value).equals(from_token(token), tolerance=1e-5)
    assert max(abs(a.points - b.points).max() for a, b in zip(from_pad(value), from_pad(SQUARE), strict=True)) < 1 / 255


@pytest.mark.parametrize("request_", [{"token": "<b>"}, {"token": 3}, {}])
def test_a_damaged_link_is_one_sentence(request_):
    answer = restore(request_)
    assert list(answer) == ["error"]
    assert "link" in answer["error"]
    assert "\n" not in answer["error"]
    assert "error" in share({"strokes": 3})
