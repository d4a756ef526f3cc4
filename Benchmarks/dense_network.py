"""A dense network as the ONNX graph that `spectrim export` writes: its tensors, and its accuracy
with other values in them, measured by ONNX Runtime."""
import os

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper


class DenseNetwork:
    """What every peer starts from.

    `sets` holds (images, labels) by name; images pass through the normalization of the model.
    """

    def __init__(self, program, model, folder, sets):
        self.onnx = os.path.join(folder, "dense.onnx")
        program.json("export", model, "-o", self.onnx, "--force", "--quiet")
        self.graph = onnx.load(self.onnx)
        self.tensors = {t.name: numpy_helper.to_array(t) for t in self.graph.graph.initializer}
        self.weights = [name for name, values in self.tensors.items() if values.ndim > 1]
        self.others = [name for name in self.tensors if name not in self.weights]
        entry = self.graph.graph.input[0]
        self.input = entry.name
        shape = [side.dim_value for side in entry.type.tensor_type.shape.dim][1:]
        normalization = program.json("inspect", model)["input"]["normalization"]
        self.sets = {
            name: (self._inputs(images, normalization).reshape([-1] + shape), labels)
            for name, (images, labels) in sets.items()
        }
        self.is_convolutional = any(self.tensors[name].ndim > 2 for name in self.weights)

    @staticmethod
    def _inputs(images, normalization):
        scaled = images.astype(np.float32) * np.float32(normalization["scale"])
        return (scaled - np.float32(normalization["mean"])) / np.float32(normalization["deviation"])

    def matrix(self, name):
        """A weight with one row per output; the window and the channels of a kernel are columns."""
        values = self.tensors[name]
        return values.reshape(values.shape[0], -1)

    def bytes_of_others(self):
        """The biases in 32 bits."""
        return sum(self.tensors[name].nbytes for name in self.others)

    def accuracies(self, tensors=None, graph=None):
        """The share of right answers on every set, of a graph or of ours with other values."""
        if graph is None:
            graph = self.graph
            if tensors:
                graph = onnx.ModelProto()
                graph.CopyFrom(self.graph)
                for tensor in graph.graph.initializer:
                    shape = self.tensors[tensor.name].shape
                    values = np.asarray(tensors.get(tensor.name, self.tensors[tensor.name]))
                    values = values.reshape(shape).astype(np.float32)
                    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
            graph = graph.SerializeToString()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return {name: self._accuracy(session, *pair) for name, pair in self.sets.items()}

    def _accuracy(self, session, inputs, labels):
        correct = 0
        for start in range(0, len(inputs), 1000):
            scores = session.run(None, {self.input: inputs[start : start + 1000]})[0]
            correct += int((scores.argmax(1) == labels[start : start + 1000]).sum())
        return correct / len(labels)
