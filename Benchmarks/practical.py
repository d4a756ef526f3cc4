"""The last question of the softmax practical: an SVM and an MLP of scikit-learn on all of MNIST.

usage: practical.py MNIST-FOLDER     (needs numpy and scikit-learn; about four minutes)
"""
import gzip
import os
import sys
import time

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC


def read(folder, name, header):
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load(folder, prefix):
    images = read(folder, prefix + "-images-idx3-ubyte", 16).reshape(-1, 784) / 255.0
    return images, read(folder, prefix + "-labels-idx1-ubyte", 8)


def main(folder):
    train, test = load(folder, "train"), load(folder, "t10k")
    print("scikit-learn", sklearn.__version__)
    models = {
        "SVC, radial kernel, defaults": SVC(cache_size=2000),
        "MLPClassifier, 500 and 300, 5 epochs": MLPClassifier(
            (500, 300), random_state=0, max_iter=5),
    }
    for name, model in models.items():
        start = time.perf_counter()
        model.fit(*train)
        print(f"{name}: {100 * model.score(*test):.2f} %, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
