"""Makes the fixtures in Fixtures/Keras: small networks in every form that Keras 3 writes.

Written with Keras 3.15.1 (torch 2.15 backend), h5py 3.14, numpy 2.4.
Usage: KERAS_BACKEND=torch python3 make_keras.py FOLDER
Next to each model stands NAME.json: inputs and scores, one list per example.
"""

import json
import sys
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers as L
from keras.src.legacy.saving import legacy_h5_format

folder = Path(sys.argv[1])
generator = np.random.default_rng(3)


def randomize(model):
    """Weights, statistics and gains that differ from their initial values everywhere."""
    for variable in model.variables:
        shape = tuple(variable.shape)
        if not str(variable.dtype).startswith("float"):
            continue
        values = generator.normal(0, 0.5, shape)
        if "variance" in variable.path:
            values = 0.5 + generator.random(shape)
        variable.assign(values.astype("float32"))
    return model


def inputs(model, scale=1.0):
    shape = (4,) + tuple(model.input_shape[1:])
    return (generator.random(shape) * scale).astype("float32")


def expect(name, x, y):
    text = json.dumps(
        {"inputs": np.reshape(x, (len(x), -1)).round(6).tolist(),
         "scores": np.asarray(y, "float64").reshape(len(x), -1).round(8).tolist()},
        separators=(",", ":"))
    (folder / f"{name}.json").write_text(text)


def save(name, model, forms=("keras", "h5"), scale=1.0):
    randomize(model)
    x = inputs(model, scale).round(6)
    expect(name, x, model.predict(x, verbose=0))
    for form in forms:
        path = str(folder / f"{name}.{form}")
        model.save(path)
    return model


keras.utils.set_random_seed(1)
save("mlp", keras.Sequential([
    keras.Input((12,)), L.Dense(8, activation="relu", name="fc1"), L.Dropout(0.1),
    L.Dense(8, activation="leaky_relu", name="fc2"), L.LayerNormalization(name="norm"),
    L.Dense(4, name="fc3"), L.Softmax()], name="tiny_mlp"))

save("cnn", keras.Sequential([
    keras.Input((8, 8, 2)), L.Rescaling(1 / 255, offset=-0.5),
    L.Conv2D(4, 3, padding="same", strides=2, use_bias=False), L.BatchNormalization(), L.ReLU(),
    L.Conv2D(6, (2, 3), padding="same", activation="gelu", groups=2),
    L.MaxPooling2D(2, padding="same", strides=1), L.Dropout(0.2),
    L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="silu"),
    L.SeparableConv2D(5, 2, activation="tanh"), L.AveragePooling2D(2, padding="same"),
    L.Flatten(), L.BatchNormalization(), L.LayerNormalization(), L.LeakyReLU(negative_slope=0.3),
    L.Dense(6, activation="relu"), L.Dense(4, activation="softmax")], name="tiny_cnn"),
    scale=255.0)

save("padded", keras.Sequential([
    keras.Input((6, 7, 3)), L.ZeroPadding2D(((1, 0), (2, 1))),
    L.Conv2D(4, 3, dilation_rate=2, activation="sigmoid"), L.ZeroPadding2D(1),
    L.MaxPooling2D(2), L.ZeroPadding2D((0, 1)), L.AveragePooling2D(2, strides=1),
    L.Conv2D(5, 1), L.BatchNormalization(scale=False), L.GlobalAveragePooling2D(), L.Dense(3)]),
    forms=("keras",))

i = keras.Input((4, 4), name="image")
x = L.Reshape((4, 4, 1), name="channel")(i)
x = L.Conv2D(3, 2, name="conv")(x)
x = L.Activation("swish", name="swish")(x)
x = L.Flatten(name="flat")(x)
x = L.Dense(5, activation=keras.activations.tanh, use_bias=False, name="z")(x)
o = L.Dense(3, name="a")(x)
save("functional", keras.Model(i, o, name="chain"), forms=("keras",))

i = keras.Input((5,), name="in")
x = L.Dense(5, name="left")(i)
o = L.Dense(3, name="out")(L.Add(name="add")([i, x]))
save("branched", keras.Model(i, o, name="residual"), forms=("keras",))

save("eleven", keras.Sequential(
    [keras.Input((4,))] + [L.Dense(4, activation="tanh") for _ in range(11)] + [L.Dense(2)]),
    forms=("keras",))

# Codes are read exactly; Keras itself also rounds the inputs of a quantized layer.
model = randomize(keras.Sequential([
    keras.Input((6,)), L.Dense(5, activation="relu", name="q1"),
    L.Dense(3, use_bias=False, name="q2")], name="int8"))
model.quantize("int8")
for form in ("keras", "h5"):
    model.save(folder / f"int8.{form}")
x = inputs(model).round(6)
hidden = x.astype("float64")
for layer in model.layers:
    kernel = np.asarray(layer._kernel).astype("float64") / np.asarray(layer.kernel_scale)
    hidden = hidden @ kernel
    if layer.bias is not None:
        hidden = np.maximum(hidden + np.asarray(keras.ops.convert_to_numpy(layer.bias)), 0)
expect("int8", x, hidden)

model = keras.Sequential([
    keras.Input((6,)), L.Dense(5, activation="relu", name="adapted"), L.Dense(3, name="plain")])
model.layers[0].enable_lora(2, lora_alpha=6)
save("lora", model, forms=("keras", "h5"))

# A list of names that does not fit one attribute is cut; the limit is lowered to see it.
legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = 100
save("long_names", keras.Sequential(
    [keras.Input((4,))]
    + [L.Dense(3, name=f"a_layer_with_quite_a_long_name_{k}") for k in range(4)]),
    forms=("h5",))
with h5py.File(folder / "long_names.h5") as f:
    assert "layer_names1" in f["model_weights"].attrs

model = keras.Sequential(
    [keras.Input((6,)), L.Dense(5, activation="relu", dtype="bfloat16"),
     L.Dense(3, dtype="bfloat16")])
randomize(model)
x = inputs(model).round(6)
hidden = x.astype("float64")
for k, layer in enumerate(model.layers):
    kernel, bias = (np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(v, "float32")), "float64")
                    for v in (layer.kernel, layer.bias))
    hidden = hidden @ kernel + bias
    hidden = np.maximum(hidden, 0) if k == 0 else hidden
expect("bfloat16", x, hidden)
model.save(folder / "bfloat16.keras")

# Keras stores the parts; all archives but one are packed, to keep the fixtures small.
for path in folder.glob("*.keras"):
    if path.stem == "cnn" or path.stem.startswith("keras2"):
        continue
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 9)
