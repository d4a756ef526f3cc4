"""Bytes over loss: measured points, the curve through the best of them, and what stands on it."""
import json
import os
from dataclasses import asdict, dataclass


@dataclass
class Point:
    """One file. Losses are in points of accuracy against the dense network."""

    setting: str
    bytes: int
    loss: float
    held_out_loss: float
    seconds: float


class Points:
    """The points of one network by family, on disk, so that an interrupted run goes on."""

    def __init__(self, path):
        self.path = path
        self.families = {}
        if os.path.exists(path):
            with open(path) as file:
                for family, points in json.load(file).items():
                    self.families[family] = {p["setting"]: Point(**p) for p in points}

    def measured(self, family, setting, measure):
        """The point of a setting, measured unless it was before."""
        points = self.families.setdefault(family, {})
        if setting not in points:
            points[setting] = measure()
            self.save()
        return points[setting]

    def save(self):
        document = {
            family: [asdict(point) for point in points.values()]
            for family, points in self.families.items()}
        partial = self.path + ".partial"
        with open(partial, "w") as file:
            json.dump(document, file, indent=1)
        os.replace(partial, self.path)

    def of(self, family):
        return list(self.families.get(family, {}).values())


def best(points):
    """The points that no smaller file equals, from the smallest file up: losses fall."""
    kept = []
    for point in sorted(points, key=lambda p: (p.bytes, p.loss)):
        if not kept or point.loss < kept[-1].loss:
            kept.append(point)
    return kept


def bytes_at(points, limit, interpolates):
    """(bytes, whether measured) at a loss, or None where no file reaches it.

    Between two neighbours of the curve the bytes are linear in the loss.
    """
    curve = best(points)
    reached = next((i for i, point in enumerate(curve) if point.loss <= limit + 1e-9), None)
    if reached is None:
        return None
    after = curve[reached]
    if not interpolates or reached == 0 or after.loss >= limit - 1e-9:
        return after.bytes, True
    before = curve[reached - 1]
    share = (before.loss - limit) / (before.loss - after.loss)
    return round(before.bytes + share * (after.bytes - before.bytes)), False


def chosen_unseen(points, limit):
    """The smallest file whose loss on the held-out images is within the limit, if any."""
    fitting = [point for point in points if point.held_out_loss <= limit + 1e-9]
    return min(fitting, key=lambda point: point.bytes, default=None)
