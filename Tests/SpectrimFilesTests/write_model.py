"""Writes a factorized model with the defaults of h5py, as somebody else's program would."""
import sys

import h5py
import numpy

path, layout = sys.argv[1:]
random = numpy.random.default_rng(7)
options = {
    "contiguous": {},
    "gzip": {"chunks": True, "compression": "gzip", "shuffle": True, "fletcher32": True},
    "bigendian": {"dtype": ">f4"},
}[layout]


def text(value):
    return numpy.bytes_(value)


with h5py.File(path, "w") as file:
    file.attrs["format"] = text("spectrim-model")
    file.attrs["format_version"] = numpy.array([1, 0], dtype="int64")
    file.attrs["name"] = text("from h5py")
    file.attrs["graph"] = text("chain")
    entry = file.create_group("input")
    entry.attrs["shape"] = numpy.array([6], dtype="int64")
    entry.attrs["layout"] = text("flat")
    entry.attrs["scale"], entry.attrs["mean"], entry.attrs["std"] = 1.0, 0.0, 1.0
    layer = file.create_group("layers/fc")
    layer.attrs["index"] = 0
    layer.attrs["op"] = text("linear")
    layer.attrs["activation"] = text("relu")
    weight = layer.create_group("weight")
    weight.attrs["representation"] = text("factorized")
    u = random.standard_normal((4, 2)).astype("float32")
    v = random.standard_normal((6, 2)).astype("float32")
    bias = numpy.array([1, 2, 3, 4], dtype="float16")
    weight.create_dataset("U", data=u, **options)
    weight.create_dataset("V", data=v, **options)
    layer.create_dataset("bias", data=bias)
x = numpy.arange(6, dtype="float32")
print(*numpy.maximum(u.astype("float64") @ (v.T.astype("float64") @ x) + bias, 0))
