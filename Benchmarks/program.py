"""Runs the `spectrim` command: its JSON document, its warnings, its times and its peak memory."""
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

BENCHMARKS = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(BENCHMARKS, "results")
BUILT = os.path.join(os.path.dirname(BENCHMARKS), ".build", "release", "spectrim")


@dataclass
class Run:
    """How one run ended."""

    code: int
    document: dict
    warnings: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


class Program:
    """The command, on one core unless told otherwise."""

    def __init__(self, path=BUILT):
        self.path = path
        self.environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")

    def run(self, *arguments):
        """Runs with --json; a code other than 0 is returned, not raised."""
        words = [self.path, *map(str, arguments), "--json"]
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            child = subprocess.Popen(words, stdout=output, stderr=errors, env=self.environment)
            # wait4 tells the peak of this child alone.
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            text, warnings = output.read().decode(), errors.read().decode()
        try:
            document = json.loads(text) if text else {}
        except ValueError:
            document = {}
        busy = usage.ru_utime + usage.ru_stime
        return Run(child.returncode, document, warnings, seconds, busy, 1024 * usage.ru_maxrss)

    def json(self, *arguments):
        """The document of a run that must succeed."""
        run = self.run(*arguments)
        if run.code:
            words = " ".join(map(str, arguments))
            raise RuntimeError(f"spectrim {words}: exit code {run.code}: {run.warnings.strip()}")
        return run.document

    def offers(self, subcommand, *options):
        """Whether this build has a subcommand with these options."""
        found = subprocess.run([self.path, subcommand, "--help"], capture_output=True, text=True)
        return found.returncode == 0 and all(option in found.stdout for option in options)

    def accuracy(self, model, data):
        return self.json("evaluate", model, "--data", data)["accuracy"]


def keep(name, document):
    """Writes a result: JSON of a document, or text."""
    path = os.path.join(RESULTS, name)
    with open(path, "w") as file:
        if isinstance(document, str):
            file.write(document)
        else:
            json.dump(document, file, indent=1)
            file.write("\n")
