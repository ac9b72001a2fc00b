"""A tiny recogniser of strokes, sketches, and the inversion of section 6 of the notes written plainly."""

import copy

import torch

from sketchlib.models import Recogniser
from sketchlib.models.cards import Preprocessing
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import stroke_batch
from sketchlib.sketch import Sketch
from tests.attribution.oracle import recogniser

FOUR = Sketch.from_points(
    [
        [(0.1, 0.1), (0.5, 0.3), (0.9, 0.1)],
        [(0.9, 0.9), (0.1, 0.8)],
        [(0.4, 0.5)],
        [(0.3, 0.6), (0.3, 0.62), (0.5, 0.7), (0.6, 0.5)],
    ],
    "cat",
)
TWO = Sketch.from_points([[(0.0, 0.2), (0.3, 0.4)], [(0.5, 0.5), (0.7, 0.2), (0.9, 0.3)]], "dog")


def model(seed=0, **config):
    """Louder than PyTorch's weights would make it, so that locations matter."""
    shape = {"width": 24, "slots": 6, **config}
    made = recogniser("sketchxainet", seed, Preprocessing("none", most_strokes=6), **shape)
    with torch.no_grad():
        made.network.head.weight.mul_(40)
    return made


def doubled(made):
    """The same in float64."""
    return Recogniser(copy.deepcopy(made.network).double().requires_grad_(False), made.card)


def slow_inversion(made, sketch, target, start, iterations, rate=10.0, last=1e-5, longest=0.5):
    """Locations (iterations + 1, strokes, 2) and probabilities of the target before each step, network space: float64,
    autograd through the whole network, torch's own optimiser, schedule and clip; the shapes anew each time."""
    network = doubled(made).network
    locations = start.clone().double().requires_grad_()
    optimiser = torch.optim.SGD([locations], lr=rate, momentum=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, iterations, eta_min=last)
    read = stroke_batch(flat([sketch]), longest=made.card.preprocessing.longest_stroke)
    goal = made.classes.index(target)
    visited, probabilities = [], []
    for _ in range(iterations + 1):
        rows = torch.nn.utils.rnn.PackedSequence(read.packed.data.double(), read.packed.batch_sizes)
        with torch.no_grad():
            shape = network.shape(type(read)(rows, read.slot_of_row, read.location.double(), read.present))
        logits = network.classify(shape, locations[None], read.present)
        visited.append(locations.detach().clone())
        probabilities.append(logits.softmax(dim=1)[0, goal].item())
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(logits, torch.tensor([goal])).backward()
        torch.nn.utils.clip_grad_norm_([locations], longest / (optimiser.param_groups[0]["lr"] + 1e-8))
        optimiser.step()
        schedule.step()
    return torch.stack(visited), probabilities
