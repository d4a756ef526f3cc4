"""Makes the fixtures keras2_*.h5 with Keras 2 and, from one of them, an old-style file.

Written with tf_keras 2.21.0 (TensorFlow 2.21), h5py 3.14, numpy 2.4.
Usage: python3 make_keras2.py FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import h5py
import numpy as np
import tf_keras as keras
from tf_keras import layers as L

folder = Path(sys.argv[1])
generator = np.random.default_rng(4)


def save(name, model, forms=("h5",)):
    for variable in model.variables:
        values = generator.normal(0, 0.5, variable.shape)
        if "variance" in variable.name:
            values = 0.5 + generator.random(variable.shape)
        variable.assign(values.astype("float32"))
    x = generator.random((4,) + model.input_shape[1:]).astype("float32").round(6)
    y = np.asarray(model.predict(x, verbose=0), "float64")
    (folder / f"{name}.json").write_text(json.dumps(
        {"inputs": x.reshape(4, -1).round(6).tolist(), "scores": y.round(8).tolist()},
        separators=(",", ":")))
    for form in forms:
        path = str(folder / f"{name}.{form}")
        model.save_weights(path) if "weights" in form else model.save(path)


save("keras2_cnn", keras.Sequential([
    L.Conv2D(4, 3, padding="same", strides=2, input_shape=(7, 7, 2)), L.BatchNormalization(),
    L.LeakyReLU(0.2), L.DepthwiseConv2D(2, activation="relu"), L.SeparableConv2D(4, 2),
    L.Flatten(), L.Dense(6, activation=keras.activations.gelu), L.LayerNormalization(),
    L.Dense(4, activation="softmax")]))

i = keras.Input((6,), name="inp")
o = L.Dense(3, name="a")(L.Activation("tanh")(L.Dense(5, name="b")(i)))
save("keras2_mlp", keras.Model(i, o), forms=("h5", "weights_only.h5", "weights.h5"))

# What h5py 2 made of the byte strings of Keras 2 and before: a fixed length, padded with zeros, and
# paths with the name of the layer twice.
with h5py.File(folder / "keras2_mlp.h5") as old, h5py.File(folder / "keras2_fixed.h5", "w") as new:
    for name, value in old.attrs.items():
        if name != "training_config":
            new.attrs[name] = np.bytes_(value.encode() if isinstance(value, str) else value)
    weights = new.create_group("model_weights")
    names = [n for n in old["model_weights"].attrs["layer_names"]]
    weights.attrs["layer_names"] = np.array([n.encode() for n in names])
    weights.attrs["backend"] = np.bytes_(b"tensorflow")
    for name in names:
        group = weights.create_group(name)
        paths = list(old["model_weights"][name].attrs["weight_names"])
        group.attrs["weight_names"] = np.array([f"{name}/{p}".encode() for p in paths])
        for path in paths:
            group[f"{name}/{path}"] = old["model_weights"][name][path][()]
(folder / "keras2_fixed.json").write_text((folder / "keras2_mlp.json").read_text())
