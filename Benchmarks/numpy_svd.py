"""The peer of ConversionTimes: numpy.linalg.svd in float64 of the three matrices of the sample.

Prints the seconds of one pass without a warm-up; reading is not timed.
"""
import sys
import time

import h5py
import numpy as np


def main(path):
    with h5py.File(path, "r") as file:
        layers = file["layers"]
        matrices = [layers[name]["weight"]["W"][()].astype(np.float64) for name in sorted(layers)]
    start = time.perf_counter()
    for matrix in matrices:
        np.linalg.svd(matrix, full_matrices=False)
    print(time.perf_counter() - start, *["x".join(map(str, m.shape)) for m in matrices])


if __name__ == "__main__":
    main(sys.argv[1])
