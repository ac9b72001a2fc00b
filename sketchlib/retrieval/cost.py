"""What embedding a query costs, in the convention of [maity2025sketch]: one sketch, forward, twice the MACs.

MACs as ptflops counts them: those of convolutions and linear layers and one for each bias added, two for each number a
batch-norm scales, one for each number an activation maps, one for each number a pooling reads. The pooled mean at
the end and the photos of the gallery are not counted. It reproduces the paper's 40.18 G (VGG16) and 0.833 G
(MobileNetV2) at 256 pixels.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.Hardswish, nn.SiLU, nn.GELU)
_POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


def flops(network: nn.Module, shape: tuple[int, ...]) -> int:
    """Of one forward pass over an input of `shape`, its batch axis too; activations count where they are modules."""
    counted: list[int] = []
    hooks = [each.register_forward_hook(_counting(counted)) for each in network.modules() if not list(each.children())]
    training = network.training
    try:
        with torch.inference_mode():
            network.eval()(torch.zeros(shape, device=next(network.parameters()).device))
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return 2 * sum(counted)


def recurrent_flops(recurrence: nn.GRU, head: nn.Linear, steps: int) -> int:
    """Of a GRU over `steps` points and the linear layer on its last state: twice the MACs of their matrices."""
    gates = 3 * recurrence.hidden_size * (recurrence.input_size + recurrence.hidden_size)
    return 2 * (steps * gates + head.in_features * head.out_features)


def _counting(counted: list[int]) -> Callable[[nn.Module, Any, Any], None]:
    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        counted.append(_macs(module, inputs[0], output))

    return count


def _macs(module: nn.Module, given: Tensor, output: Tensor) -> int:
    if isinstance(module, nn.Conv2d):
        taps = module.in_channels // module.groups * module.kernel_size[0] * module.kernel_size[1]
        return output.numel() * (taps + (module.bias is not None))
    if isinstance(module, nn.Linear):
        return output.numel() * (module.in_features + (module.bias is not None))
    if isinstance(module, nn.BatchNorm2d):
        return 2 * output.numel()
    if isinstance(module, _ACTIVATIONS):
        return output.numel()
    return given.numel() if isinstance(module, _POOLS) else 0
