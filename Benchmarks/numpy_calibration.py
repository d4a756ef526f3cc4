"""The calibrated conversion of a perceptron as one writes it in numpy, to set our time against.

usage: numpy_calibration.py MODEL.npz MNIST-FOLDER IMAGES THETA OUTPUT.h5

MODEL.npz is what `spectrim export` writes. The steps: covariances of the inputs and metrics of the
outputs from the back-propagated differences of the scores; for each layer in turn a target that
makes up for the layers before, the SVD between the roots of both matrices, a rank and a step from
theta, rounding with error feedback and a price for bits, and the mean correction of the bias.
The codes are written in the pooled form: zigzag bytes, bit-shuffled under zstd 19.
Prints the processor's seconds for reading, the statistics, the layers, writing, and all of it, and
the accuracy of the result.
"""
import sys
import time

import digits
import h5py
import hdf5plugin
import numpy as np

RANK_SHARE, OUTPUT_SHARE = 0.5, 1.25
INPUT_DAMPING, OUTPUT_DAMPING = 1e-3, 1e-2
# The slope of squared error over bits of a uniform quantizer with step 1: 2 ln 2 / 12.
BIT_PRICE = 2 * np.log(2) / 12
PEAK, GROUP = 127, 4


def layer_inputs(images, weights, biases):
    inputs = [images]
    for weight, bias in zip(weights[:-1], biases[:-1]):
        inputs.append(np.maximum(inputs[-1] @ weight.T + bias, 0))
    return inputs


def output_metrics(inputs, weights):
    """E[dᵀ d] summed over the classes, d being a centred unit score carried back to a layer."""
    count, classes = len(inputs[0]), len(weights[-1])
    metrics = [np.zeros((len(weight), len(weight))) for weight in weights]
    gates = [values > 0 for values in inputs]
    for label in range(classes):
        slope = np.full((count, classes), -1 / classes, np.float32)
        slope[:, label] += 1
        for index in reversed(range(len(weights))):
            metrics[index] += slope.T @ slope
            if index:
                slope = (slope @ weights[index]) * gates[index]
    return [metric / count for metric in metrics]


def damped(matrix, share):
    return matrix + share * np.trace(matrix) / len(matrix) * np.eye(len(matrix))


def roots(matrix):
    """The symmetric square root and its inverse."""
    values, vectors = np.linalg.eigh(matrix)
    sides = np.sqrt(np.maximum(values, 1e-14 * values[-1]))
    return (vectors * sides) @ vectors.T, (vectors / sides) @ vectors.T


def code_lengths(codes):
    """Bits of every code -127…127 in each row, from the histogram of the row's group of four."""
    lengths = np.empty((len(codes), 2 * PEAK + 1))
    for start in range(0, len(codes), GROUP):
        counts = np.bincount(
            codes[start : start + GROUP].ravel().astype(np.int64) + PEAK, minlength=2 * PEAK + 1)
        lengths[start : start + GROUP] = -np.log2((counts + 0.02) / (counts + 0.02).sum())
    return lengths


def rounded(rows, metric, theta, prices_bits=True):
    """Codes and column steps of rows, each column's error made up for by those still to come."""
    order = np.argsort(-np.diag(metric))
    feedback = np.linalg.cholesky(np.linalg.inv(metric[np.ix_(order, order)])).T
    diagonal = np.diag(feedback).copy()
    steps = 2.0 ** np.clip(np.round(np.log2(theta * diagonal)), -127, 127)
    weights = (steps / (theta * diagonal)) ** 2
    every = np.arange(len(rows))
    lengths = None
    for _ in range(2 if prices_bits else 1):
        rest = rows[:, order].copy()
        codes = np.zeros(rest.shape, np.int16)
        for column in range(rest.shape[1]):
            scaled = rest[:, column] / steps[column]
            chosen = np.clip(np.rint(scaled), -PEAK, PEAK)
            if lengths is not None:
                chosen = cheapest(scaled, chosen, weights[column], lengths, every)
            codes[:, column] = chosen
            error = (rest[:, column] - chosen * steps[column]) / diagonal[column]
            rest[:, column + 1 :] -= np.outer(error, feedback[column, column + 1 :])
        if prices_bits:
            lengths = code_lengths(codes)
    back = np.argsort(order)
    return codes[:, back], steps[back]


def cheapest(scaled, nearest, weight, lengths, every):
    """Of the nearest code, the one next to it towards zero, and zero, that of the least cost."""

    def cost(codes):
        bits = lengths[every, (codes + PEAK).astype(np.int64)]
        return (scaled - codes) ** 2 * weight + BIT_PRICE * bits

    chosen, least = nearest, cost(nearest)
    for codes in (nearest - np.sign(nearest), np.zeros_like(nearest)):
        found = cost(codes)
        chosen = np.where(found < least, codes, chosen)
        least = np.minimum(found, least)
    return chosen


def compressed_layer(target, covariance, metric, theta, is_last):
    """The weight that the codes stand for, and the codes."""
    rows, columns = target.shape
    if not is_last:
        (left_root, left_inverse), (right_root, right_inverse) = roots(metric), roots(covariance)
        left, values, right = np.linalg.svd(left_root @ target @ right_root, full_matrices=False)
        threshold = RANK_SHARE * theta * np.sqrt((rows + columns) / 2)
        rank = max(1, int((values > threshold).sum()))
        if rank * (rows + columns) < rows * columns:
            factor = (values[:rank, None] * right[:rank]) @ right_inverse
            codes, steps = rounded(factor, covariance, theta)
            return completed(target, codes, steps, covariance, metric, theta)
    scale = np.sqrt(np.diag(metric))[:, None]
    codes, steps = rounded(scale * target, covariance, theta)
    return codes * steps / scale, [codes]


def completed(target, right_codes, right_steps, covariance, metric, theta):
    """The product with the best left factor for a rounded right one, and the codes of both."""
    right = right_codes * right_steps
    moments = right @ covariance @ right.T
    used = np.diag(moments) > 1e-12 * np.diag(moments).max()
    right, moments = right[used], moments[np.ix_(used, used)]
    right_codes = right_codes[used]
    moments_inverse = np.linalg.inv(damped(moments, 1e-9))
    left = target @ covariance @ right.T @ moments_inverse
    norms = np.sqrt(np.diag(moments))
    codes, steps = rounded((left * norms).T, metric, OUTPUT_SHARE * theta)
    return (codes * steps).T / norms @ right, [codes, right_codes]


def convert(images, weights, biases, theta):
    """The seconds of the statistics and of the layers, the weights with biases, and the codes."""
    start = time.process_time()
    inputs = layer_inputs(images, weights, biases)
    metrics = output_metrics(inputs, weights)
    middle = time.process_time()
    found, coded, seen = [], [], images
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        weight, wanted = weight.astype(np.float64), inputs[index].astype(np.float64)
        actual = wanted if index == 0 else seen.astype(np.float64)
        mean, actual_mean = wanted.mean(0), actual.mean(0)
        moments = actual.T @ actual / len(actual) - np.outer(actual_mean, actual_mean)
        covariance, target = damped(moments, INPUT_DAMPING), weight
        if index > 0:
            share = INPUT_DAMPING * np.trace(moments) / len(moments)
            crossed = wanted.T @ actual / len(actual) - np.outer(mean, actual_mean)
            target = (weight @ crossed + share * weight) @ np.linalg.inv(covariance)
        metric = damped(metrics[index], OUTPUT_DAMPING)
        is_last = index == len(weights) - 1
        stored, parts = compressed_layer(target, covariance, metric, theta, is_last)
        exact = weight @ mean + bias - stored @ actual_mean
        codes, steps = rounded(exact[None, :], metric, OUTPUT_SHARE * theta, prices_bits=False)
        coded += [*parts, codes]
        found.append((stored.astype(np.float32), (codes * steps)[0].astype(np.float32)))
        seen = np.maximum(seen @ found[-1][0].T + found[-1][1], 0)
    return middle - start, time.process_time() - middle, found, coded


def write(path, coded):
    flat = np.concatenate([codes.ravel() for codes in coded])
    flat = np.append(flat, np.zeros(-len(flat) % 8, np.int16))
    zigzag = np.where(flat < 0, -2 * flat - 1, 2 * flat).astype(np.uint8)
    packing = hdf5plugin.Bitshuffle(nelems=len(flat), cname="zstd", clevel=19)
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("codes", data=zigzag, chunks=(len(flat),), **packing)


def normalized(images):
    flat = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    return (flat - np.float32(0.1307)) / np.float32(0.3081)


def accuracy(images, labels, network):
    for weight, bias in network[:-1]:
        images = np.maximum(images @ weight.T + bias, 0)
    weight, bias = network[-1]
    return float(np.mean((images @ weight.T + bias).argmax(1) == labels))


def main(model, folder, count, theta, output):
    start = time.process_time()
    tensors = np.load(model)
    names = sorted(name for name in tensors if name.endswith(".weight"))
    weights = [tensors[name].astype(np.float32) for name in names]
    biases = [tensors[name.replace(".weight", ".bias")].astype(np.float32) for name in names]
    images = normalized(digits.read(folder, "train", digits.IMAGES)[: int(count)])
    reading = time.process_time() - start
    statistics, layers, network, coded = convert(images, weights, biases, float(theta))
    middle = time.process_time()
    write(output, coded)
    end = time.process_time()
    test, labels = digits.load(folder, "t10k")
    found = accuracy(normalized(test), labels, network)
    print(reading, statistics, layers, end - middle, end - start, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
