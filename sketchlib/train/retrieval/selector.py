"""Stage 2, SketchyNetV2: the policy that chooses a canvas, a contextual bandit of four arms [maity2025sketch].

    R_acc = l_r / r - l_Tri L_Tri         r: rank of the true photo on that canvas, L_Tri: its triplet loss there
    R_comp = -L_F,  L_F = sum_j q_j eta_j / (q_max - q_min)       q_j: FLOPs on canvas j, eta_j: its probability
    R_tot = l_F R_comp + (1 - l_F) R_acc

With four arms all rewards are known beforehand. "exact" climbs the expected reward itself, sum_c p(c) R_tot(c);
"reinforce" samples c and follows log p(c) (R_acc(c) - the mean of the rest of the batch), the policy gradient.
Differs: L_F is a number of the whole policy, the same whichever canvas was drawn, so that its term in the policy
gradient is 0 in expectation; it is differentiated directly in both.
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Generator, Tensor

from sketchlib.retrieval.canvas import student_flops
from sketchlib.retrieval.networks import CanvasSelector, distances
from sketchlib.train.retrieval.losses import MARGIN

Gradient = Literal["exact", "reinforce"]


@dataclass(frozen=True)
class Rewards:
    """Weights of the reward: l_F, l_r and l_Tri."""

    compute: float = 0.3
    rank: float = 1.0
    triplet: float = 1.0


@dataclass(frozen=True, eq=False)
class Experience:
    """What a frozen student makes of sketches.

    points: (sketches, longest, 5), lengths: (sketches,), as `canvas.padded` gives them. ranks, triplets: (sketches,
    canvases) rank of the true photo, and mean triplet loss over the other photos.
    """

    points: Float[Tensor, "sketches longest 5"]
    lengths: Int[Tensor, " sketches"]
    ranks: Float[Tensor, "sketches canvases"]
    triplets: Float[Tensor, "sketches canvases"]

    def accuracy_reward(self, rewards: Rewards) -> Float[Tensor, "sketches canvases"]:
        """R_acc of each canvas."""
        return rewards.rank / self.ranks - rewards.triplet * self.triplets


def outcome(
    sketches: Float[Tensor, "sketches d"], photos: Float[Tensor, "photos d"], photo_of: Int[Tensor, " sketches"]
) -> tuple[Tensor, Tensor]:
    """Rank of each sketch's photo and its mean triplet loss over the other photos, (sketches,) each."""
    d = distances(sketches, photos)
    own = d.gather(1, photo_of[:, None])
    rank = (len(photos) - (d > own).sum(dim=1)).float()
    excess = F.relu(MARGIN + own - d)
    return rank, (excess.sum(dim=1) - MARGIN) / (len(photos) - 1)


def relative_costs() -> Float[Tensor, " canvases"]:
    """q_j / (q_max - q_min)."""
    q = torch.tensor(student_flops(), dtype=torch.float32)
    return q / (q.max() - q.min())


def train_selector(
    selector: CanvasSelector, seen: Experience, rewards: Rewards, gradient: Gradient, steps: int = 600, seed: int = 0
) -> list[float]:
    """Trains in place; returns the expected reward of each step's batch."""
    generator = Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(selector.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    accuracy, costs = seen.accuracy_reward(rewards), relative_costs()
    history = []
    for _ in range(steps):
        chosen = torch.randint(len(accuracy), (128,), generator=generator)
        policy = selector(seen.points[chosen], seen.lengths[chosen]).softmax(dim=1)
        expected = _expected(policy, accuracy[chosen], costs, rewards)
        if gradient == "exact":
            loss = -expected.mean()
        else:
            loss = _policy_gradient(policy, accuracy[chosen], costs, rewards, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        history.append(float(expected.mean().detach()))
    return history


def _expected(policy: Tensor, accuracy: Tensor, costs: Tensor, rewards: Rewards) -> Tensor:
    return (policy * ((1 - rewards.compute) * accuracy - rewards.compute * costs)).sum(dim=1)


def _policy_gradient(policy: Tensor, accuracy: Tensor, costs: Tensor, rewards: Rewards, generator: Generator) -> Tensor:
    """-mean of log p(c) (R_acc - baseline), c drawn from the policy, and L_F as it stands.

    The baseline is the mean of the other sketches: with its own reward in it the gradient would be too small.
    """
    canvas = torch.multinomial(policy.detach(), 1, generator=generator)
    gained = accuracy.gather(1, canvas)[:, 0]
    baseline = (gained.sum() - gained) / (len(gained) - 1)
    climbed = (policy.gather(1, canvas)[:, 0].log() * (gained - baseline)).mean()
    return rewards.compute * (policy * costs).sum(dim=1).mean() - (1 - rewards.compute) * climbed
