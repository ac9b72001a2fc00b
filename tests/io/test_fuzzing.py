"""Inputs that fuzzing has kept, read again, and a few new ones; the long run is recorded in docs/results/fuzzing.md."""

import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks import fuzz_readers
from benchmarks.fuzz_changes import mutated
from benchmarks.fuzz_readers import READ, READERS, BrokenError, check_sentence, check_sketch, outcome
from benchmarks.fuzz_seeds import seeds
from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

SEEDS = Path(__file__).parent / "seeds"
FOLDERS = {reader.replace(" ", "-"): reader for reader in READERS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_kept_inputs_are_read_or_refused_in_one_sentence(folder: str) -> None:
    files = sorted((SEEDS / folder).iterdir())
    answers = [outcome(FOLDERS[folder], file.read_bytes()) for file in files]
    assert len(files) >= 2
    assert all(answers)


def test_nothing_is_kept_that_no_reader_reads() -> None:
    assert {folder.name for folder in SEEDS.iterdir()} == set(FOLDERS)


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "gallery json"])
def test_good_inputs_are_read_whole(reader: str) -> None:
    assert {outcome(reader, data)[: len(READ)] for data in seeds(reader)} == {READ}


@pytest.mark.parametrize("reader", READERS)
def test_changed_inputs_are_read_or_refused_in_one_sentence(reader: str) -> None:
    lot = random.Random()
    for _ in range(40):
        data = mutated(reader, seeds(reader), lot)
        try:
            assert outcome(reader, data)
        except Exception as error:
            raise AssertionError(f"{reader} breaks on {data!r}") from error


def test_the_same_lot_gives_the_same_inputs() -> None:
    one, other = (
        [mutated(reader, seeds(reader), random.Random(7)) for reader in ("svg", "npy", "film")] for _ in range(2)
    )
    assert one == other
    assert one != [seeds(reader)[0] for reader in ("svg", "npy", "film")]


@pytest.mark.parametrize(
    "sketch",
    [
        Sketch.from_points([[[0, 0]]] * 2001),
        Sketch.from_points([np.zeros((100_001, 2))]),
        Sketch.from_points([[[1e308, 0], [-1e308, 0]]]),
    ],
    ids=["strokes", "points", "an endless stroke"],
)
def test_the_property_can_fail(sketch: Sketch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fuzz_readers.READERS, "svg", lambda data: [sketch])
    with pytest.raises((BrokenError, RuntimeWarning)):
        outcome("svg", b"")


@pytest.mark.parametrize("text", ["", "two\nlines", "x" * 601])
def test_a_sentence_is_one_short_line(text: str) -> None:
    with pytest.raises(BrokenError, match="one sentence"):
        check_sentence(FormatError(text))
    check_sketch(Sketch.from_points([[[0, 0], [1, 1]]]))


def test_another_exception_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fuzz_readers.READERS, "svg", lambda data: [][0])
    with pytest.raises(IndexError):
        outcome("svg", b"")
