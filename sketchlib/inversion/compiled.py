"""A transformer block for a few tokens, forwards and backwards, compiled.

A sketch has few tokens, so the time goes into reading weights and into calling small operations: here a block is two
calls each way, and its weights are read once, in memory order, from one copy. Everything runs on one core: two
inversions run beside each other on two.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# Types are numba's to infer: float32 and float64 versions of each function are compiled from one source.

import numpy as np

from sketchlib.raster.kernel import compiled

UNROLLED = 8
"""The products take so many outputs at a time, so a layer's width is a multiple of it."""


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
def _attend_slope(slope, qkv, ends, heads, weights):
    """Gradient (rows, 3 width) in queries, keys and values from the one in the mixed values (rows, width)."""
    width = qkv.shape[1] // 3
    depth = width // heads
    scale = qkv.dtype.type(1 / np.sqrt(depth))
    result = np.zeros_like(qkv)
    in_weights = np.empty(weights.shape[2], qkv.dtype)
    begin = 0
    for end in ends:
        for head in range(heads):
            at = head * depth
            for i in range(begin, end):
                row = weights[head, i]
                mean = qkv.dtype.type(0)
                for j in range(begin, end):
                    found = qkv.dtype.type(0)
                    for d in range(depth):
                        found += slope[i, at + d] * qkv[j, 2 * width + at + d]
                        result[j, 2 * width + at + d] += row[j - begin] * slope[i, at + d]
                    in_weights[j - begin] = found
                    mean += found * row[j - begin]
                for j in range(begin, end):
                    in_logit = row[j - begin] * (in_weights[j - begin] - mean) * scale
                    for d in range(depth):
                        result[i, at + d] += in_logit * qkv[j, width + at + d]
                        result[j, width + at + d] += in_logit * qkv[i, at + d]
        begin = end
    return result


@compiled
def attention_half(x, ends, kept, heads, epsilon, block):
    """y = x + project(attend(qkv(norm(x)))) for the rows `kept`, then expand(norm(y)).

    x: (rows, width). ends: index one past each sketch's last row. block: a block's weights in the order of
    `encoder.block_weights`. Returns y, the expanded rows, and what `attention_slope` needs.
    """
    (gain, shift, qkv_weight, qkv_bias, weight, bias), (gain_2, shift_2, expand, expand_bias) = block
    rows, width = x.shape
    inverse, centred = np.empty(rows, x.dtype), np.empty_like(x)
    qkv = np.empty((rows, 3 * width), x.dtype)
    _rows_by_columns(_norm(x, gain, shift, epsilon, inverse, centred), qkv_weight, qkv_bias, qkv)
    longest = ends[0]
    for i in range(1, len(ends)):
        longest = max(longest, ends[i] - ends[i - 1])
    weights = np.empty((heads, rows, longest), x.dtype)
    mixed = _attend(qkv, ends, heads, weights)
    y = np.empty((len(kept), width), x.dtype)
    _rows_by_columns(mixed[kept], weight, bias, y)
    y += x[kept]
    inverse_2, centred_2 = np.empty(len(kept), x.dtype), np.empty_like(y)
    expanded = np.empty((len(kept), len(expand)), x.dtype)
    _rows_by_columns(_norm(y, gain_2, shift_2, epsilon, inverse_2, centred_2), expand, expand_bias, expanded)
    return y, expanded, (inverse, centred, qkv, weights, inverse_2, centred_2)


@compiled
def perceptron_half(y, activated, contract, contract_bias):
    """y + contract(activated)."""
    result = np.empty_like(y)
    _rows_by_columns(activated, contract, contract_bias, result)
    result += y
    return result


@compiled
def perceptron_slope(slope, contract):
    """Gradient in the activated rows."""
    return _rows_by_rows(slope, contract)


@compiled
def attention_slope(slope, in_expanded, ends, kept, heads, block, tape):
    """Gradient (rows, width) in what went into `attention_half`, from those in y and in the expanded rows."""
    (gain, _, qkv_weight, _, weight, _), (gain_2, _, expand, _) = block
    inverse, centred, qkv, weights, inverse_2, centred_2 = tape
    in_y = slope.copy()
    _add_norm_slope(_rows_by_rows(in_expanded, expand), gain_2, inverse_2, centred_2, in_y)
    in_mixed, result = np.zeros_like(centred), np.zeros_like(centred)
    in_mixed[kept], result[kept] = _rows_by_rows(in_y, weight), in_y
    in_qkv = _attend_slope(in_mixed, qkv, ends, heads, weights)
    _add_norm_slope(_rows_by_rows(in_qkv, qkv_weight), gain, inverse, centred, result)
    return result
