"""The tables of Benchmarks/frontier."""
import math
from dataclasses import asdict

import literature
import ours
import peers
from curve import best, bytes_at, chosen_unseen
from networks import LENET_300, LENET_5, NETWORKS
from program import keep

LOSSES = (0.0, 0.1, 0.2, 0.5, 1.0)
ERRORS = {LENET_300: (1.6, 1.9), LENET_5: (0.8, 1.0)}
PAPERS = {LENET_300: literature.LENET_300_100, LENET_5: literature.LENET_5}
CURVES = ours.CURVES | peers.CURVES
NOTES = """\
Bytes are those of whole files. Each cell is the smallest file of the family whose loss, in points
of accuracy on all 10 000 test images, is within the limit; `~` is interpolated, linear in the loss,
between two measured neighbours of the curve. Of several seeds the median stands; a seed for which
no file is within the limit counts as the largest. The standard error of a loss is about 0.1 point.
"""
UNSEEN = """\
Settings chosen without the test images: the smallest file whose loss on 10 000 training images that
calibration did not use is within the limit, with its loss on the test images. The dense networks
have learned from those images, so that the choice is cautious.
"""


def thousands(count):
    return f"{count:,}".replace(",", " ")


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def head(first, columns):
    return row([first, *columns]) + row(["---"] + ["---:"] * len(columns))


def cell(family, benches, limits):
    """The median over the networks of the bytes at a limit of each, none being more than any."""
    found = [
        bytes_at(bench.points.of(family), limit, family in CURVES) or (math.inf, True)
        for bench, limit in zip(benches, limits)]
    count, is_measured = sorted(found)[len(found) // 2]
    return "–" if count == math.inf else ("" if is_measured else "~") + thousands(count)


def unseen_cell(family, benches, limit):
    found = [chosen_unseen(bench.points.of(family), limit) for bench in benches]
    middle = sorted(found, key=lambda point: point.bytes if point else math.inf)[len(found) // 2]
    return f"{thousands(middle.bytes)} ({middle.loss:+.2f})" if middle else "–"


def title(name, benches):
    dense = " / ".join(f"{100 * bench.dense['test']:.2f}" for bench in benches)
    return f"## {name}, dense accuracy {dense} %\n\n"


def table(name, benches, families):
    """The tables of one network, of which there may be several seeds."""
    measured = [f for f in families if all(bench.points.of(f) for bench in benches)]
    columns = [f"loss ≤ {limit}" for limit in LOSSES]
    text = title(name, benches) + head("file", columns)
    for family in measured:
        text += row([family] + [cell(family, benches, [x] * len(benches)) for x in LOSSES])
    text += "\n" + UNSEEN + "\n" + head("file", columns)
    for family in measured:
        text += row([family] + [unseen_cell(family, benches, limit) for limit in LOSSES])
    if name in ERRORS:
        text += "\n" + errors(name, benches, measured)
    return text + "\n"


def errors(name, benches, families):
    """The same at errors in % on the test images, with what papers state."""
    text = head("file", [f"error ≤ {error} %" for error in ERRORS[name]])
    for family in families:
        text += row([family] + [
            cell(family, benches, [error - 100 * (1 - bench.dense["test"]) for bench in benches])
            for error in ERRORS[name]])
    text += "\nStated elsewhere for networks of these layers:\n\n"
    text += head("method", ["bytes", "error", "source"])
    for method, count, error, source in PAPERS[name]:
        text += row([method, thousands(count), f"{error} %", source])
    return text


def singles(benches, families):
    """The files of families that are no curves, of the first network."""
    text = f"## Single files of {benches[0].name}\n\n" + head("file", ["bytes", "loss", "seconds"])
    for family in families:
        for point in [] if family in CURVES else benches[0].points.of(family):
            words = [family + ", " + point.setting, thousands(point.bytes)]
            text += row(words + [f"{point.loss:+.2f}", f"{point.seconds:.2f}"])
    return text


def write(benches, families, versions):
    """Prints the tables and keeps them, with the best points of every family."""
    groups = {}
    for bench in benches:
        groups.setdefault(NETWORKS[bench.name].title, []).append(bench)
    words = ", ".join(f"{name} {version}" for name, version in versions.items())
    text = "# Bytes at equal accuracy\n\n" + NOTES + f"\n{words}\n\n"
    for name, members in groups.items():
        text += table(name, members, families)
    text += singles(benches, families)
    print("\n" + text)
    keep("frontier.md", text)
    keep("frontier.json", {
        "versions": versions,
        "networks": [{
            "name": bench.name, "train": NETWORKS[bench.name].words,
            "accuracy": bench.dense["test"], "heldOutAccuracy": bench.dense["heldOut"],
            "families": {
                family: [asdict(point) for point in best(bench.points.of(family))]
                for family in families if bench.points.of(family)},
        } for bench in benches],
    })
