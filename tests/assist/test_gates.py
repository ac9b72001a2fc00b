"""Gates: their law, their gradient, their schedule, and that a seed decides."""

import dataclasses

import numpy as np
import pytest
import torch

from sketchlib.assist import Aim, Schedule
from sketchlib.assist.gates import dropped, straight_through
from sketchlib.errors import InputError, ModelError
from tests.assist.toys import CHAIR, READER, gallery, look

QUICK = Schedule(steps=6, restarts=2)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_gates_are_open_as_often_as_their_logits_say_at_any_temperature():
    logits = torch.tensor([-1.0, 0.0, 2.0]).expand(20_000, 3)
    for temperature in (1.0, 0.1):
        gates = straight_through(logits, temperature, seeded())
        assert float((gates - gates.round()).abs().max()) < 1e-6
        np.testing.assert_allclose(gates.mean(dim=0), 1 / (1 + np.exp([1.0, 0.0, -2.0])), atol=0.015)


def test_the_gradient_is_that_of_the_softened_gates():
    logits, temperature = torch.tensor([[-0.5, 0.3, 1.2]], requires_grad=True), 0.7
    straight_through(logits, temperature, seeded()).sum().backward()
    uniform = torch.rand(1, 3, generator=seeded()).double().numpy()
    soft = 1 / (1 + np.exp(-(logits.detach().numpy() + np.log(uniform / (1 - uniform))) / temperature))
    np.testing.assert_allclose(logits.grad, soft * (1 - soft) / temperature, rtol=1e-4)


def test_temperature_falls_geometrically():
    schedule = Schedule(steps=5, hot=1.0, cold=0.0625)
    np.testing.assert_allclose([schedule.temperature(i) for i in range(5)], [1, 0.5, 0.25, 0.125, 0.0625])
    assert Schedule(steps=1).temperature(0) == Schedule().hot


def test_a_seed_decides():
    direction = Aim(gallery(), 0).direction
    first = dropped(CHAIR, READER, direction, QUICK, seeded(1))
    np.testing.assert_array_equal(first, dropped(CHAIR, READER, direction, QUICK, seeded(1)))
    assert not np.array_equal(first, dropped(CHAIR, READER, direction, QUICK, seeded(2)))


def test_a_dear_stroke_is_kept_and_a_cheap_one_dropped():
    direction = Aim(gallery(), 0).direction
    dear = dropped(CHAIR, READER, direction, Schedule(sparsity=10.0), seeded())
    cheap = dropped(CHAIR, READER, direction, Schedule(sparsity=-10.0), seeded())
    assert dear.max() < 0.5 < cheap.min()


def test_the_network_is_asked_as_often_as_said():
    asked = []

    def counting(ink):
        asked.append(len(ink))
        return look(ink)

    dropped(CHAIR, dataclasses.replace(READER, look=counting), Aim(gallery(), 0).direction, QUICK, seeded())
    assert (asked, QUICK.calls) == ([2] * 6, 12)


def test_bad_schedules_and_networks_are_sentences():
    for wrong in ({"steps": 0}, {"restarts": 0}, {"cold": 2.0}, {"cold": 0.0}, {"rate": 0.0}):
        with pytest.raises(InputError, match="restarts, a rate and temperatures"):
            Schedule(**wrong)
    broken = dataclasses.replace(READER, look=lambda ink: look(ink) * float("nan"))
    with pytest.raises(ModelError, match="finite gradient"):
        dropped(CHAIR, broken, Aim(gallery(), 0).direction, QUICK, seeded())
