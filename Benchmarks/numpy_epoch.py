"""The peers of TrainingEpoch: the same network, data, batches and optimizer in numpy.

usage: numpy_epoch.py natural|tuned MNIST-FOLDER

natural  every formula as one writes it, with new arrays for its results
tuned    the same formulas, but results overwrite arrays that are no longer needed
Prints the seconds of each of two epochs and the accuracy; the first epoch warms up.
"""
import gzip
import os
import sys
import time

import numpy as np

MEAN, DEVIATION, RATE, MOMENTUM, BATCH, EPOCHS = 0.1307, 0.3081, 0.02, 0.9, 128, 2
WIDTHS = [784, 500, 300, 10]


def read(folder, name, header):
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load(folder, prefix):
    images = read(folder, prefix + "-images-idx3-ubyte", 16).reshape(-1, 784)
    inputs = (images.astype(np.float32) / np.float32(255) - np.float32(MEAN)) / np.float32(DEVIATION)
    return inputs, read(folder, prefix + "-labels-idx1-ubyte", 8).astype(np.int64)


def natural_gradients(inputs, labels, weights, biases):
    outputs = [inputs]
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        z = outputs[-1] @ weight.T + bias
        outputs.append(np.maximum(z, 0) if index < len(weights) - 1 else z)
    powers = np.exp(outputs[-1] - outputs[-1].max(1, keepdims=True))
    delta = powers / powers.sum(1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta = delta / len(labels)
    gradients = [None] * (2 * len(weights))
    for index in reversed(range(len(weights))):
        gradients[index] = delta.T @ outputs[index]
        gradients[len(weights) + index] = delta.sum(0)
        if index > 0:
            delta = (delta @ weights[index]) * (outputs[index] > 0)
    return gradients


def tuned_gradients(inputs, labels, weights, biases):
    outputs = [inputs]
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        z = outputs[-1] @ weight.T
        z += bias
        if index < len(weights) - 1:
            np.maximum(z, 0, out=z)
        outputs.append(z)
    delta = outputs[-1]
    delta -= delta.max(1, keepdims=True)
    np.exp(delta, out=delta)
    delta /= delta.sum(1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= np.float32(len(labels))
    gradients = [None] * (2 * len(weights))
    for index in reversed(range(len(weights))):
        gradients[index] = delta.T @ outputs[index]
        gradients[len(weights) + index] = delta.sum(0)
        if index > 0:
            delta = delta @ weights[index]
            delta *= outputs[index] > 0
    return gradients


def main(form, folder):
    form_gradients = {"natural": natural_gradients, "tuned": tuned_gradients}[form]
    inputs, labels = load(folder, "train")
    random = np.random.default_rng(0)
    weights, biases = [], []
    for width, count in zip(WIDTHS, WIDTHS[1:]):
        limit = 1 / np.sqrt(width)
        weights.append(random.uniform(-limit, limit, (count, width)).astype(np.float32))
        biases.append(random.uniform(-limit, limit, count).astype(np.float32))
    velocities = [np.zeros_like(p) for p in weights + biases]
    rate, momentum = np.float32(RATE), np.float32(MOMENTUM)
    times = []
    for _ in range(EPOCHS):
        start = time.perf_counter()
        order = random.permutation(len(inputs))
        for begin in range(0, len(inputs), BATCH):
            chosen = order[begin : begin + BATCH]
            gradients = form_gradients(inputs[chosen], labels[chosen], weights, biases)
            for parameter, velocity, gradient in zip(weights + biases, velocities, gradients):
                velocity *= momentum
                velocity += gradient
                parameter -= rate * velocity
        times.append(time.perf_counter() - start)
    inputs, labels = load(folder, "t10k")
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        inputs = inputs @ weight.T + bias
        if index < len(weights) - 1:
            inputs = np.maximum(inputs, 0)
    print(*times, (inputs.argmax(1) == labels).mean())


if __name__ == "__main__":
    main(*sys.argv[1:])
