"""Methods that differentiate: in gates, on paths of gates, and in the points."""

import numpy as np
import torch

from sketchlib.attribution.games import Counted, DrawnGame, Found, Game
from sketchlib.attribution.result import Array
from sketchlib.errors import InputError

MIDDLE = 0.5
"""Gates where `sla` and `p_sla` take the gradient: on the way from blank paper, where everything counts for most."""


def sla(ask: Counted, generator: torch.Generator, at: float = MIDDLE) -> Found:
    """Whole strokes: gradient of the score in each stroke's gate, all gates at `at`.

    On ink the gates are opacities, so this is the pixel gradient times the ink that the stroke alone lays.
    at: 0.5 is the midpoint rule for integrated gradients; at 1 it is `vanilla_gradient`, and one call less.
    """
    return Found(_gradient_at(ask, ask.game, at))


def vanilla_gradient(ask: Counted, generator: torch.Generator) -> Found:
    """`sla` where everything is drawn, as far as the paper is known [bandyopadhyay2024explainability]."""
    return sla(ask, generator, at=1.0)


def p_sla(ask: Counted, generator: torch.Generator, at: float = MIDDLE) -> Found:
    """Partial strokes, presence: gradient of the score in each segment's gate, all gates at `at`, as in `sla`."""
    return Found(_gradient_at(ask, drawn(ask, "p_sla").segments(), at))


def p_sla_move(ask: Counted, generator: torch.Generator) -> Found:
    """Partial strokes, movement: length of the score's gradient in each point's position; never negative."""
    game = drawn(ask, "p_sla_move")
    still = torch.zeros(1, game.sketch.number_of_points, 2)
    slope = ask.gradient_at_full(lambda offsets: game.moved(offsets[0])[None], still)
    return Found(np.linalg.norm(slope, axis=1))


def integrated_gradients(ask: Counted, generator: torch.Generator, steps: int = 32) -> Found:
    """Gradient in the gates, averaged while all open together from 0 to 1: `steps` points of Gauss-Legendre."""
    if steps < 1:
        raise InputError(f"integrated gradients take at least 1 step, got {steps}")
    places, weights = np.polynomial.legendre.leggauss(steps)
    gates = torch.from_numpy((places + 1) / 2).float()[:, None].expand(-1, ask.players)
    return Found(weights / 2 @ ask.gradients(ask.game.values, gates))


def smooth_grad(ask: Counted, generator: torch.Generator, samples: int = 32, spread: float = 0.25) -> Found:
    """Gradient in the gates, averaged over `samples` rows of gates max(0, 1 - |normal(0, spread)|)."""
    if samples < 2 or not spread > 0:
        raise InputError(f"smooth_grad takes at least 2 samples and a spread above 0, got {samples} and {spread}")
    noise = spread * torch.randn(samples, ask.players, generator=generator)
    return sampled(ask.gradients(ask.game.values, (1 - noise.abs()).clamp_min(0)))


def sampled(rows: Array) -> Found:
    """Mean of independent samples (n, players), and its standard error."""
    return Found(rows.mean(axis=0), rows.std(axis=0, ddof=1) / np.sqrt(len(rows)))


def _gradient_at(ask: Counted, game: Game, at: float) -> Array:
    if not 0 < at <= 1:
        raise InputError(f"gates are above 0 and at most 1, got {at}")
    gates = torch.full((1, game.players), float(at))
    return ask.gradient_at_full(game.values, gates) if at == 1 else ask.gradients(game.values, gates)[0]


def drawn(ask: Counted, method: str) -> DrawnGame:
    """The game, if it has strokes to draw."""
    if not isinstance(ask.game, DrawnGame):
        raise InputError(f"{method} needs a game with strokes to draw, got {type(ask.game).__name__}")
    return ask.game
