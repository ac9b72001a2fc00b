"""`measure`: every question of this folder put to every method, sketch by sketch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import process_time
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from sketchlib.attribution.explain import answer
from sketchlib.attribution.faithfulness.agreement import (
    Removals,
    all_removals,
    infidelity,
    infidelity_normalised,
    sensitivity_n,
    spearman,
)
from sketchlib.attribution.faithfulness.cases import Case, Question, Remembered, asked, lot
from sketchlib.attribution.faithfulness.curves import area, deletion_curve, insertion_curve, resampled
from sketchlib.attribution.faithfulness.disturbance import cascade, jittered, max_sensitivity, planted, planted_auc
from sketchlib.attribution.faithfulness.scores import FaithfulnessScores, estimates
from sketchlib.attribution.games import Counted, Game
from sketchlib.attribution.result import Array

STEPS = 21
"""Heights of a curve that is averaged over sketches."""
SAMPLES = 5
"""Jittered copies of a sketch."""

Numbers = Iterator[tuple[str, str, float]]


class Facts(NamedTuple):
    """What the model does with a sketch: the references, all removals, and the probability of the explained class."""

    leave_one_out: Array
    shapley: Array
    removals: Removals
    probability: Game


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found of one method on one sketch: numbers by name, and the two curves (players + 1,)."""

    numbers: dict[str, float]
    deletion: Array
    insertion: Array


def measure(
    question: Question, cases: Sequence[Case], left_out: dict[str, int], checks: int, progress: bool = True
) -> list[FaithfulnessScores]:
    """Scores of each method of the question over the cases.

    checks: so many of the first cases are also jittered, planted and explained on untrained networks.
    Cost: about 2^strokes forward passes a sketch, and twenty times that for one with checks.
    """
    verdicts: dict[str, list[Verdict]] = {method: [] for method in question.methods}
    bar = tqdm(cases, desc=question.recogniser.name, unit="sketch", disable=None if progress else True)
    for number, case in enumerate(bar):
        for method, verdict in judge(question, case, number < checks).items():
            verdicts[method].append(verdict)
    return [_scores(question, method, rows, left_out) for method, rows in verdicts.items()]


def judge(question: Question, case: Case, check: bool) -> dict[str, Verdict]:
    """The verdict on each method for one sketch."""
    ask, values, times = _timed(question, case)
    facts = _facts(question, case, ask, values)
    verdicts = {method: _verdict(facts, values[method], times[method]) for method in question.methods}
    if check:
        for method, name, number in _checks(question, case, {method: values[method] for method in verdicts}):
            verdicts[method].numbers[name] = number
    return verdicts


def _timed(question: Question, case: Case) -> tuple[Counted, dict[str, Array], dict[str, float]]:
    """Values and processor milliseconds of each method, from a game of its own; and one who knows every subset."""
    values, times = {}, {}
    for method in dict.fromkeys((*question.methods, "leave_one_out", "shapley")):
        begin = process_time()
        ask = asked(question.target(case.category), case.sketch)
        values[method] = answer(ask, method, lot(question.seed, case.place)).per_stroke()
        times[method] = 1000 * (process_time() - begin)
        if method == "shapley":
            knows = ask
    return knows, values, times


def _facts(question: Question, case: Case, ask: Counted, values: dict[str, Array]) -> Facts:
    probability = Remembered(asked(question.probability(case.category), case.sketch))
    return Facts(values["leave_one_out"], values["shapley"], all_removals(Remembered(ask)), probability)


def _verdict(facts: Facts, values: Array, milliseconds: float) -> Verdict:
    deletion, insertion = deletion_curve(facts.probability, values), insertion_curve(facts.probability, values)
    numbers = {
        "spearman_leave_one_out": spearman(values, facts.leave_one_out),
        "spearman_shapley": spearman(values, facts.shapley),
        "deletion_auc": area(deletion),
        "insertion_auc": area(insertion),
        "sensitivity_n": float(sensitivity_n(facts.removals, values).mean()),
        "infidelity": infidelity(facts.removals, values),
        "infidelity_normalised": infidelity_normalised(facts.removals, values),
        "ms_per_sketch": milliseconds,
    }
    return Verdict(numbers, deletion, insertion)


def _checks(question: Question, case: Case, base: dict[str, Array]) -> Numbers:
    yield from _stranger_maps(question, case, base)
    yield from _untrained(question, case, base)
    yield from _jitter(question, case, base)
    if case.correct and case.stranger is not None:
        sketch, place = planted(case.sketch, case.stranger, lot(question.seed, case.place, 1))
        for method, values in question.maps(case.category, sketch, case.place, 2).items():
            yield method, "planted_auc", planted_auc(values, place)


def _stranger_maps(question: Question, case: Case, base: dict[str, Array]) -> Numbers:
    """Maps that should not be the same: another class's, and the same class's in a model of random labels."""
    for method, values in question.maps(case.other, case.sketch, case.place, 3).items():
        yield method, "other_class", spearman(values, base[method])
    if question.random_labels is not None:
        found = question.maps(case.category, case.sketch, case.place, 4, question.random_labels)
        for method, values in found.items():
            yield method, "random_labels", spearman(values, base[method])


def _untrained(question: Question, case: Case, base: dict[str, Array]) -> Numbers:
    found: dict[str, Array] = {}
    for part, recogniser in cascade(question.recogniser, lot(question.seed, case.place, 5)):
        found = question.maps(case.category, case.sketch, case.place, 6, recogniser)
        for method, values in found.items():
            yield method, f"cascade {part}", spearman(values, base[method])
    for method, values in found.items():
        yield method, "randomised_weights", spearman(values, base[method])
        yield method, "randomised_magnitudes", spearman(np.abs(values), np.abs(base[method]))


def _jitter(question: Question, case: Case, base: dict[str, Array]) -> Numbers:
    generator = lot(question.seed, case.place, 7)
    moved = [
        question.maps(case.category, jittered(case.sketch, generator), case.place, 8 + number)
        for number in range(SAMPLES)
    ]
    for method, values in base.items():
        yield method, "max_sensitivity", max_sensitivity(values, [found[method] for found in moved])


def _scores(question: Question, method: str, rows: list[Verdict], left_out: dict[str, int]) -> FaithfulnessScores:
    every = estimates([row.numbers for row in rows])
    parts = [name for name in every if name.startswith("cascade ")]
    curves = [
        tuple(np.mean([resampled(curve, STEPS) for curve in several], axis=0).tolist())
        for several in ([row.deletion for row in rows], [row.insertion for row in rows])
    ]
    return FaithfulnessScores(
        method=method,
        model=question.recogniser.name,
        explained=question.explained,
        n=len(rows),
        left_out=left_out,
        estimates={name: each for name, each in every.items() if name not in parts},
        cascade={name.removeprefix("cascade "): every[name] for name in parts},
        deletion_curve=curves[0],
        insertion_curve=curves[1],
    )
