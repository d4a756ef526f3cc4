"""Makes a sharded checkpoint, converts and inspects it, and prints the peak memory of each run."""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
from safetensors.numpy import save_file

ROOT = sys.argv[1]
BYTES = int(float(sys.argv[2]) * 1e9) if len(sys.argv) > 2 else 2_000_000_000
SHARDS = 4
WIDTH, HIDDEN, VOCABULARY = 2048, 8192, 32000


def shapes():
    """Names and sides until the bytes are reached; the embedding is the largest tensor."""
    yield "embedding.weight", (VOCABULARY, WIDTH)
    done, block = 4 * VOCABULARY * WIDTH, 0
    while done < BYTES:
        for name in ("query", "key", "value", "output"):
            yield f"blocks.{block}.attention.{name}.weight", (WIDTH, WIDTH)
        yield f"blocks.{block}.up.weight", (HIDDEN, WIDTH)
        yield f"blocks.{block}.down.weight", (WIDTH, HIDDEN)
        yield f"blocks.{block}.norm.weight", (WIDTH,)
        done += 4 * WIDTH * (4 * WIDTH + 2 * HIDDEN + 1)
        block += 1


def make(folder):
    """Weights like trained ones: noise with a decaying signal of rank 32."""
    generator = numpy.random.default_rng(1)
    total = sum(4 * int(numpy.prod(shape)) for _, shape in shapes())
    shard, size, index, largest = {}, 0, {}, 0
    number = 1

    def flush():
        nonlocal shard, size, number
        name = f"model-{number:05d}-of-{SHARDS:05d}.safetensors"
        save_file(shard, os.path.join(folder, name))
        index.update({key: name for key in shard})
        shard, size, number = {}, 0, number + 1

    for name, shape in shapes():
        tensor = generator.standard_normal(shape, dtype=numpy.float32) * numpy.float32(0.02)
        if len(shape) == 2:
            left = generator.standard_normal((shape[0], 32), dtype=numpy.float32)
            right = generator.standard_normal((32, shape[1]), dtype=numpy.float32)
            tensor += left / numpy.arange(1, 33, dtype=numpy.float32) @ right * numpy.float32(0.02)
        largest = max(largest, tensor.nbytes)
        shard[name] = tensor
        size += tensor.nbytes
        if size >= total / SHARDS and number < SHARDS:
            flush()
    flush()
    path = os.path.join(folder, "model.safetensors.index.json")
    with open(path, "w") as file:
        json.dump({"metadata": {"total_size": total}, "weight_map": index}, file)
    return path, total, largest


def run(title, arguments, bound):
    """Runs the command in a child of a child, so that its peak is not that of an earlier run."""
    program = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=sys.stderr);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    )
    start = time.monotonic()
    child = subprocess.run(
        [sys.executable, "-c", program, os.path.join(ROOT, ".build/release/spectrim"), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    if child.returncode:
        sys.exit(f"{title}: exit code {child.returncode}")
    seconds = time.monotonic() - start
    peak = int(child.stdout) * 1024
    print(f"{title:<42} {peak / 1e6:8.0f} MB  {peak / bound:5.2f} of the bound  {seconds:6.0f} s", flush=True)
    return {"run": title, "peakBytes": peak, "ofBound": round(peak / bound, 3), "seconds": round(seconds)}


with tempfile.TemporaryDirectory() as folder:
    path, total, largest = make(folder)
    bound = 6 * largest + 200_000_000
    print(
        f"{total / 1e9:.2f} GB in {SHARDS} shards, largest tensor {largest / 1e6:.0f} MB, "
        f"bound {bound / 1e6:.0f} MB", flush=True,
    )
    output = os.path.join(folder, "small.h5")
    runs = []
    for title, arguments in [
        ("convert --rank fixed=64", ["--rank", "fixed=64"]),
        ("convert --rank fixed=64 --threads 2", ["--rank", "fixed=64", "--threads", "2"]),
        ("convert (auto) --threads 2", ["--threads", "2"]),
    ]:
        runs.append(run(title, ["convert", path, "-o", output, "--force", "--quiet", *arguments], bound))
        runs[-1]["bytes"] = os.path.getsize(output)
    runs.append(run("inspect of the source", ["inspect", path, "--quiet"], bound))
    runs.append(run("verify of the result", ["verify", output, "--quiet"], bound))
    result = {"sourceBytes": total, "largestTensorBytes": largest, "boundBytes": bound, "runs": runs}
    with open(os.path.join(ROOT, "Benchmarks/results/checkpoint-memory.json"), "w") as file:
        json.dump(result, file, indent=2)
        file.write("\n")
