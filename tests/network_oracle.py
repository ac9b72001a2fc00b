"""SketchXAINet written slowly from the published layout: numpy in float64, a stroke, a head and a gate at a time."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Tensors = Mapping[str, np.ndarray]
Drawing = Sequence[np.ndarray]

EMBEDDINGS = "vit.embeddings."


def random_drawing(random: np.random.Generator, strokes: int, longest: int = 9) -> list[np.ndarray]:
    """`strokes` strokes of 1 to `longest` points anywhere on the canvas."""
    return [random.random((random.integers(1, longest + 1), 2)) for _ in range(strokes)]


def normalised(drawing: Drawing) -> list[np.ndarray]:
    """p' = 1.48 (p - centre) / S, S the long side of the box around all points."""
    points = np.concatenate([np.asarray(stroke, dtype=np.float64) for stroke in drawing])
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(high[0] - low[0], high[1] - low[1])
    scale = 1.48 / side if side > 0 else 1.0
    return [scale * (np.asarray(stroke, dtype=np.float64) - (low + high) / 2) for stroke in drawing]


def offset_rows(stroke: np.ndarray) -> np.ndarray:
    """(n, 4) rows (dx, dy, p1, p2): the first has no offset, the last says that the pen is lifted."""
    rows = []
    for number, point in enumerate(stroke):
        dx, dy = point - stroke[number - 1] if number > 0 else (0.0, 0.0)
        lifted = 1.0 if number == len(stroke) - 1 else 0.0
        rows.append([dx, dy, 1.0 - lifted, lifted])
    return np.array(rows)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gelu(x: np.ndarray) -> np.ndarray:
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def linear(tensors: Tensors, name: str, x: np.ndarray) -> np.ndarray:
    return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def layer_norm(tensors: Tensors, name: str, x: np.ndarray) -> np.ndarray:
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-12) * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]


def lstm_direction(tensors: Tensors, rows: Iterable[np.ndarray], end: str) -> list[np.ndarray]:
    """Outputs of one direction of one layer, in the order of `rows`; gates i, f, g, o."""
    part = {kind: tensors[f"{EMBEDDINGS}stroke_embeddings.{kind}_{end}"] for kind in ("weight_ih", "weight_hh")}
    bias = sum(tensors[f"{EMBEDDINGS}stroke_embeddings.{kind}_{end}"] for kind in ("bias_ih", "bias_hh"))
    width = part["weight_hh"].shape[1]
    hidden, cell, outputs = np.zeros(width), np.zeros(width), []
    for row in rows:
        gates = part["weight_ih"] @ row + part["weight_hh"] @ hidden + bias
        i, f, g, o = (gates[k * width : (k + 1) * width] for k in range(4))
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell)
        outputs.append(hidden)
    return outputs


def shape_embedding(tensors: Tensors, stroke: np.ndarray) -> np.ndarray:
    """Sum over time of the top layer's [forward; backward] outputs."""
    rows = list(offset_rows(stroke))
    for layer in (0, 1):
        forwards = lstm_direction(tensors, rows, f"l{layer}")
        backwards = lstm_direction(tensors, rows[::-1], f"l{layer}_reverse")[::-1]
        rows = [np.concatenate(pair) for pair in zip(forwards, backwards, strict=True)]
    return sum(rows)


def attention(tensors: Tensors, layer: str, tokens: np.ndarray, heads: int) -> np.ndarray:
    q, k, v = (linear(tensors, f"{layer}attention.attention.{name}", tokens) for name in ("query", "key", "value"))
    width = tokens.shape[1] // heads
    mixed = []
    for head in range(heads):
        part = slice(head * width, (head + 1) * width)
        scores = q[:, part] @ k[:, part].T / math.sqrt(width)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        mixed.append(weights / weights.sum(axis=1, keepdims=True) @ v[:, part])
    return linear(tensors, f"{layer}attention.output.dense", np.concatenate(mixed, axis=1))


def encoded(tensors: Tensors, tokens: np.ndarray, heads: int) -> np.ndarray:
    layers = sum(key.endswith("layernorm_before.weight") for key in tensors)
    for number in range(layers):
        layer = f"vit.encoder.layer.{number}."
        tokens = tokens + attention(tensors, layer, layer_norm(tensors, f"{layer}layernorm_before", tokens), heads)
        inner = gelu(
            linear(tensors, f"{layer}intermediate.dense", layer_norm(tensors, f"{layer}layernorm_after", tokens))
        )
        tokens = tokens + linear(tensors, f"{layer}output.dense", inner)
    return tokens


def slow_logits(
    tensors: Tensors,
    drawing: Drawing,
    heads: int,
    slots: int | None = 196,
    switches: tuple[bool, bool, bool] = (True, True, True),
) -> np.ndarray:
    """(classes,) logits of one drawing from the published tensors.

    slots: tokens besides CLS, the empty ones (shape 0, location (0, 0)) attended to; None: one per stroke.
    switches: whether shape, order and location are embedded.
    """
    strokes = normalised(drawing)
    with_shape, with_order, with_location = switches
    tokens = [tensors[f"{EMBEDDINGS}cls_token"][0, 0]]
    for slot in range(slots or len(strokes)):
        filled = slot < len(strokes)
        token = np.zeros_like(tokens[0])
        if with_shape and filled:
            token = token + shape_embedding(tensors, strokes[slot])
        if with_order:
            token = token + tensors[f"{EMBEDDINGS}order_embeddings.weight"][slot]
        if with_location:
            point = strokes[slot][0] if filled else np.zeros(2)
            token = token + linear(tensors, f"{EMBEDDINGS}location_embeddings", point)
        tokens.append(token)
    cls = encoded(tensors, np.stack(tokens), heads)[0]
    return linear(tensors, "vit.fc", layer_norm(tensors, "vit.layernorm", cls))
