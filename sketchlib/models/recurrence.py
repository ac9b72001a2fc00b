"""A bidirectional LSTM over packed strokes whose backward makes each weight gradient in one product.

`torch.nn.LSTM` adds a full weight gradient per time step on the CPU; here the steps only carry the state, and the
products over all points of the batch are done once. Same parameters, same results (tests/models/test_recurrence.py).
"""

from itertools import accumulate
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

ROWS, POINTS = 32, 512
"""Products are over a multiple of so many strokes, or points: a CPU library compiles a kernel for every new shape."""


class PackedBiLSTM(nn.LSTM):
    """`nn.LSTM(bidirectional=True)` for packed input, top-layer output only; training on a CPU takes the fast path."""

    def __init__(self, input_size: int, hidden_size: int, layers: int) -> None:
        super().__init__(input_size, hidden_size, layers, bidirectional=True)

    def outputs(self, strokes: PackedSequence) -> Tensor:
        """(N, 2 hidden) outputs of the top layer, packed like `strokes.data` (N points in time-major order)."""
        if strokes.data.is_cuda or not torch.is_grad_enabled():
            return super().forward(strokes)[0].data
        steps = [int(count) for count in strokes.batch_sizes]
        rows = len(strokes.data)
        values = F.pad(strokes.data.to(self._compute_dtype()), (0, 0, 0, _rounded(rows + ROWS, POINTS) - rows))
        for layer in range(self.num_layers):
            directions = (("", False), ("_reverse", True))
            values = torch.cat([self._direction(values, steps, layer, *way) for way in directions], dim=1)
        return values[:rows]

    def _compute_dtype(self) -> torch.dtype:
        own = next(self.parameters()).dtype
        return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else own

    def _direction(self, values: Tensor, steps: list[int], layer: int, suffix: str, backwards: bool) -> Tensor:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = [getattr(self, f"{name}_l{layer}{suffix}").to(values.dtype) for name in names]
        outputs: Tensor = _Direction.apply(values, *weights, steps, backwards)  # type: ignore[no-untyped-call]
        return outputs


def _rounded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _spans(steps: list[int], backwards: bool) -> list[tuple[int, int]]:
    """(first row, number of rows) of each time step, in the order a direction visits them."""
    starts = [0, *accumulate(steps)][:-1]
    spans = list(zip(starts, steps, strict=True))
    return spans[::-1] if backwards else spans


class _Direction(torch.autograd.Function):
    """One direction of one layer. Gates in PyTorch's order i, f, g, o:

    (i, f, g, o) = W x_t + U h_{t-1} + b
    c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
    h_t = sigmoid(o) tanh(c_t)
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w: Tensor, u: Tensor, b_w: Tensor, b_u: Tensor, steps: list[int], backwards: bool
    ) -> Tensor:
        width = u.shape[1]
        gates = torch.addmm(b_w + b_u, x, w.t())
        cells, squashed, hidden = (x.new_zeros(len(x), width) for _ in range(3))
        h_before, c_before = (x.new_zeros(_rounded(steps[0], ROWS), width) for _ in range(2))
        u_t = u.t().contiguous()
        for start, rows in _spans(steps, backwards):
            here = slice(start, start + rows)
            gate = gates[here]
            gate += (h_before[: _rounded(rows, ROWS)] @ u_t)[:rows]
            gate[:, : 2 * width].sigmoid_()
            gate[:, 2 * width : 3 * width].tanh_()
            gate[:, 3 * width :].sigmoid_()
            i, f, g, o = gate.split(width, dim=1)
            torch.addcmul(f * c_before[:rows], i, g, out=cells[here])
            torch.tanh(cells[here], out=squashed[here])
            torch.mul(o, squashed[here], out=hidden[here])
            h_before[:rows], c_before[:rows] = hidden[here], cells[here]
        ctx.save_for_backward(x, w, u, gates, cells, squashed, hidden)
        ctx.steps, ctx.backwards = steps, backwards
        return hidden

    @staticmethod
    def backward(ctx: Any, d_hidden: Tensor) -> tuple[Tensor | None, ...]:
        x, w, u, gates, cells, squashed, hidden = ctx.saved_tensors
        width = u.shape[1]
        before = _rows_before(ctx.steps, ctx.backwards, len(x))
        h_before = _gather(hidden, before)
        c_before = _gather(cells, before)
        i, f, g, o = gates.split(width, dim=1)
        # d gate / d pre-activation times its partner, for all points at once: the loop only carries dh and dc
        slope_c = o * (1 - squashed * squashed)
        slope_i, slope_f, slope_g = g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g)
        slope_o = squashed * o * (1 - o)
        slopes = torch.stack([slope_i, slope_f, slope_g], dim=1)
        d_gates = torch.zeros_like(gates)
        dh, dc = x.new_zeros(ctx.steps[0], width), x.new_zeros(ctx.steps[0], width)
        for start, rows in _spans(ctx.steps, not ctx.backwards):
            here = slice(start, start + rows)
            dh_here = dh[:rows].add_(d_hidden[here])
            dc_here = dc[:rows].addcmul_(dh_here, slope_c[here])
            gate = d_gates[here]
            torch.mul(slopes[here], dc_here[:, None], out=gate[:, : 3 * width].unflatten(1, (3, width)))
            torch.mul(slope_o[here], dh_here, out=gate[:, 3 * width :])
            dh_here.copy_((d_gates[start : start + _rounded(rows, ROWS)] @ u)[:rows])
            dc_here.mul_(f[here])
        bias = d_gates.sum(dim=0)
        return d_gates @ w, d_gates.t() @ x, d_gates.t() @ h_before, bias, bias, None, None


def _rows_before(steps: list[int], backwards: bool, total: int) -> Tensor:
    """For every row, the row that holds the state it started from; -1 where a stroke begins, and in the padding."""
    before = torch.full((total,), -1)
    spans = _spans(steps, backwards)
    for (start, rows), (previous, previous_rows) in zip(spans[1:], spans[:-1], strict=True):
        shared = min(rows, previous_rows)
        before[start : start + shared] = torch.arange(previous, previous + shared)
    return before


def _gather(states: Tensor, rows: Tensor) -> Tensor:
    return states[rows.clamp_min(0)].mul_((rows >= 0)[:, None])
