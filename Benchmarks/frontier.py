"""Bytes of whole files at equal accuracy: our methods and their peers, on the same networks.

usage: Benchmarks/frontier [--work FOLDER] [--networks A,B] [--families A,B] [--table]

Trains the networks on the MNIST of SPECTRIM_MNIST, makes files of every family over its settings,
measures each on all test images and on 10 000 held-out images, and prints tables, which go to
Benchmarks/results/frontier.md with the curves in frontier.json. Held-out images are the last of the
training images: the dense networks have learned from them, but no method was calibrated on them.
Models and points stay in the folder (.build/frontier), so that an interrupted run goes on.
"""
import argparse
import importlib.metadata
import os
import platform
import sys
import time

import digits
import frontier_table
import ours
import peers
from curve import Point, Points
from dense_network import DenseNetwork
from networks import NETWORKS
from program import BENCHMARKS, BUILT, Program

HELD_OUT = 10_000


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2].removeprefix("usage: "))
    default = os.path.join(os.path.dirname(BENCHMARKS), ".build", "frontier")
    parser.add_argument("--work", default=default)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--families", default=",".join([*ours.FAMILIES, *peers.FAMILIES]))
    parser.add_argument("--spectrim", default=BUILT)
    parser.add_argument("--table", action="store_true", help="print what was measured so far")
    return parser.parse_args()


class Bench:
    """One network with all that is measured of it."""

    def __init__(self, name, program, data, work, sets):
        self.name, self.program, self.data = name, program, data
        self.folder = os.path.join(work, name)
        os.makedirs(self.folder, exist_ok=True)
        self.model = NETWORKS[name].trained(program, data, self.folder)
        self.network = DenseNetwork(program, self.model, self.folder, sets)
        self.dense = self.network.accuracies()
        self.points = Points(os.path.join(self.folder, "points.json"))

    def measure(self, family, setting, make):
        """Makes the file of a setting and prints its point."""

        def measured():
            start = time.perf_counter()
            path, values = make()
            seconds = time.perf_counter() - start
            found = self.accuracies(path, values)
            losses = {key: 100 * (self.dense[key] - found[key]) for key in found}
            return Point(
                setting, os.path.getsize(path), round(losses["test"], 4),
                round(losses["heldOut"], 4), round(seconds, 3))

        is_new = setting not in self.points.families.get(family, {})
        point = self.points.measured(family, setting, measured)
        if is_new:
            print(
                f"{self.name:9} {family:24} {setting:40} {point.bytes:>9}"
                f"  loss {point.loss:+.2f}  held out {point.held_out_loss:+.2f}", flush=True)

    def accuracies(self, path, values):
        if values is None:
            return {
                key: self.program.accuracy(path, self.data[key]) for key in ("test", "heldOut")}
        if isinstance(values, str):
            return self.network.accuracies(graph=values)
        return self.network.accuracies(values)


def prepared(mnist, work):
    """The folders of the images, and the test and held-out images themselves."""
    train, test = digits.load(mnist, "train"), digits.load(mnist, "t10k")
    kept = tuple(values[:-HELD_OUT] for values in train)
    held = tuple(values[-HELD_OUT:] for values in train)
    calibration = digits.write(os.path.join(work, "calibration"), kept, test)
    held_out = digits.write(os.path.join(work, "held-out"), kept, held)
    folders = {"train": mnist, "test": mnist, "calibration": calibration, "heldOut": held_out}
    return folders, {"test": test, "heldOut": held}


def main():
    options = arguments()
    mnist = os.environ.get("SPECTRIM_MNIST") or sys.exit("SPECTRIM_MNIST names no folder")
    os.makedirs(options.work, exist_ok=True)
    program = Program(options.spectrim)
    families = {**ours.FAMILIES, **peers.FAMILIES}
    chosen = {name: families[name] for name in options.families.split(",")}
    for name in list(chosen):
        lacking = ours.lacking(program, name)
        if lacking:
            print(f"left out: {name}: this build has no {lacking}")
            del chosen[name]
    folders, sets = prepared(mnist, options.work)
    benches = []
    for name in options.networks.split(","):
        bench = Bench(name, program, folders, options.work, sets)
        benches.append(bench)
        print(f"{name}: dense accuracy {100 * bench.dense['test']:.2f} %", flush=True)
        for family, measure_all in chosen.items():
            if not options.table:
                run(bench, family, measure_all)
    versions = {name: importlib.metadata.version(name) for name in peers.VERSIONED}
    versions["Python"] = platform.python_version()
    frontier_table.write(benches, list(families), versions)


def run(bench, family, measure_all):
    subject = bench if family in ours.FAMILIES else bench.network
    try:
        measure_all(
            subject, bench.folder,
            lambda setting, make: bench.measure(family, setting, make))
    # A peer that cannot store a network must not end the run of the others.
    except Exception as error:
        print(f"left out: {bench.name}: {family}: {type(error).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main()
