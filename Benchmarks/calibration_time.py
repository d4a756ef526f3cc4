"""Time and peak memory of a calibrated conversion beside the same steps in numpy, on one core.

usage: Benchmarks/calibration-time [--rounds N] [--work FOLDER] [--spectrim PATH]

Both sides convert 784-500-300-10 with 10 000 images at one theta, in turn, with one thread. Ours is
the whole process, from reading the model and the images to the file on disk; numpy_calibration.py
does the same, but the start of its interpreter and its imports do not count. Times are those of the
processor, which other programs disturb less than those of the wall.
Medians of the rounds and their ratio go to Benchmarks/results/calibration-time.json.
"""
import argparse
import os
import statistics
import subprocess
import sys

import numpy
from networks import NETWORKS
from program import BENCHMARKS, BUILT, Program, keep

GOAL, COUNT, THETA = 0.5, 10_000, 0.0224


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2].removeprefix("usage: "))
    parser.add_argument("--rounds", type=int, default=7)
    default = os.path.join(os.path.dirname(BENCHMARKS), ".build", "calibration-time")
    parser.add_argument("--work", default=default)
    parser.add_argument("--spectrim", default=BUILT)
    options = parser.parse_args()
    mnist = os.environ.get("SPECTRIM_MNIST") or sys.exit("SPECTRIM_MNIST names no folder")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # OpenBLAS chooses its kernels itself, on both sides.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    os.makedirs(options.work, exist_ok=True)
    program = Program(options.spectrim)
    # Else the conversion would measure the accuracy as well.
    program.environment.pop("SPECTRIM_MNIST")
    model = NETWORKS["mlp-1"].trained(program, {"train": mnist}, options.work)
    dense = os.path.join(options.work, "dense.npz")
    program.json("export", model, "-o", dense, "--force", "--quiet")
    small = os.path.join(options.work, "small.h5")
    ours = ["convert", model, "-o", small, "--force", "--quiet", "--threads", 1, "--calibrate",
            mnist, "--samples", COUNT, "--theta", THETA]
    parts = [", reading", ", statistics", ", layers", ", writing", ""]
    seconds = {"spectrim": [], **{"numpy" + part: [] for part in parts}}
    peak = 0
    for _ in range(options.rounds):
        run = program.run(*ours)
        if run.code:
            sys.exit(f"convert: exit code {run.code}\n{run.warnings}")
        seconds["spectrim"].append(run.processor_seconds)
        peak = max(peak, run.peak_bytes)
        words = [sys.executable, os.path.join(BENCHMARKS, "numpy_calibration.py"), dense, mnist]
        words += [str(COUNT), str(THETA), os.path.join(options.work, "numpy.h5")]
        output = subprocess.run(
            words, env=program.environment, check=True, capture_output=True, text=True).stdout
        *times, theirs = map(float, output.split())
        for part, value in zip(parts, times):
            seconds["numpy" + part].append(value)
    report(seconds, peak, small, program.accuracy(small, mnist), theirs)


def report(seconds, peak, small, accuracy, theirs):
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = medians["spectrim"] / medians["numpy"]
    for name, median in medians.items():
        spread = f"({min(seconds[name]):.3f} to {max(seconds[name]):.3f})"
        print(f"{name:20} {median:7.3f} s  {spread}")
    print(f"spectrim / numpy     {ratio:7.3f}    (goal {GOAL})")
    print(f"peak memory of ours  {peak / 1e6:7.0f} MB")
    print(f"accuracy of ours {100 * accuracy:.2f} %, numpy's {100 * theirs:.2f} %")
    keep("calibration-time.json", {
        "name": f"convert --calibrate of 784-500-300-10, {COUNT} images, theta {THETA}, one core",
        "seconds": {name: [round(x, 4) for x in values] for name, values in seconds.items()},
        "medians": {name: round(x, 4) for name, x in medians.items()},
        "ratio": round(ratio, 4), "goal": GOAL, "peakBytes": peak,
        "bytes": os.path.getsize(small), "accuracy": accuracy, "accuracyOfNumpy": theirs,
        "numpy": numpy.__version__, "pinnedToOneCore": hasattr(os, "sched_setaffinity"),
    })


if __name__ == "__main__":
    main()
