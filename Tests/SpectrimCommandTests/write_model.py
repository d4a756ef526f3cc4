"""Writes a small valid model with h5py, then makes it wrong in one way."""
import sys

import h5py
import numpy

path, defect = sys.argv[1:]


def text(value):
    return numpy.bytes_(value)


with h5py.File(path, "w") as file:
    file.attrs["format"] = text("spectrim-model")
    file.attrs["format_version"] = numpy.array([1, 0], dtype="int32")
    file.attrs["name"] = text("from h5py")
    file.attrs["graph"] = text("chain")
    entry = file.create_group("input")
    entry.attrs["shape"] = numpy.array([6], dtype="int32")
    entry.attrs["layout"] = text("flat")
    entry.attrs["scale"], entry.attrs["mean"], entry.attrs["std"] = 1.0, 0.0, 1.0
    layer = file.create_group("layers/fc")
    layer.attrs["index"] = numpy.int32(0)
    layer.attrs["op"] = text("linear")
    layer.attrs["activation"] = text("relu")
    weight = layer.create_group("weight")
    weight.attrs["representation"] = text("factorized")
    weight["U"] = numpy.arange(8, dtype="float32").reshape(4, 2)
    weight["V"] = numpy.arange(12, dtype="float32").reshape(6, 2)
    layer["bias"] = numpy.arange(4, dtype="float32")

    def replace(name, value):
        del file[name]
        file[name] = value

    match defect:
        case "none":
            pass
        case "foreign":
            del file.attrs["format"]
        case "version":
            file.attrs["format_version"] = numpy.array([9, 0], dtype="int32")
        case "missing":
            del file["layers/fc/weight/V"]
        case "shape":
            replace("layers/fc/weight/V", numpy.zeros((3, 2), dtype="float32"))
        case "sides":
            replace("layers/fc/weight/V", numpy.zeros(12, dtype="float32"))
        case "ranks":
            replace("layers/fc/weight/V", numpy.zeros((6, 3), dtype="float32"))
        case "nan":
            file["layers/fc/weight/U"][1, 1] = numpy.nan
        case "representation":
            weight.attrs["representation"] = text("tucker")
        case "activation":
            layer.attrs["activation"] = text("maxout")
        case "type":
            replace("layers/fc/weight/U", numpy.zeros((4, 2), dtype="int16"))
        case "link":
            del file["layers/fc/bias"]
            file["layers/fc/bias"] = h5py.ExternalLink("other.h5", "/secret")
        case _:
            sys.exit(f"no defect {defect}")
