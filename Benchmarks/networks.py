"""The networks of the benchmarks, trained by `spectrim train`."""
import os
from dataclasses import dataclass


@dataclass
class Recipe:
    """The words of a training, and the network that it is one seed of."""

    title: str
    words: str

    def trained(self, program, data, folder):
        """The path of the dense model, trained unless it was before."""
        path = os.path.join(folder, "dense.h5")
        if not os.path.exists(path):
            program.json(
                "train", *self.words.split(), "--data", data["train"], "-o", path, "--quiet")
        return path


MLP = "784-500-300-10"
ADAM = "784-512-256-128-10, Adam"
LENET_300 = "LeNet-300-100"
LENET_5 = "LeNet-5"
SOFTMAX = "softmax regression"

NETWORKS = {
    "mlp-1": Recipe(MLP, "--model mlp --seed 1"),
    "mlp-2": Recipe(MLP, "--model mlp --seed 2"),
    "mlp-3": Recipe(MLP, "--model mlp --seed 3"),
    "softmax": Recipe(SOFTMAX, "--model softmax"),
    "adam": Recipe(
        ADAM, "--model mlp --layers 784,512,256,128,10 --optimizer adam --epochs 10 --seed 1"),
    "lenet300": Recipe(
        LENET_300,
        "--model mlp --layers 784,300,100,10 --optimizer adam --lr 0.0015 --decay 0.92 "
        "--weight-decay 0.1 --dropout 0.3 --epochs 40 --seed 1"),
    "lenet5": Recipe(
        LENET_5, "--model lenet5 --activation relu --weight-decay 0.0005 --seed 1"),
}
