"""What `spectrim` makes of a dense network, over the setting that trades bytes for accuracy."""
import os

from networks import LENET_300, LENET_5, NETWORKS

# Options without which a build has no such family.
NEEDED = {
    "Spectrim calibrated": ("convert", "--calibrate", "--theta"),
    "Spectrim distilled": ("finetune", "--teacher", "--rate"),
}
STEPS = (
    0.004, 0.0056, 0.0068, 0.008, 0.0096, 0.0112, 0.0124, 0.0136, 0.016, 0.0176, 0.0192, 0.0208,
    0.0224, 0.0248, 0.0272, 0.0296, 0.032, 0.036, 0.04, 0.045, 0.05, 0.06)
# How a distillation goes: options, and pairs of the step it starts from and the price of bits.
SHORT = "--epochs 8"
SHIFTED = "--epochs {} --shift 1"
PLAIN_STARTS = (
    (0.0176, 0.03), (0.0224, 0.03), (0.0272, 0.03), (0.0296, 0.06), (0.032, 0.1), (0.036, 0.1),
    (0.045, 0.1), (0.05, 0.2))
DISTILLED = {
    LENET_300: (
        SHIFTED.format(20),
        ((0.0272, 0.1), (0.032, 0.2), (0.04, 0.3), (0.04, 0.5), (0.05, 0.5))),
    LENET_5: (SHIFTED.format(14), ((0.04, 0.4), (0.05, 0.6), (0.06, 1.0))),
}
ERRORS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
SAMPLES = 10_000


def lacking(program, family):
    """The command that a build lacks for a family, or nothing."""
    if family not in NEEDED or program.offers(*NEEDED[family]):
        return None
    return "`{} {}`".format(NEEDED[family][0], " ".join(NEEDED[family][1:]))


def without_data(bench, folder, measure):
    """Ranks and codes by the error of the weights alone."""
    for limit in ERRORS:
        path = os.path.join(folder, "without-data.h5")

        def make():
            bench.program.json(
                "convert", bench.model, "-o", path, "--force", "--quiet", "--rank", "auto",
                "--auto-error", limit)
            return path, None

        measure(f"auto-error {limit}", make)


def calibrated_file(bench, folder, step):
    path = os.path.join(folder, f"calibrated-{step}.h5")
    if not os.path.exists(path):
        bench.program.json(
            "convert", bench.model, "-o", path, "--quiet", "--calibrate",
            bench.data["calibration"], "--samples", SAMPLES, "--theta", step)
    return path


def calibrated(bench, folder, measure):
    """The calibrated method over its step, without gradient steps."""
    for step in STEPS:
        measure(f"theta {step}", lambda: (calibrated_file(bench, folder, step), None))


def distilled(bench, folder, measure):
    """The same after a distillation from the dense network, held-out images left out."""
    title = NETWORKS[bench.name].title
    options, starts = DISTILLED.get(title, (SHORT, PLAIN_STARTS))
    for step, rate in starts:

        def make():
            path = os.path.join(folder, f"distilled-{step}-{rate}.h5")
            bench.program.json(
                "finetune", calibrated_file(bench, folder, step), "--teacher", bench.model,
                "--data", bench.data["calibration"], "--hold-out", 0, *options.split(),
                "--rate", rate, "-o", path, "--force", "--quiet")
            return path, None

        measure(f"theta {step}, rate {rate}, {options}", make)


FAMILIES = {
    "Spectrim without data": without_data,
    "Spectrim calibrated": calibrated,
    "Spectrim distilled": distilled,
}
CURVES = set(FAMILIES)
