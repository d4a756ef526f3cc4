"""Folders of IDX images: read as arrays, and subsets of them written as folders of their own."""
import gzip
import os
import struct

import numpy as np

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


def read(folder, split, kind):
    """Images as [N, 28, 28] or labels as [N]; split is train or t10k."""
    path = os.path.join(folder, f"{split}-{kind}")
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        content = file.read()
    rank = content[3]
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder, split):
    return read(folder, split, IMAGES), read(folder, split, LABELS)


def write(folder, train, test):
    """Writes a folder from two pairs of images and labels."""
    os.makedirs(folder, exist_ok=True)
    for split, pair in (("train", train), ("t10k", test)):
        for kind, values in zip((IMAGES, LABELS), pair):
            header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
            with open(os.path.join(folder, f"{split}-{kind}"), "wb") as file:
                file.write(header + np.ascontiguousarray(values, np.uint8).tobytes())
    return folder
