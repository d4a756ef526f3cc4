"""What others make of a dense network: a file on disk, and the values that it holds.

Every family is a function that calls `measure(setting, make)` for each of its settings, at once;
`make` writes a file and gives its path with the values in it: tensors by name, or the path of an
ONNX graph.
"""
import contextlib
import io
import os

import gguf
import ml_dtypes
import numpy as np
import onnxruntime.quantization as quantization
import zipnn
import zstandard
from nncodec.nn import decode, encode
from safetensors.numpy import save

LEVEL = 19
VERSIONED = ["nncodec", "onnxruntime", "onnx", "gguf", "zipnn", "safetensors", "zstandard", "numpy"]
# The families whose settings form a curve, between whose points a reader may interpolate.
CURVES = {
    "NNCodec", "SVD int8 + zstd-19", "SVD int5 + zstd-19", "SVD int4 + zstd-19",
}


def zstd(content):
    return zstandard.ZstdCompressor(level=LEVEL).compress(bytes(content))


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def contiguous(tensors):
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}


def safetensors(network, folder, measure):
    """The floats as they are, and as half floats."""
    half = {name: values.astype(np.float16) for name, values in network.tensors.items()}
    for setting, tensors in (("fp32", network.tensors), ("fp16", half)):
        content = save(contiguous(tensors))
        measure(setting, lambda: (write(folder, "plain.safetensors", content), tensors))
        measure(
            setting + " + zstd-19",
            lambda: (write(folder, "plain.safetensors.zst", zstd(content)), tensors))


def lossless(network, folder, measure):
    """ZipNN, of 32-bit floats and of bfloat16."""
    content = save(contiguous(network.tensors))

    def packed(content, kind):
        coder = zipnn.ZipNN(input_format="byte", bytearray_dtype=kind)
        return write(folder, "packed.znn", coder.compress(bytearray(content)))

    measure("fp32", lambda: (packed(content, "float32"), network.tensors))
    short = {name: x.astype(ml_dtypes.bfloat16) for name, x in network.tensors.items()}
    rounded = {name: x.astype(np.float32) for name, x in short.items()}
    measure("bf16", lambda: (packed(save(contiguous(short)), "bfloat16"), rounded))


class Batches(quantization.CalibrationDataReader):
    """1000 images of the set that is not the test set."""

    def __init__(self, network):
        inputs = network.sets["heldOut"][0][:1000]
        self.batches = iter(
            {network.input: inputs[start : start + 100]} for start in range(0, len(inputs), 100))

    def get_next(self):
        return next(self.batches, None)


def onnx_int8(network, folder, measure):
    """ONNX Runtime's dynamic and static (QDQ) quantization, per tensor and per channel."""
    # Its integer convolution takes weights without sign only.
    dynamic_type = "QUInt8" if network.is_convolutional else "QInt8"

    def make(kind, per_channel, compressed):
        path = os.path.join(folder, f"{kind}.onnx")
        if kind == "dynamic":
            quantization.quantize_dynamic(
                network.onnx, path, weight_type=quantization.QuantType[dynamic_type],
                per_channel=per_channel)
        else:
            quantization.quantize_static(
                network.onnx, path, Batches(network), per_channel=per_channel,
                quant_format=quantization.QuantFormat.QDQ,
                weight_type=quantization.QuantType.QInt8,
                activation_type=quantization.QuantType.QUInt8)
        if compressed:
            with open(path, "rb") as file:
                return write(folder, f"{kind}.onnx.zst", zstd(file.read())), path
        return path, path

    for kind in ("dynamic", "static"):
        for per_channel in (False, True):
            for compressed in (False, True):
                words = [kind, "per channel" if per_channel else "per tensor"]
                measure(
                    " ".join(words + (["+ zstd-19"] if compressed else [])),
                    lambda: make(kind, per_channel, compressed))


def gguf_blocks(network, folder, measure):
    """Blocks of 32 weights with a scale each; rows are padded to whole blocks."""

    def make(name, compressed):
        kind = gguf.GGMLQuantizationType[name]
        block = gguf.GGML_QUANT_SIZES[kind][0]
        path = os.path.join(folder, "blocks.gguf")
        writer = gguf.GGUFWriter(path, "network")
        tensors = {}
        for weight in network.weights:
            matrix = network.matrix(weight)
            padding = -matrix.shape[1] % block
            codes = gguf.quants.quantize(np.pad(matrix, ((0, 0), (0, padding))), kind)
            writer.add_tensor(weight, codes, raw_dtype=kind)
            tensors[weight] = gguf.quants.dequantize(codes, kind)[:, : matrix.shape[1]]
        for bias in network.others:
            writer.add_tensor(bias, network.tensors[bias])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        if compressed:
            with open(path, "rb") as file:
                path = write(folder, "blocks.gguf.zst", zstd(file.read()))
        return path, tensors

    for name in ("Q8_0", "Q5_0", "Q4_0"):
        for compressed in (False, True):
            measure(
                name + (" + zstd-19" if compressed else ""), lambda: make(name, compressed))


def nncodec_file(network, folder, qp, offsets=None):
    """Encodes and decodes with the options of its own examples, dependent quantization on."""
    settings = {
        "qp": qp, "use_dq": True, "sparsity": 0.0, "struct_spars_factor": 0.0, "verbose": False,
        "results": folder, "nonweight_qp": -75 if qp < -30 else -50,
    }
    if offsets:
        settings["qp_per_tensor"] = {
            name: qp + offsets.get(name, 0) for name in network.weights}
        settings["qp_per_tensor"].update(dict.fromkeys(network.others, settings["nonweight_qp"]))
    with contextlib.redirect_stdout(io.StringIO()):
        stream = encode({name: x.copy() for name, x in network.tensors.items()}, settings)
        stream = stream["bitstream"] if isinstance(stream, dict) else stream
        decoded = decode(stream, settings)
    decoded = decoded if isinstance(decoded, dict) else decoded[0]
    return write(folder, "network.nnc", bytes(stream)), decoded


def nncodec(network, folder, measure):
    """The codec of ISO/IEC 15938-17 over its quantization parameter (QP), one for all layers or a
    coarser one for the largest and a finer one for the last."""
    for qp in (-44, -38, -35, *range(-32, -9)):
        measure(f"qp {qp}", lambda: nncodec_file(network, folder, qp))
    if len(network.weights) < 2:
        return
    largest = max(network.weights, key=lambda name: network.tensors[name].size)
    last = network.weights[-1]
    for qp in range(-27, -13):
        for offsets in ({largest: 2}, {last: -4}, {largest: 2, last: -4}):
            measure(f"qp {qp}, {offsets}", lambda: nncodec_file(network, folder, qp, offsets))


def rounded(matrix, bits, per_row=False):
    """Codes of symmetric rounding and the scales of their rows or of all of them."""
    peak = 2 ** (bits - 1) - 1
    largest = np.abs(matrix).max(axis=1, keepdims=True) if per_row else np.abs(matrix).max()
    scale = np.maximum(largest / peak, 1e-30).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale


def nibbles(codes):
    """Two codes of at most four bits in a byte."""
    flat = codes.ravel()
    flat = np.append(flat, np.int8(0)) if flat.size % 2 else flat
    return ((flat[0::2].astype(int) + 8) * 16 + flat[1::2] + 8).astype(np.uint8)


def codes_file(folder, tensors, bits):
    """A safetensors file of codes, scales and biases under zstd, in whichever form is smaller."""
    forms = [tensors]
    if bits <= 4:
        forms.append({
            name: nibbles(x) if x.dtype == np.int8 else x for name, x in tensors.items()})
    contents = [zstd(save(contiguous(form))) for form in forms]
    return write(folder, "codes.safetensors.zst", min(contents, key=len))


def dense_codes(network, folder, measure):
    """Every weight rounded, with one scale for the tensor or for each row."""

    def make(bits, per_row):
        stored = {name: network.tensors[name] for name in network.others}
        values = {}
        for weight in network.weights:
            codes, scale = rounded(network.matrix(weight), bits, per_row)
            stored[weight], stored[weight + ".scale"] = codes, np.atleast_1d(scale)
            values[weight] = codes * scale
        return codes_file(folder, stored, bits), values

    for bits in (8, 6, 5, 4, 3):
        for per_row in (False, True):
            words = f"int{bits} per {'row' if per_row else 'tensor'} + zstd-19"
            measure(words, lambda: make(bits, per_row))


def svd(bits):
    """The largest singular values of every layer that gains; one scale for each factor."""

    def family(network, folder, measure):
        parts = {}

        def factors(weight, rank):
            matrix = network.matrix(weight).astype(np.float64)
            rows, columns = matrix.shape
            if min(rows, columns) <= 32 or rank * (rows + columns) >= rows * columns:
                return [matrix]
            if weight not in parts:
                parts[weight] = np.linalg.svd(matrix, full_matrices=False)
            left, values, right = parts[weight]
            roots = np.sqrt(values[:rank])
            return [left[:, :rank] * roots, roots[:, None] * right[:rank]]

        def make(ranks):
            stored = {name: network.tensors[name] for name in network.others}
            values = {}
            for weight, rank in zip(network.weights, ranks):
                product = None
                for index, factor in enumerate(factors(weight, rank)):
                    codes, scale = rounded(factor, bits)
                    stored[f"{weight}.{index}"] = codes
                    stored[f"{weight}.{index}.scale"] = np.atleast_1d(scale)
                    product = codes * scale if product is None else product @ (codes * scale)
                values[weight] = product
            return codes_file(folder, stored, bits), values

        seen = set()
        for ranks in svd_ranks(network):
            if ranks not in seen:
                seen.add(ranks)
                measure(f"ranks {list(ranks)}", lambda: make(ranks))

    return family


def svd_ranks(network):
    """Ranks in some shares of the first one, for every large layer; small layers stay dense."""
    large = [name for name in network.weights if min(network.matrix(name).shape) > 32]
    if not large:
        return
    for first in (8, 12, 16, 20, 25, 30, 40, 50, 60, 80, 100, 120, 140, 170, 200, 240, 300):
        for share in (0.35, 0.5, 0.75, 1.0):
            ranks, rank = {}, first
            for name in large:
                ranks[name] = max(1, min(round(rank), min(network.matrix(name).shape)))
                rank *= share
            yield tuple(ranks.get(name, 0) for name in network.weights)


FAMILIES = {
    "safetensors": safetensors,
    "ZipNN": lossless,
    "ONNX Runtime int8": onnx_int8,
    "GGUF": gguf_blocks,
    "dense codes": dense_codes,
    "NNCodec": nncodec,
    "SVD int8 + zstd-19": svd(8),
    "SVD int5 + zstd-19": svd(5),
    "SVD int4 + zstd-19": svd(4),
}
