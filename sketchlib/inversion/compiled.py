"""The encoder on a CPU, forwards and backwards, compiled.

A sketch has few tokens, so the time goes into reading weights and into calling small operations: here the network is
one call each way, and its weights are read once, in memory order. A call runs on the core it is made on and lets other
threads run, so calls for parts of a batch can be made beside each other.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# Types are numba's to infer: float32 and float64 versions of each function are compiled from one source.

import math

import numpy as np

from sketchlib.raster.kernel import compiled

UNROLLED = 8
"""The products take so many outputs at a time, so a layer's width is a multiple of it."""

EDGE, STEPS = 8, 64
"""The normal distribution is tabulated on [-EDGE, EDGE], so many values a unit."""

_GRID = np.arange(-EDGE * STEPS, EDGE * STEPS + 1) / STEPS
_NORMAL = np.array(
    [[(1 + math.erf(z / math.sqrt(2))) / 2 for z in _GRID], np.exp(-(_GRID**2) / 2) / math.sqrt(2 * math.pi)]
)
NORMAL = {name: _NORMAL.astype(name) for name in ("float32", "float64")}
"""Distribution and density at the grid's places, by float type."""


@compiled
def _rows_by_columns(x, weight, bias, result):
    """result = x weight^T + bias, two outputs of four rows at a time: eight sums stay in registers."""
    rows, inputs = x.shape
    zero = x.dtype.type(0)
    whole = rows - rows % 4
    for j in range(0, len(weight), 2):
        for m in range(0, whole, 4):
            a0, a1, a2, a3, b0, b1, b2, b3 = zero, zero, zero, zero, zero, zero, zero, zero
            for k in range(inputs):
                a, b = weight[j, k], weight[j + 1, k]
                x0, x1, x2, x3 = x[m, k], x[m + 1, k], x[m + 2, k], x[m + 3, k]
                a0 += a * x0
                a1 += a * x1
                a2 += a * x2
                a3 += a * x3
                b0 += b * x0
                b1 += b * x1
                b2 += b * x2
                b3 += b * x3
            result[m, j], result[m, j + 1] = a0 + bias[j], b0 + bias[j + 1]
            result[m + 1, j], result[m + 1, j + 1] = a1 + bias[j], b1 + bias[j + 1]
            result[m + 2, j], result[m + 2, j + 1] = a2 + bias[j], b2 + bias[j + 1]
            result[m + 3, j], result[m + 3, j + 1] = a3 + bias[j], b3 + bias[j + 1]
        for m in range(whole, rows):
            a0, b0 = zero, zero
            for k in range(inputs):
                a0 += weight[j, k] * x[m, k]
                b0 += weight[j + 1, k] * x[m, k]
            result[m, j], result[m, j + 1] = a0 + bias[j], b0 + bias[j + 1]


@compiled
def _rows_by_rows(slope, weight):
    """slope weight: eight rows of the weights at a time are added to each row of the result."""
    result = np.zeros((len(slope), weight.shape[1]), slope.dtype)
    for j in range(0, len(weight), 8):
        for m in range(len(slope)):
            s0, s1, s2, s3 = slope[m, j], slope[m, j + 1], slope[m, j + 2], slope[m, j + 3]
            s4, s5, s6, s7 = slope[m, j + 4], slope[m, j + 5], slope[m, j + 6], slope[m, j + 7]
            for k in range(weight.shape[1]):
                first = s0 * weight[j, k] + s1 * weight[j + 1, k] + s2 * weight[j + 2, k] + s3 * weight[j + 3, k]
                last = s4 * weight[j + 4, k] + s5 * weight[j + 5, k] + s6 * weight[j + 6, k] + s7 * weight[j + 7, k]
                result[m, k] += first + last
    return result


@compiled
def _norm(x, gain, shift, epsilon, inverse, centred):
    """The layer norm of the rows; leaves (x - mean) / deviation in `centred` and 1 / deviation in `inverse`."""
    result = np.empty_like(x)
    width = x.dtype.type(x.shape[1])
    for m in range(len(x)):
        mean, variance = x.dtype.type(0), x.dtype.type(0)
        for k in range(x.shape[1]):
            mean += x[m, k]
        mean /= width
        for k in range(x.shape[1]):
            variance += (x[m, k] - mean) * (x[m, k] - mean)
        inverse[m] = 1 / np.sqrt(variance / width + x.dtype.type(epsilon))
        for k in range(x.shape[1]):
            centred[m, k] = (x[m, k] - mean) * inverse[m]
            result[m, k] = centred[m, k] * gain[k] + shift[k]
    return result


@compiled
def _add_norm_slope(slope, gain, inverse, centred, result):
    """Adds to `result` the gradient in the rows that went into the layer norm."""
    width = slope.dtype.type(slope.shape[1])
    for m in range(len(slope)):
        mean, along = slope.dtype.type(0), slope.dtype.type(0)
        for k in range(slope.shape[1]):
            mean += slope[m, k] * gain[k]
            along += slope[m, k] * gain[k] * centred[m, k]
        mean /= width
        along /= width
        for k in range(slope.shape[1]):
            result[m, k] += inverse[m] * (slope[m, k] * gain[k] - mean - centred[m, k] * along)


@compiled
def _attend(qkv, ends, heads, weights):
    """Values (rows, width) mixed by attention within each sketch; `weights` (heads, rows, longest) are left filled."""
    width = qkv.shape[1] // 3
    depth = width // heads
    scale = qkv.dtype.type(1 / np.sqrt(depth))
    mixed = np.zeros((len(qkv), width), qkv.dtype)
    begin = 0
    for end in ends:
        for head in range(heads):
            at = head * depth
            for i in range(begin, end):
                row = weights[head, i]
                highest = qkv.dtype.type(-np.inf)
                for j in range(begin, end):
                    logit = qkv.dtype.type(0)
                    for d in range(depth):
                        logit += qkv[i, at + d] * qkv[j, width + at + d]
                    row[j - begin] = logit * scale
                    highest = max(highest, row[j - begin])
                total = qkv.dtype.type(0)
                for j in range(end - begin):
                    row[j] = np.exp(row[j] - highest)
                    total += row[j]
                for j in range(end - begin):
                    row[j] /= total
                    for d in range(depth):
                        mixed[i, at + d] += row[j] * qkv[begin + j, 2 * width + at + d]
        begin = end
    return mixed


@compiled
def _add_scaled(row, factor, result):
    for k in range(len(row)):
        result[k] += factor * row[k]


@compiled
def _attend_slope(slope, qkv, ends, heads, weights):
    """Gradient (rows, 3 width) in queries, keys and values from the one in the mixed values (rows, width)."""
    width = qkv.shape[1] // 3
    depth = width // heads
    scale = qkv.dtype.type(1 / np.sqrt(depth))
    result, in_weights = np.zeros_like(qkv), np.empty(weights.shape[2], qkv.dtype)
    begin = 0
    for end in ends:
        for at in range(0, width, depth):
            head, query = at // depth, slice(at, at + depth)
            key, value = slice(width + at, width + at + depth), slice(2 * width + at, 2 * width + at + depth)
            for i in range(begin, end):
                row, own, mean = weights[head, i], slope[i, query], qkv.dtype.type(0)
                for j in range(begin, end):
                    found, other = qkv.dtype.type(0), qkv[j, value]
                    for d in range(depth):
                        found += own[d] * other[d]
                    in_weights[j - begin] = found
                    mean += found * row[j - begin]
                    _add_scaled(own, row[j - begin], result[j, value])
                for j in range(begin, end):
                    in_logit = row[j - begin] * (in_weights[j - begin] - mean) * scale
                    _add_scaled(qkv[j, key], in_logit, result[i, query])
                    _add_scaled(qkv[i, query], in_logit, result[j, key])
        begin = end
    return result


@compiled
def gelu(x, slopes, normal):
    """x Phi(x) of rows, in place, its derivative left in `slopes`; normal: a table of NORMAL.

    Phi and its density by their Taylor polynomials about the nearest place of the grid: off by less than 1e-9.
    The table is looked up in a loop of its own, so that the others are made of vector instructions.
    """
    edge, steps, half = x.dtype.type(EDGE), x.dtype.type(STEPS), x.dtype.type(0.5)
    third, one, three = x.dtype.type(1 / 3), x.dtype.type(1), x.dtype.type(3)
    place, found = np.empty(x.shape[1], np.int32), np.empty((2, x.shape[1]), x.dtype)
    below, density = found
    for m in range(len(x)):
        for k in range(x.shape[1]):
            place[k] = np.int32((min(max(x[m, k], -edge), edge) + edge) * steps + half)
        for k in range(x.shape[1]):
            below[k], density[k] = normal[0, place[k]], normal[1, place[k]]
        for k in range(x.shape[1]):
            z = x.dtype.type(place[k]) / steps - edge
            d = min(max(x[m, k], -edge), edge) - z
            second, cubic = z * z - one, z * (z * z - three)
            share = below[k] + density[k] * d * (one - half * d * (z - third * d * (second - half * half * d * cubic)))
            dense = density[k] * (one - d * (z - half * d * (second - third * d * cubic)))
            slopes[m, k] = share + x[m, k] * dense
            x[m, k] *= share


@compiled
def _of(block, weights):
    """The weights of one block, out of the stacked ones."""
    (norm, shift, qkv, qkv_bias, project, project_bias), (norm_2, shift_2, expand, expand_bias, contract, bias) = (
        weights
    )
    attention = (norm[block], shift[block], qkv[block], qkv_bias[block], project[block], project_bias[block])
    return attention, (norm_2[block], shift_2[block], expand[block], expand_bias[block], contract[block], bias[block])


@compiled
def _tape(blocks, rows, width, hidden, heads, longest, dtype):
    """Empty memory for what `backwards` needs of each block; one piece, as glibc hands several back when freed."""
    ends = np.cumsum(np.array([2, 2 * width, 3 * width, heads * longest, hidden]) * blocks * rows)
    memory = np.empty(ends[4], dtype)
    return (
        memory[: ends[0]].reshape((2, blocks, rows)),
        memory[ends[0] : ends[1]].reshape((2, blocks, rows, width)),
        memory[ends[1] : ends[2]].reshape((blocks, rows, 3 * width)),
        memory[ends[2] : ends[3]].reshape((blocks, heads, rows, longest)),
        memory[ends[3] :].reshape((blocks, rows, hidden)),
    )


@compiled
def _block(x, ends, kept, heads, epsilon, number, weights, normal, tape):
    """y = x + project(attend(qkv(norm(x)))) for the rows `kept`, then y + contract(gelu(expand(norm(y))))."""
    attention, perceptron = _of(number, weights)
    norm, shift, qkv_weight, qkv_bias, project, project_bias = attention
    norm_2, shift_2, expand, expand_bias, contract, contract_bias = perceptron
    inverse, centred, qkv, shares, slopes = tape
    normed = _norm(x, norm, shift, epsilon, inverse[0, number], centred[0, number])
    _rows_by_columns(normed, qkv_weight, qkv_bias, qkv[number])
    mixed = _attend(qkv[number], ends, heads, shares[number])
    y = np.empty((len(kept), x.shape[1]), x.dtype)
    _rows_by_columns(mixed[kept], project, project_bias, y)
    y += x[kept]
    expanded = np.empty((len(kept), len(expand)), x.dtype)
    normed = _norm(y, norm_2, shift_2, epsilon, inverse[1, number], centred[1, number])
    _rows_by_columns(normed, expand, expand_bias, expanded)
    gelu(expanded, slopes[number], normal)
    result = np.empty_like(y)
    _rows_by_columns(expanded, contract, contract_bias, result)
    return result + y


@compiled
def _block_slope(slope, ends, kept, heads, number, weights, tape):
    """Gradient (rows, width) in what went into `_block` from the one in what came out (kept, width)."""
    attention, perceptron = _of(number, weights)
    norm, _, qkv_weight, _, project, _ = attention
    norm_2, _, expand, _, contract, _ = perceptron
    inverse, centred, qkv, shares, slopes = tape
    in_expanded = _rows_by_rows(slope, contract)
    in_expanded *= slopes[number, : len(kept)]
    in_y = slope.copy()
    _add_norm_slope(_rows_by_rows(in_expanded, expand), norm_2, inverse[1, number], centred[1, number], in_y)
    in_mixed, result = np.zeros_like(centred[0, number]), np.zeros_like(centred[0, number])
    in_mixed[kept], result[kept] = _rows_by_rows(in_y, project), in_y
    in_qkv = _attend_slope(in_mixed, qkv[number], ends, heads, shares[number])
    _add_norm_slope(_rows_by_rows(in_qkv, qkv_weight), norm, inverse[0, number], centred[0, number], result)
    return result


@compiled
def forwards(x, ends, first, heads, epsilon, weights, last, normal):
    """Logits (sketches, classes) of tokens (rows, width), and what `backwards` needs.

    ends, first: one past each sketch's last row, and its first. weights: those of all blocks, stacked, in the order of
    `encoder.stacked`. last: those of the last norm and the head. normal: a table of NORMAL.
    """
    norm, shift, head, head_bias = last
    blocks, longest = len(weights[0][0]), np.max(ends - first)
    tape = _tape(blocks, len(x), x.shape[1], weights[1][2].shape[1], heads, longest, x.dtype)
    everything = np.arange(len(x))
    for number in range(blocks):
        kept = first if number == blocks - 1 else everything
        x = _block(x, ends, kept, heads, epsilon, number, weights, normal, tape)
    inverse, centred = np.empty(len(x), x.dtype), np.empty_like(x)
    logits = np.empty((len(x), len(head)), x.dtype)
    _rows_by_columns(_norm(x, norm, shift, epsilon, inverse, centred), head, head_bias, logits)
    return logits, (inverse, centred, tape)


@compiled
def backwards(slope, ends, first, heads, weights, last, tape):
    """Gradient (rows, width) in the tokens from the one in the logits (sketches, classes)."""
    norm, _, head, _ = last
    inverse, centred, inner = tape
    found = np.zeros_like(centred)
    _add_norm_slope(_rows_by_rows(slope, head), norm, inverse, centred, found)
    blocks, everything = len(weights[0][0]), np.arange(inner[0].shape[2])
    for number in range(blocks - 1, -1, -1):
        kept = first if number == blocks - 1 else everything
        found = _block_slope(found, ends, kept, heads, number, weights, inner)
    return found
