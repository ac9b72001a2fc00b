"""Networks run by ONNX Runtime: the same numbers without gradients, several times sooner where layers are small.

Measured reasons in docs/equations.md, "Runtime". Where onnx or onnxruntime is missing, torch runs the network itself.
"""

import io
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

Run = Callable[..., Tensor]


def available() -> bool:
    """Whether onnx and onnxruntime can be imported."""
    try:
        import onnx  # noqa: F401  the exporter writes with it
        import onnxruntime  # noqa: F401
    except ImportError:
        return False
    return True


class Exported:
    """A module for inputs of one shape but for their first `free` axes, the batch and what follows; exported at the
    first call.

    module: in eval mode, a pure function of tensors; gives one tensor. Weights are copied at the export: export anew
    after a change. Calls from several threads share one session, and each call uses the threads torch is set to.
    ready: small graphs that take the module's place, by the shape of its only input without the free axes; each runs
        on one thread, as to wake a second takes longer than what it does.
    """

    _lock = threading.Lock()  # of all: torch's exporter keeps its state in globals

    def __init__(self, module: nn.Module, free: int = 1, ready: Mapping[tuple[int, ...], bytes] | None = None) -> None:
        self._module, self._free, self._ready = module, free, ready or {}
        self._sessions: dict[Any, Any] = {}

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The module's output without gradient, float32; torch's own on another device or without onnxruntime."""
        if not available() or inputs[0].device.type != "cpu":
            with torch.inference_mode():
                output: Tensor = self._module(*inputs)
                return output
        session = self._session(inputs)
        feeds = {each.name: value.detach().contiguous().numpy() for each, value in self._fed(session, inputs)}
        return torch.from_numpy(session.run(None, feeds)[0])

    @staticmethod
    def _fed(session: Any, inputs: tuple[Tensor, ...]) -> Any:
        return zip(session.get_inputs(), inputs, strict=True)

    def _session(self, inputs: tuple[Tensor, ...]) -> Any:
        shapes = [tuple(value.shape[self._free :]) for value in inputs]
        key = torch.get_num_threads(), *shapes
        with self._lock:
            if key not in self._sessions:
                ready = self._ready.get(shapes[0])
                graph = ready or onnx_bytes(self._module, inputs, self._free)
                self._sessions[key] = session_of(graph, 1 if ready else torch.get_num_threads())
            return self._sessions[key]


def onnx_bytes(module: nn.Module, inputs: tuple[Tensor, ...], free: int = 1) -> bytes:
    """The module as an ONNX model; the first `free` axes of inputs and the first of the output may have any size."""
    examples = tuple(value.detach()[:1].repeat(2, *[1] * (value.ndim - 1)) for value in inputs)
    names = [f"input{number}" for number in range(len(examples))]
    axes = {name: {axis: f"axis{axis}" for axis in range(free)} for name in names} | {"output": {0: "axis0"}}
    buffer = io.BytesIO()
    file: Any = buffer  # the exporter takes a file as well as a path, though its types do not say so
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no graph compiler is called legacy in torch 2.13
        torch.onnx.export(
            module, examples, file, input_names=names, output_names=["output"], dynamic_axes=axes, dynamo=False
        )
    return buffer.getvalue()


def session_of(model: bytes, threads: int) -> Any:
    """An ONNX Runtime session on the CPU that uses so many threads and does not spin between calls."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
