"""Whether --max-loss keeps its promise on test images that no step has seen.

usage: Benchmarks/promises [--max-loss POINTS] [--work FOLDER] [--spectrim PATH]

Trains five seeds of 784-500-300-10 on the MNIST of SPECTRIM_MNIST, converts each with the promise,
calibrated and evaluated on training images only, and measures the loss on all test images. Ends
with 1 if a promise was broken.
"""
import argparse
import os
import sys

from networks import MLP, Recipe
from program import BENCHMARKS, BUILT, Program, keep

SEEDS = (1, 2, 3, 4, 5)
HEAD = "| seed | dense | promise | bytes | test loss | kept | seconds |\n|" + "---:|" * 7


def converted(program, seed, promise, mnist, work):
    """One row; without bytes where the command found no file that it can promise for."""
    folder = os.path.join(work, f"mlp-{seed}")
    os.makedirs(folder, exist_ok=True)
    model = Recipe(MLP, f"--model mlp --seed {seed}").trained(program, {"train": mnist}, folder)
    output = os.path.join(folder, f"promised-{promise}.h5")
    run = program.run(
        "convert", model, "-o", output, "--force", "--quiet", "--calibrate", mnist, "--evaluate",
        mnist, "--max-loss", promise)
    row = {"seed": seed, "promise": promise, "seconds": round(run.seconds, 1)}
    if run.code == 1:
        return {**row, "dense": program.accuracy(model, mnist), "refused": True, "kept": True}
    if run.code:
        sys.exit(f"seed {seed}: exit code {run.code}\n{run.warnings}")
    found = program.json("evaluate", output, "--data", mnist, "--against", model)
    # `accuracyLoss` is in points.
    loss = round(found["accuracyLoss"], 4)
    return {
        **row, "dense": found["accuracy"] + loss / 100, "bytes": os.path.getsize(output),
        "loss": loss, "kept": loss <= promise + 1e-9}


def line(row):
    figures = ["none", "–"] if row.get("refused") else [str(row["bytes"]), f"{row['loss']:+.2f}"]
    cells = [
        str(row["seed"]), f"{100 * row['dense']:.2f} %", str(row["promise"]), *figures,
        "yes" if row["kept"] else "NO", str(row["seconds"])]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2].removeprefix("usage: "))
    parser.add_argument("--max-loss", type=float, default=0.2)
    default = os.path.join(os.path.dirname(BENCHMARKS), ".build", "promises")
    parser.add_argument("--work", default=default)
    parser.add_argument("--spectrim", default=BUILT)
    options = parser.parse_args()
    mnist = os.environ.get("SPECTRIM_MNIST") or sys.exit("SPECTRIM_MNIST names no folder")
    program = Program(options.spectrim)
    lines, rows = [HEAD], []
    print(HEAD, flush=True)
    for seed in SEEDS:
        rows.append(converted(program, seed, options.max_loss, mnist, options.work))
        lines.append(line(rows[-1]))
        print(lines[-1], flush=True)
    keep("promises.json", rows)
    keep("promises.md", "# Promises\n\n" + "\n".join(lines) + "\n")
    sys.exit(0 if all(row["kept"] for row in rows) else 1)


if __name__ == "__main__":
    main()
