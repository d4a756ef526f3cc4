"""Makes Fixtures/Archives with the real frameworks: torch 2.15, safetensors 0.8, numpy 2.

Run as `python3 make_archives.py ../Fixtures/Archives`; the numbers depend on the seed alone.
"""
import io, json, os, sys, zipfile
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

folder = sys.argv[1]
os.makedirs(folder + "/shards", exist_ok=True)
torch.manual_seed(7)
expected = {}


def path(name):
    return os.path.join(folder, name)


def record(name, network, inputs):
    network.eval()
    with torch.no_grad():
        scores = network(inputs)
    expected[name] = {
        "input": inputs.flatten(1).double().tolist(), "scores": scores.double().tolist()}


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(12, 8), nn.Linear(8, 8), nn.Linear(8, 4)

    def forward(self, x):
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


mlp, vectors = Perceptron(), torch.randn(5, 12)
record("mlp", mlp, vectors)
state = mlp.state_dict()
torch.save(state, path("mlp.pt"))
save_file(dict(state), path("mlp.safetensors"))
for word, kind in ("f16", torch.float16), ("bf16", torch.bfloat16):
    rounded = {name: tensor.to(kind) for name, tensor in state.items()}
    save_file(rounded, path(f"mlp_{word}.safetensors"))
    torch.save(rounded, path(f"mlp_{word}.pt"))
    copy = Perceptron()
    copy.load_state_dict({name: tensor.float() for name, tensor in rounded.items()})
    record(f"mlp_{word}", copy, vectors)

# As a training loop keeps it: wrapped, beside an optimizer.
torch.save(
    {"epoch": 3, "loss": 0.25,
     "model_state_dict": {"module._orig_mod." + name: value for name, value in state.items()},
     "optimizer": {"state": {0: {"step": 4, "exp_avg": torch.ones(2)}}, "param_groups": [{}]}},
    path("nested.pt"))
torch.save(dict(mlp.named_parameters()), path("parameters.pt"))

# Views: a transposed matrix, a slice of a larger storage, and one matrix under two names.
views = Perceptron()
with torch.no_grad():
    views.fc1.weight = nn.Parameter(torch.randn(12, 8).t())
    views.fc2.weight = nn.Parameter(torch.randn(20, 8)[5:13])
    views.fc2.bias = views.fc1.bias
record("views", views, vectors)
torch.save(views.state_dict(), path("views.pt"))

# The same file as a big-endian machine writes it.
swapped = io.BytesIO()
with zipfile.ZipFile(path("mlp.pt")) as source, zipfile.ZipFile(swapped, "w") as target:
    for entry in source.infolist():
        data = source.read(entry)
        if "/data/" in entry.filename:
            data = np.frombuffer(data, "<u4").byteswap().tobytes()
        if entry.filename.endswith("byteorder"):
            data = b"big"
        target.writestr(zipfile.ZipInfo(entry.filename), data)
open(path("big_endian.pt"), "wb").write(swapped.getvalue())

# What is refused.
torch.save(nn.Sequential(nn.Linear(2, 2)), path("module.pt"))
torch.save({"w": torch.ones(2, 2)}, path("legacy.pt"), _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(nn.Linear(2, 2)), path("script.pt"))
torch.save({"w": torch.ones(1).expand(1000, 1000)}, path("expanded.pt"))


class Convolutional(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, (3, 2), stride=(1, 2), padding=(1, 0), groups=2), nn.BatchNorm2d(6),
            nn.LeakyReLU(0.2), nn.AvgPool2d(2, stride=2, padding=1), nn.Flatten(),
            nn.Linear(6 * 3 * 2, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3))


cnn, maps = Convolutional(), torch.randn(5, 2, 8, 8)
with torch.no_grad():
    for module in cnn:
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            for tensor in module.weight, module.bias, module.running_mean:
                tensor.copy_(torch.randn(tensor.shape))
            module.running_var.copy_(torch.rand(module.running_var.shape) + 0.5)
record("cnn", cnn, maps)
torch.save(cnn.state_dict(), path("cnn.pt"))
save_file(dict(cnn.state_dict()), path("cnn.safetensors"))

# Shards with an index, in the form in which model hubs keep large models.
names = list(state)
files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
places = {name: files[index * 2 // len(names)] for index, name in enumerate(names)}
for file in files:
    tensors = {name: state[name] for name in names if places[name] == file}
    save_file(tensors, path("shards/" + file))
with open(path("shards/model.safetensors.index.json"), "w") as index:
    size = sum(value.numel() * 4 for value in state.values())
    json.dump({"metadata": {"total_size": size}, "weight_map": places}, index)

# numpy: inputs first, as most programs of one's own have it.
numbers = np.random.default_rng(3)
weights = [numbers.normal(size=sides).astype(np.float32) for sides in [(12, 8), (8, 6), (6, 4)]]
biases = [numbers.normal(size=side).astype(np.float32) for side in (8, 6, 4)]
np.savez(path("named.npz"), **{f"W{i + 1}": w for i, w in enumerate(weights)},
         **{f"b{i + 1}": b for i, b in enumerate(biases)})
np.savez_compressed(
    path("fortran.npz"),
    **{f"net/fc{i + 9}/kernel": np.asfortranarray(w).astype(">f8") for i, w in enumerate(weights)},
    **{f"net/fc{i + 9}/bias": b.astype(">f4") for i, b in enumerate(biases)})
np.savez(path("unnamed.npz"), *[a for pair in zip(weights, biases) for a in pair])
np.save(path("single.npy"), weights[0].T)
square = numbers.normal(size=(2, 6, 6)).astype(np.float32)
np.savez(path("square.npz"), W1=square[0], W2=square[1])
x = vectors.numpy().astype(np.float64)
for index, (w, b) in enumerate(zip(weights, biases)):
    x = x @ w + b
    x = np.maximum(x, 0) if index < 2 else x
expected["numpy"] = {"input": vectors.double().tolist(), "scores": x.tolist()}

# Channel last: the same function from kernels as Keras and Flax have them.
plain = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 4 * 4, 4))
small = torch.randn(5, 2, 6, 6)
dense = plain[3].weight.detach().reshape(4, 3, 4, 4).permute(2, 3, 1, 0).reshape(-1, 4)
np.savez(path("channel_last.npz"), **{
    "conv/kernel": plain[0].weight.detach().permute(2, 3, 1, 0).numpy(),
    "conv/bias": plain[0].bias.detach().numpy(), "dense/kernel": dense.numpy(),
    "dense/bias": plain[3].bias.detach().numpy()})
record("channel_last", plain, small)
classifier = {"features.0": plain[0], "classifier.0": plain[3]}
save_file({f"{name}.{part}": getattr(layer, part).detach()
           for name, layer in classifier.items() for part in ("weight", "bias")},
          path("classifier.safetensors"))
record("classifier", plain, small)
expected["channel_last"]["input"] = small.permute(0, 2, 3, 1).flatten(1).double().tolist()

norm = nn.Sequential(
    nn.Linear(6, 5), nn.LayerNorm(5, eps=1e-3), nn.GELU(), nn.Linear(5, 3), nn.Softmax(1))
with torch.no_grad():
    norm[1].weight.copy_(torch.randn(5))
    norm[1].bias.copy_(torch.randn(5))
record("norm", norm, torch.randn(5, 6))
torch.save(norm.state_dict(), path("norm.pt"))

with open(path("expected.json"), "w") as file:
    json.dump(expected, file)
