"""Reads a Spectrim model with nothing but h5py and hdf5plugin and prints every fact and byte.

One line each: path, kind, value; for a dataset the type, the sides and the bytes in hexadecimal
digits. The last line is the SHA-256 of the canonical content as Schemas/format.md defines it.
"""
import hashlib
import math
import re
import struct
import sys

import h5py
import hdf5plugin  # noqa: F401
import numpy

TYPES = {"float16": "f16", "float32": "f32", "float64": "f64"}


def bfloat16(dataset):
    kind = dataset.id.get_type()
    return isinstance(kind, h5py.h5t.TypeFloatID) and kind.get_size() == 2 and kind.get_fields() == (15, 7, 8, 0, 7)


def array(dataset):
    """Type, sides and little-endian bytes, without letting HDF5 convert a half."""
    if bfloat16(dataset):
        raw = numpy.empty(dataset.shape, dtype="<u2")
        if raw.size:
            dataset.id.read(h5py.h5s.ALL, h5py.h5s.ALL, raw, dataset.id.get_type())
        return "bf16", dataset.shape, raw.tobytes()
    values = dataset[()]
    return TYPES.get(values.dtype.name, values.dtype.name), values.shape, values.astype(values.dtype.newbyteorder("<")).tobytes()


def fact(value):
    if isinstance(value, (bytes, numpy.bytes_)):
        return "text " + value.decode()
    if isinstance(value, numpy.ndarray):
        return "ints " + " ".join(str(v) for v in value)
    if isinstance(value, numpy.integer):
        return f"int {value}"
    return f"real {struct.unpack('<Q', struct.pack('<d', value))[0]:x}"


def walk(group, path, tree):
    for name, value in group.attrs.items():
        tree[(path, 0, name)] = fact(value)
    for name, child in group.items():
        if path == "/" and name in ("layers", "tensors", "pool", "report", "labels"):
            continue
        place = path.rstrip("/") + "/" + name
        if isinstance(child, h5py.Dataset):
            tree[(path, 1, name)] = array(child)
        else:
            walk(child, place, tree)


SIZES = {"int8": 1, "zigzag8": 1, "f32": 4}


def part(file, place, ends):
    """The type, sides and bytes at `pool[+offset][sides][^T]`."""
    pool, offset, sides, by_column = re.fullmatch(r"(\w+)(?:\+(\d+))?\[([\d ]+)\](\^T)?", place).groups()
    sides = [int(side) for side in sides.split()]
    kind, _, raw = array(file["pool/" + pool])
    start = ends.get(pool, 0) if offset is None else int(offset)
    ends[pool] = max(ends.get(pool, 0), start + math.prod(sides))
    size = SIZES.get(pool, 2)
    raw = raw[start * size : (start + math.prod(sides)) * size]
    if pool == "zigzag8":
        codes = numpy.frombuffer(raw, "u1")
        kind, raw = "int8", ((codes >> 1) ^ -(codes & 1)).astype("u1").tobytes()
    if by_column:
        raw = numpy.frombuffer(raw, "i1").reshape(sides[::-1]).T.tobytes()
    return kind, tuple(sides), raw


def pooled(file, tree):
    ends = {}
    for line in file["pool/index"][0].decode().splitlines():
        if "=" not in line:
            path = line
            continue
        name, value = line.split("=", 1)
        if value.startswith("@"):
            tree[(path, 1, name)] = part(file, value[1:], ends)
        elif value.startswith("["):
            tree[(path, 0, name)] = "ints " + value[1:-1]
        else:
            try:
                text = f"int {int(value)}"
            except ValueError:
                try:
                    text = fact(float(value))
                except ValueError:
                    text = "text " + value
            tree[(path, 0, name)] = text


def lines(tree, prefix, digest):
    def ordered(path):
        here = sorted((k for k in tree if k[0] == path), key=lambda k: (k[1], k[2].encode()))
        for _, kind, name in here:
            place = path.rstrip("/") + "/" + name
            value = tree[(path, kind, name)]
            if kind == 0:
                digest.update(f"{place} {value}\n".encode())
                print(place, value)
            else:
                sides = "x".join(str(side) for side in value[1])
                digest.update(f"{place} {value[0]} {sides}\n".encode() + value[2])
                print(place, value[0], sides, value[2].hex())
        below = {k[0] for k in tree if k[0] != path and k[0].startswith(path.rstrip("/") + "/")}
        depth = path.rstrip("/").count("/") + 1
        for child in sorted({"/".join(p.split("/")[: depth + 1]) for p in below}, key=str.encode):
            ordered(child)

    ordered(prefix)


with h5py.File(sys.argv[1], "r") as file:
    digest = hashlib.sha256()
    header = {}
    walk(file, "/", header)
    if "labels" in file:
        header[("/", 0, "labels")] = "texts " + "\t".join(v.decode() for v in file["labels"][()])
    layers = {}
    top = "tensors" if "tensors" in file else "layers"
    if "pool" in file:
        pooled(file, layers)
        header.update({k: layers.pop(k) for k in list(layers) if k[0] == "/input"})
    else:
        walk(file[top], "/" + top, layers)
    lines(header, "/", digest)
    names = {k[0].split("/")[2] for k in layers}
    index = {name: int(layers[(f"/{top}/{name}", 0, "index")].split()[1]) for name in names}
    for name in sorted(names, key=index.get):
        lines({k: v for k, v in layers.items() if k[0].split("/")[2] == name}, f"/{top}/{name}", digest)
    print("digest", digest.hexdigest())
