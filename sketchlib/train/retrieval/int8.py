"""A student's network in int8 for one canvas: static quantisation by ONNX Runtime.

MobileNetV2's operations take 8-bit numbers (QDQ): weights in [-64, 63], a scale a channel, activations in [0, 127], a
scale each between the least and the greatest value that some drawings give. A bit of the eight stays free, as products
of whole ones overflow on processors without VNNI. The oriented gradients beside it stay in float32.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from jaxtyping import Float32
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from sketchlib.io.pairs import Pairs
from sketchlib.io.writing import write_file
from sketchlib.models.runtime import onnx_bytes
from sketchlib.sketch import Sketch

LEARNED = "/features/"
"""How the exporter begins the names of MobileNetV2's operations."""

DRAWINGS = 64
"""Of each kind, whose values a graph holds."""


def sample(kinds: Sequence[Pairs], seed: int) -> list[Sketch]:
    """DRAWINGS of each kind, at random, or all there are."""
    random = np.random.default_rng(seed)
    return [each.sketches[i] for each in kinds for i in random.permutation(len(each.sketches))[:DRAWINGS]]


class _Drawings(CalibrationDataReader):  # type: ignore[misc]
    """Feeds drawings to the calibration one by one."""

    def __init__(self, lines: Tensor) -> None:
        self._feeds: Iterator[dict[str, Any]] = ({"input0": each[None].numpy()} for each in lines)

    def get_next(self) -> dict[str, Any] | None:
        return next(self._feeds, None)


def in_int8(network: nn.Module, lines: Float32[Tensor, "drawings 1 side side"]) -> bytes:
    """A `SketchyNet`, in eval mode, as an ONNX graph for inputs of this side; lines: drawings whose values it holds."""
    with tempfile.TemporaryDirectory() as folder:
        given, ready, made = (Path(folder, name) for name in ("given.onnx", "ready.onnx", "made.onnx"))
        write_file(given, onnx_bytes(network, (lines[:1],)))
        quant_pre_process(given, ready, skip_symbolic_shape=True)
        nodes = [node.name for node in onnx.load(ready).graph.node if node.name.startswith(LEARNED)]
        quantize_static(
            ready,
            made,
            _Drawings(lines),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=nodes,
        )
        return made.read_bytes()
