"""What little, one-sided and foreign calibration data does to a conversion.

usage: Benchmarks/robustness [--foreign FOLDER] [--work FOLDER] [--spectrim PATH]

Converts one network at a few steps with each set of images, and prints bytes, the share of test
images on which the result answers as the dense network does, the accuracy, and what the command
said. Foreign images are those of Fashion-MNIST, from the Debian package dataset-fashion-mnist
(`apt-get install dataset-fashion-mnist`) or a folder of four IDX files given by --foreign.
"""
import argparse
import os
import sys

import digits
import numpy as np
from networks import NETWORKS
from program import BENCHMARKS, BUILT, Program, keep

NETWORK = "mlp-1"
STEPS = (0.0136, 0.0224, 0.032)
COUNTS = (256, 1024, 4096, 10_000)
FOREIGN = "/usr/share/datasets/fashion-mnist"
HEAD = (
    "| calibration data | images | theta | bytes | agreement | accuracy | warned | what it said |\n"
    "|---|---:|---:|---:|---:|---:|---|---|\n")


def imbalanced(labels, count, generator):
    """40 % zeros, 30 % ones, and the other digits in equal shares."""
    shares = [0.4, 0.3] + [0.3 / 8] * 8
    chosen = [
        generator.choice(np.flatnonzero(labels == digit), round(share * count), replace=False)
        for digit, share in enumerate(shares)]
    return generator.permutation(np.concatenate(chosen))


def calibration_sets(mnist, foreign):
    """(name, images and labels) of every set; the images of each are in random order."""
    images, labels = digits.load(mnist, "train")
    generator = np.random.default_rng(1)
    order = generator.permutation(len(images))

    def subset(indices):
        return images[indices], labels[indices]

    for count in COUNTS:
        yield f"{count} digits", subset(order[:count])
    yield "digits, 40 % zeros and 30 % ones", subset(imbalanced(labels, 10_000, generator))
    yield "digits 0 to 4 only", subset(order[labels[order] < 5][:10_000])
    if os.path.isdir(foreign):
        yield "Fashion-MNIST", tuple(x[:10_000] for x in digits.load(foreign, "train"))
    else:
        print(
            f"left out: Fashion-MNIST: {foreign} is no folder; run "
            "`apt-get install dataset-fashion-mnist` or pass --foreign FOLDER")
    noise = np.clip(generator.normal(33, 79, (10_000, 28, 28)), 0, 255).astype(np.uint8)
    yield "noise with the mean and deviation of digits", (noise, labels[:10_000])


def slug(name):
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def said(run, folder):
    """The warnings or the error of a run, in one line, without the path of the folder."""
    lines = [line.strip().replace(folder, "FOLDER") for line in run.warnings.splitlines()]
    return " ".join(line for line in lines if line)


def measured(program, model, mnist, folder, count, step, output, *options):
    run = program.run(
        "convert", model, "-o", output, "--force", "--quiet", "--calibrate", folder, "--samples",
        count, "--theta", step, *options)
    row = {
        "images": count, "theta": step, "refused": run.code != 0,
        "warned": "warning" in run.warnings, "said": said(run, folder)}
    if run.code == 0:
        found = program.json("evaluate", output, "--data", mnist, "--against", model)
        row |= {
            "bytes": os.path.getsize(output), "agreement": found["agreement"],
            "accuracy": found["accuracy"], "loss": round(found["accuracyLoss"], 4)}
    return row


def line(name, row):
    verdict = "refused" if row["refused"] else "yes" if row["warned"] else "no"
    figures = ["–"] * 3 if row["refused"] else [
        str(row["bytes"]), f"{100 * row['agreement']:.2f} %", f"{100 * row['accuracy']:.2f} %"]
    cells = [name, str(row["images"]), str(row["theta"]), *figures, verdict, row["said"] or "–"]
    return "| " + " | ".join(cells) + " |\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2].removeprefix("usage: "))
    parser.add_argument("--foreign", default=FOREIGN)
    default = os.path.join(os.path.dirname(BENCHMARKS), ".build", "robustness")
    parser.add_argument("--work", default=default)
    parser.add_argument("--spectrim", default=BUILT)
    options = parser.parse_args()
    mnist = os.environ.get("SPECTRIM_MNIST") or sys.exit("SPECTRIM_MNIST names no folder")
    program = Program(options.spectrim)
    os.makedirs(options.work, exist_ok=True)
    model = NETWORKS[NETWORK].trained(program, {"train": mnist}, options.work)
    test = digits.load(mnist, "t10k")
    dense = program.accuracy(model, mnist)
    text = f"Dense accuracy of {NETWORKS[NETWORK].title}: {100 * dense:.2f} %\n\n" + HEAD
    print(text, end="", flush=True)
    rows = []
    for name, pair in calibration_sets(mnist, options.foreign):
        folder = digits.write(os.path.join(options.work, slug(name)), pair, test)
        output = os.path.join(options.work, "compressed.h5")
        words = [program, model, mnist, folder, len(pair[0])]
        for step in STEPS:
            found = [(name, measured(*words, step, output))]
            if found[0][1]["refused"]:
                # What the refusal has spared the user.
                forced = measured(*words, step, output, "--allow-foreign")
                found.append((name + ", --allow-foreign", forced))
            for title, row in found:
                rows.append({"calibration": title, **row})
                print(line(title, row), end="", flush=True)
                text += line(title, row)
    keep("robustness.md", "# Calibration data\n\n" + text)
    keep("robustness.json", {"denseAccuracy": dense, "rows": rows})


if __name__ == "__main__":
    main()
