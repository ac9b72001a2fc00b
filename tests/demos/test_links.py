"""Choices that a link holds: restored where they are known, and nothing else, whatever somebody wrote into it."""

import json

import gradio as gr
import pytest

from demos import attack, inversion
from demos.ui.links import choices, one_of

ODD = [None, True, 7.5, -1, "", "x" * 1000, "<img src=x onerror=alert(1)>", "/etc/passwd", [], ["cat", {}], {"a": 1}]
SKIPPED = gr.skip()


@pytest.mark.parametrize(
    "text", [None, "", "{", "7", "[]", '{"mode": "transfer"}', '{"pad": "pad-attack", "mode": "transfer"}', "[" * 9000]
)
def test_a_damaged_link_or_one_to_another_pad_chooses_nothing(text):
    assert choices(text, "pad-inversion") == {}


def test_a_link_chooses_for_its_pad():
    assert choices('{"pad": "pad-inversion", "mode": "transfer"}', "pad-inversion") == {"mode": "transfer"}


@pytest.mark.parametrize("asked", ODD)
def test_only_what_is_known_is_taken(asked):
    assert one_of(asked, ["cat", 7, 1.0]) is None


def test_known_values_are_taken():
    assert [one_of(each, ["cat", 7, 1.0]) for each in ("cat", 7, 1.0)] == ["cat", 7, 1.0]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("tab", [inversion, attack])
def test_odd_values_change_nothing(tab, odd):
    names = ("mode", "targets", "start", "preset", "seeds", "strategy", "parts", "budget", "target")
    assert all(each == SKIPPED for each in tab.restored(dict.fromkeys(names, odd)))


def test_a_transfer_is_restored():
    asked = {"mode": "transfer", "targets": ["cat", "dog"], "start": "subset", "preset": "free", "seeds": 3}
    mode, targets, start, preset, seeds = inversion.restored(json.loads(json.dumps(asked)))
    assert [each["value"] for each in (mode, preset, seeds)] == ["transfer", "free", 3]
    assert (targets.value, targets.visible, start.value) == (["cat", "dog"], True, "subset")
    assert [name for _, name in start.choices] == [name for _, name in inversion.STARTS["transfer"]]


def test_a_start_that_its_mode_has_not_is_left_out():
    (*_, start, _, _) = inversion.restored({"mode": "recovery", "start": "as_drawn"})
    assert start.value == "scattered"


def test_an_attack_is_restored():
    asked = {"strategy": "beam", "parts": "segments", "budget": 0.2, "target": "cat"}
    assert [each["value"] for each in attack.restored(asked)] == list(asked.values())
