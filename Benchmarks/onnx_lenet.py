"""Runs LeNet-5 in ONNX Runtime with one thread and prints the median of the seconds per image.

usage: onnx_lenet.py RANK|0 IMAGES ROUNDS

With a rank the layers that gain by it are two factors, as ours are: a convolution to RANK channels
and one of 1x1, or two matrix products.
"""
import statistics
import sys
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rank, count, rounds = (int(word) for word in sys.argv[1:])
random = numpy.random.default_rng(1)
nodes, weights = [], []


def tensor(name, *shape):
    values = (random.standard_normal(shape) * 0.05).astype("float32")
    weights.append(numpy_helper.from_array(values, name))
    return name


def node(kind, inputs, **attributes):
    output = f"t{len(nodes)}"
    nodes.append(helper.make_node(kind, inputs, [output], **attributes))
    return output


def is_smaller(rows, columns):
    return 0 < rank * (rows + columns) < rows * columns


def convolution(x, name, rows, channels):
    bias = tensor(name + "b", rows)
    if not is_smaller(rows, channels * 25):
        return node("Conv", [x, tensor(name + "w", rows, channels, 5, 5), bias])
    x = node("Conv", [x, tensor(name + "v", rank, channels, 5, 5)])
    return node("Conv", [x, tensor(name + "u", rows, rank, 1, 1), bias])


def linear(x, name, rows, columns):
    bias = tensor(name + "b", rows)
    if not is_smaller(rows, columns):
        return node("Gemm", [x, tensor(name + "w", rows, columns), bias], transB=1)
    x = node("MatMul", [x, tensor(name + "v", columns, rank)])
    return node("Gemm", [x, tensor(name + "u", rows, rank), bias], transB=1)


def pooling(x):
    return node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])


x = pooling(convolution("x", "conv1", 20, 1))
x = node("Flatten", [pooling(convolution(x, "conv2", 50, 20))])
x = linear(node("Relu", [linear(x, "fc1", 500, 800)]), "fc2", 10, 500)
graph = helper.make_graph(
    nodes, "lenet5", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 28, 28])],
    [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["n", 10])], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 9
onnx.checker.check_model(model)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(
    model.SerializeToString(), options, providers=["CPUExecutionProvider"])
batch = numpy.full((count, 1, 28, 28), 0.5, "float32")
seconds = []
for _ in range(rounds):
    start = time.perf_counter()
    session.run(None, {"x": batch})
    seconds.append((time.perf_counter() - start) / count)
print(statistics.median(seconds))
