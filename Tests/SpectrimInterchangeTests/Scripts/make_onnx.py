"""Writes the ONNX fixtures: small networks as torch, onnx.helper and onnxruntime.quantization make
them, each with the inputs and scores of ONNX Runtime in a JSON file beside it.

Made with torch 2.15.0, onnx 1.23.2, onnxruntime 1.31.1. Usage: make_onnx.py FOLDER
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader, QuantFormat, QuantType, quantize_static)
from torch import nn

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(7)
rng = np.random.default_rng(7)


def expect(name, sides):
    """Stores what ONNX Runtime makes of random inputs."""
    options = ort.SessionOptions()
    # Beyond this level some versions round activations to integers where weights are integers.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = ort.InferenceSession(str(folder / f"{name}.onnx"), options)
    inputs = rng.standard_normal((3, *sides)).astype(np.float32)
    scores = session.run(None, {session.get_inputs()[0].name: inputs})[0]
    text = {"count": 3, "inputs": [float(f"{x:.9g}") for x in inputs.ravel()],
            "scores": [float(f"{x:.9g}") for x in scores.ravel()]}
    (folder / f"{name}.json").write_text(json.dumps(text))


def train_statistics(net, sides):
    """Gives batch normalizations means and variances that are not 0 and 1."""
    net.train()
    with torch.no_grad():
        for _ in range(5):
            net(torch.randn(16, *sides) * 2 + 1)
        for module in net.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-1, 1)
    net.eval()


def export(name, net, sides, **options):
    train_statistics(net, sides)
    torch.onnx.export(
        net, torch.randn(2, *sides), str(folder / f"{name}.onnx"), input_names=["x"],
        output_names=["scores"], dynamic_axes={"x": {0: "n"}, "scores": {0: "n"}},
        opset_version=options.get("opset", 17), dynamo=False,
        do_constant_folding=options.get("fold", True),
        training=options.get("training", torch.onnx.TrainingMode.EVAL))
    expect(name, sides)


def dynamo(name, net, sides):
    net.eval()
    torch.onnx.export(
        net, (torch.randn(2, *sides),), str(folder / f"{name}.onnx"), dynamo=True,
        external_data=False, verbose=False,
        dynamic_shapes=({0: torch.export.Dim("n")},))
    expect(name, sides)


class View(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)


class Named(nn.Module):
    """A perceptron with the names people give."""

    def __init__(self, function):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(12, 8), nn.Linear(8, 8), nn.Linear(8, 4)
        self.function = function

    def forward(self, x):
        return self.fc3(self.function(self.fc2(self.function(self.fc1(x)))))


def torch_fixtures():
    export("mlp_relu", Named(nn.ReLU()), [12])
    export("mlp_gelu", Named(nn.GELU()), [12])
    export("mlp_gelu_tanh", Named(nn.GELU(approximate="tanh")), [12])
    export("mlp_gelu_20", Named(nn.GELU()), [12], opset=20)
    export("mlp_silu_softmax", nn.Sequential(Named(nn.SiLU()), nn.Softmax(dim=1)), [12])
    export("mlp_leaky", Named(nn.LeakyReLU(0.2)), [12])
    export("mlp_tanh_norm", nn.Sequential(
        nn.Linear(12, 8), nn.LayerNorm(8), nn.Tanh(), nn.BatchNorm1d(8), nn.Linear(8, 4),
        nn.Sigmoid()), [12])
    export("mlp_lowrank", nn.Sequential(
        nn.Sequential(nn.Linear(12, 3, bias=False), nn.Linear(3, 8)), nn.ReLU(),
        nn.Linear(8, 4)), [12])
    export("mlp_view", nn.Sequential(View(), nn.Linear(16, 6), nn.ReLU(), nn.Linear(6, 3)), [1, 4, 4])
    export("cnn", nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Dropout(), nn.Linear(6, 4)), [1, 8, 8])
    export("cnn_unfolded", nn.Sequential(
        nn.Conv2d(2, 4, 3, bias=False), nn.ReLU(), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3, groups=2),
        nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 4)), [2, 8, 8],
        fold=False, training=torch.onnx.TrainingMode.PRESERVE)
    export("cnn_depthwise", nn.Sequential(
        nn.Conv2d(3, 6, 3, groups=3, dilation=2), nn.GELU(), nn.Conv2d(6, 8, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)), [3, 9, 8])
    export("cnn_lowrank", nn.Sequential(
        nn.Conv2d(3, 2, 3, padding=1, stride=2, bias=False), nn.Conv2d(2, 6, 1), nn.ReLU(),
        nn.MaxPool2d(3, stride=2, ceil_mode=True), nn.Flatten(), nn.Linear(24, 4)), [3, 8, 8])
    export("cnn_mean", nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), Mean(), nn.Linear(4, 3)), [1, 8, 8])
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        return
    dynamo("dynamo_mlp", Named(nn.GELU()), [12])
    dynamo("dynamo_cnn", nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.SiLU(), nn.MaxPool2d(2), View(),
        nn.Linear(36, 4)), [1, 8, 8])


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


def weights(*shape):
    return (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)


def typed(array, name):
    """A tensor in one of the fields of numbers in place of raw bytes."""
    return helper.make_tensor(
        name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.ravel().tolist())


def graph(name, nodes, initializers, sides, opset=17, domain=None):
    tensors = [
        t if isinstance(t, TensorProto) else numpy_helper.from_array(t[1], t[0])
        for t in initializers]
    made = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *sides])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, folder / f"{name}.onnx")
    return model


def helper_fixtures():
    node = helper.make_node
    graph("matmul_add", [
        node("MatMul", ["x", "dense/kernel:0"], ["m"]), node("Add", ["m", "b1"], ["a"]),
        node("Relu", ["a"], ["r"]), node("MatMul", ["r", "out/kernel:0"], ["p"]),
        node("Add", ["b2", "p"], ["y"])],
        [typed(weights(12, 8), "dense/kernel:0"), typed(weights(8), "b1"),
         typed(weights(8, 4).astype(np.float64).astype(np.float32), "out/kernel:0"),
         ("b2", weights(1, 4))], [12])
    expect("matmul_add", [12])
    graph("gemm_forms", [
        node("Gemm", ["x", "w1", "b1"], ["g"], alpha=0.5, beta=2.0, transB=0),
        node("Relu", ["g"], ["g0"]),
        node("Constant", [], ["w2"], value=typed(weights(4, 8), "value")),
        node("Identity", ["g0"], ["g1"]), node("Transpose", ["w2"], ["w2t"], perm=[1, 0]),
        node("Gemm", ["g1", "w2t"], ["y"])],
        [("w1", weights(12, 8)), ("b1", weights(8))], [12])
    expect("gemm_forms", [12])
    for name, kind in [("half", np.float16)]:
        graph(f"mlp_{name}", [
            node("Cast", ["w.weight"], ["w32"], to=TensorProto.FLOAT),
            node("Gemm", ["x", "w32"], ["y"], transB=1)],
            [typed(weights(4, 12).astype(kind), "w.weight")], [12])
        expect(f"mlp_{name}", [12])
    # What tf2onnx makes of a network whose maps have their channels last.
    graph("nhwc", [
        node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
        node("Conv", ["t", "conv/kernel:0", "cb"], ["c"], auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Relu", ["c"], ["r"]), node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2]),
        node("Transpose", ["p"], ["u"], perm=[0, 2, 3, 1]),
        node("Reshape", ["u", "shape"], ["f"]), node("MatMul", ["f", "dense/kernel:0"], ["m"]),
        node("Add", ["m", "db"], ["y"])],
        [("conv/kernel:0", weights(5, 3, 3, 3)), ("cb", weights(5)),
         ("shape", np.array([-1, 45], np.int64)), ("dense/kernel:0", weights(45, 4)),
         ("db", weights(4))], [8, 7, 3])
    expect("nhwc", [8, 7, 3])
    graph("scaled_input", [
        node("Sub", ["x", "mean"], ["s"]), node("Div", ["s", "std"], ["d"]),
        node("Conv", ["d", "conv.weight"], ["c"], auto_pad="SAME_LOWER", kernel_shape=[2, 2]),
        node("ReduceMean", ["c"], ["r"], axes=[2, 3], keepdims=1), node("Squeeze", ["r", "axes"], ["q"]),
        node("Softmax", ["q"], ["y"], axis=-1)],
        [("mean", weights(1, 2, 1, 1)), ("std", np.float32([[[0.5]], [[2]]])),
         ("conv.weight", weights(3, 2, 2, 2)), ("axes", np.array([2, 3], np.int64))], [2, 5, 5])
    expect("scaled_input", [2, 5, 5])
    codes = rng.integers(-127, 128, (8, 12)).astype(np.int8)
    second = rng.integers(-100, 101, (8, 4)).astype(np.int8)
    unsigned = rng.integers(100, 180, (4, 4)).astype(np.uint8)
    graph("qdq", [
        node("DequantizeLinear", ["fc1.weight", "s1", "z1"], ["w1"], axis=0),
        node("Gemm", ["x", "w1", "b1"], ["h"], transB=1), node("Relu", ["h"], ["r"]),
        node("DequantizeLinear", ["fc2.weight", "s2"], ["w2"], axis=1),
        node("MatMul", ["r", "w2"], ["i"]), node("Tanh", ["i"], ["j"]),
        node("DequantizeLinear", ["fc3.weight", "s3", "z3"], ["w3"]),
        node("MatMul", ["j", "w3"], ["y"])],
        [typed(codes, "fc1.weight"), ("s1", np.float32(rng.uniform(0.01, 0.02, 8))),
         ("z1", np.zeros(8, np.int8)), ("b1", weights(8)), ("fc2.weight", second),
         ("s2", np.float32(rng.uniform(0.01, 0.02, 4))), ("fc3.weight", unsigned),
         ("s3", np.float32(0.01)), ("z3", np.uint8(140))], [12])
    expect("qdq", [12])
    model = graph("external", [
        node("Gemm", ["x", "fc.weight", "fc.bias"], ["y"], transB=1)],
        [("fc.weight", weights(4, 12)), ("fc.bias", weights(4))], [12])
    expect("external", [12])
    onnx.save_model(
        model, folder / "external.onnx", save_as_external_data=True, location="external.data",
        size_threshold=0)
    graph("branching", [
        node("Gemm", ["x", "fc1.weight"], ["h"], transB=1), node("Relu", ["h"], ["r"]),
        node("Add", ["r", "x"], ["y"])], [("fc1.weight", weights(6, 6))], [6])
    expect("branching", [6])


class Calibration(CalibrationDataReader):
    def __init__(self, sides):
        self.rows = iter([{"x": rng.standard_normal((8, *sides)).astype(np.float32)}
                          for _ in range(8)])

    def get_next(self):
        return next(self.rows, None)


def quantized_fixtures():
    for name, sides in [("mlp_relu", [12]), ("cnn", [1, 8, 8])]:
        target = folder / f"{name}_static.onnx"
        quantize_static(
            str(folder / f"{name}.onnx"), str(target), Calibration(sides),
            quant_format=QuantFormat.QDQ, per_channel=True, weight_type=QuantType.QInt8)
        expect(f"{name}_static", sides)


torch_fixtures()
helper_fixtures()
quantized_fixtures()
