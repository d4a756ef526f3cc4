"""Damages the fixtures and samples at random and counts how `spectrim inspect` takes them.

Every damaged file has to be read or refused with an error of the file: a signal, a time-out, a
failed allocation and exit 70 are defects. The same seed gives the same files while the fixtures
stay as they are. Fails when there is a defect; `--keep FOLDER` keeps the files.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

SECONDS_PER_FILE = 10
ADDRESS_SPACE = 3 << 30
CLEAN = {64, 65, 66, 74}
KINDS = ["h5", "ours", "checkpoint", "keras", "safetensors", "npz", "npy", "pt", "onnx"]
OUTCOMES = ["error", "read", "crash", "hang", "memory", "exit 70", "raw text"]
DEFECTS = set(OUTCOMES[2:])

# Values at the borders of the integer types.
BORDERS = [0, 1, 2, 7, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1]
BORDERS += [2**32, 2**40, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
NUMBERS = [b"0", b"-1", b"-0", b"1e400", b"1e19", b"0.5", b"4294967296", b"9223372036854775807"]
NUMBERS += [b"9223372036854775808", b"18446744073709551616", b"99999999999", b"null", b"[]", b'""']
# What an error of Swift's own looks like: a case with labels, an optional, a domain of Foundation.
RAW_TEXT = re.compile(rb"Optional\(|Error\(|error \d+\.\)|Domain=|\w+\.\w+\(\w+: ")


# --- mutations of bytes


def flip_bits(data, draw):
    for _ in range(draw.choice([1, 1, 2, 8, 32])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def set_bytes(data, draw):
    for _ in range(draw.choice([1, 2, 4, 16])):
        data[draw.randrange(len(data))] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])


def set_word(data, draw):
    """A length, count or offset at a border of its type."""
    for _ in range(draw.choice([1, 1, 2, 3])):
        size = draw.choice([2, 4, 8])
        if len(data) < size:
            return
        place = draw.randrange(len(data) - size + 1)
        value = draw.choice(BORDERS) % (1 << 8 * size)
        data[place : place + size] = value.to_bytes(size, draw.choice(["little", "big"]))


def nudge_word(data, draw):
    size = draw.choice([1, 2, 4, 8])
    if len(data) < size:
        return
    place = draw.randrange(len(data) - size + 1)
    value = int.from_bytes(data[place : place + size], "little") + draw.choice([-8, -1, 1, 8, 4096])
    data[place : place + size] = (value % (1 << 8 * size)).to_bytes(size, "little")


def truncate(data, draw):
    del data[draw.randrange(len(data)) :]


def insert(data, draw):
    place = draw.randrange(len(data) + 1)
    data[place:place] = bytes(draw.randrange(256) for _ in range(draw.choice([1, 4, 64])))


def delete(data, draw):
    place = draw.randrange(len(data))
    del data[place : place + draw.choice([1, 2, 8, 64])]


def region(data, draw):
    start = draw.randrange(len(data))
    return start, min(len(data), start + draw.choice([4, 16, 64, 256, 1024]))


def splice(data, draw):
    """One region over another of the same file."""
    start, end = region(data, draw)
    place = draw.randrange(len(data))
    data[place : place + end - start] = data[start:end]


def repeat(data, draw):
    start, end = region(data, draw)
    data[start:start] = data[start:end] * draw.choice([1, 4, 64])


def swap(data, draw):
    size = draw.choice([1, 4, 8, 32, 128])
    if len(data) < 2 * size:
        return
    first, second = (draw.randrange(len(data) - size + 1) for _ in range(2))
    one, other = bytes(data[first : first + size]), bytes(data[second : second + size])
    data[first : first + size], data[second : second + size] = other, one


def set_number(data, draw):
    """Another number in a JSON text, a header of numpy or a line of a pickle."""
    found = list(re.finditer(rb"\d+", data))
    if found:
        match = draw.choice(found)
        data[match.start() : match.end()] = draw.choice(NUMBERS)


def set_varint(data, draw):
    """A length or number of a protobuf message."""
    place, value, code = draw.randrange(len(data)), draw.choice(BORDERS), bytearray()
    while True:
        code.append(value & 127 | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            break
    data[place : place + draw.choice([1, len(code)])] = code


def nest(data, draw):
    place = draw.randrange(len(data) + 1)
    data[place:place] = draw.choice([b"[", b'{"a":', b"(", b"]q\0", b"\x0a\x7f"]) * 20000


MUTATIONS = [flip_bits, flip_bits, set_bytes, set_word, set_word, nudge_word, truncate, insert]
MUTATIONS += [delete, splice, repeat, swap, set_number, set_number, set_varint, nest]


def damaged(data, draw):
    """The bytes after a few mutations; mostly one, for deep ones not to hide each other."""
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        if data:
            draw.choice(MUTATIONS)(data, draw)
    return data


# --- mutations that keep what stands around them intact, so that they reach the reader


def with_entry_damaged(source, draw):
    """A ZIP archive with one entry damaged under a right checksum; now and then its name too."""
    target = tempfile.SpooledTemporaryFile()
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as output:
        names = archive.namelist()
        chosen = draw.choice(names)
        for name in names:
            content = archive.read(name)
            if name == chosen:
                content = bytes(damaged(content, draw))
                if draw.random() < 0.05:
                    name = draw.choice(["../a", "/a", "a/\u0661", name * 30, draw.choice(names)])
            method = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            output.writestr(zipfile.ZipInfo(name), content, method)
    target.seek(0)
    return target.read()


def with_header_damaged(data, draw):
    """A safetensors file with its JSON damaged under a right length."""
    length = struct.unpack("<Q", data[:8])[0]
    header = damaged(data[8 : 8 + length], draw)
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def mutant(path, kind, draw):
    if zipfile.is_zipfile(path) and draw.random() < 0.75:
        return with_entry_damaged(path, draw)
    data = path.read_bytes()
    if kind == "safetensors" and path.suffix == ".safetensors" and draw.random() < 0.7:
        return with_header_damaged(data, draw)
    return damaged(data, draw)


# --- runs


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def outcome(command, path):
    """How a run of `inspect` ends, and what it says."""
    try:
        run = subprocess.run(
            [command, "inspect", path, "--json", "--quiet"], stdin=subprocess.DEVNULL,
            capture_output=True, timeout=SECONDS_PER_FILE, preexec_fn=limit,
            env=os.environ | {"SWIFT_BACKTRACE": "enable=no"})
    except subprocess.TimeoutExpired:
        return "hang", b""
    text = run.stderr
    if run.returncode < 0:
        name = signal.Signals(-run.returncode).name.encode()
        starved = b"bad_alloc" in text or b"out of memory" in text.lower()
        return ("memory" if starved else "crash"), name + b" " + text
    if run.returncode == 0:
        return "read", text
    if run.returncode not in CLEAN:
        return f"exit {run.returncode}", text
    return ("raw text" if RAW_TEXT.search(text) else "error"), text


class Fuzzer:
    def __init__(self, command, corpus, scratch, keep, seed):
        self.command, self.corpus, self.scratch, self.keep = command, corpus, scratch, keep
        self.seed, self.counts = seed, collections.defaultdict(collections.Counter)

    def attempt(self, number):
        """One file: its kind, source and everything random come from the seed and the number."""
        draw = random.Random(f"{self.seed} {number}")
        kind = KINDS[number % len(KINDS)]
        source = draw.choice(self.corpus[kind])
        try:
            data = mutant(source, kind, draw)
        except (zipfile.BadZipFile, UnicodeError, zlib.error):
            return
        folder = self.scratch / str(number)
        folder.mkdir()
        # The neighbours of a file (shards, external data) stay whole.
        for name in source.parent.glob("model-*.safetensors"):
            shutil.copy(name, folder)
        if source.name == "external.onnx":
            shutil.copy(source.parent / "external.data", folder)
        path = folder / source.name
        path.write_bytes(data)
        result, text = outcome(self.command, path)
        self.counts[kind][result] += 1
        if result not in ("read", "error"):
            line = text.decode(errors="replace").strip().replace("\n", " | ")[:200]
            print(f"{number} {kind} {source.name}: {result}: {line}", flush=True)
            if self.keep:
                shutil.copy(path, self.keep / f"{self.seed}-{number}-{source.name}")
        shutil.rmtree(folder)

    def run(self, seconds, workers):
        """Files until the time is over; the pool is fed a round at a time."""
        end, number = time.monotonic() + seconds, 0
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            while time.monotonic() < end:
                round_ = range(number, number + 36 * workers)
                list(pool.map(self.attempt, round_))
                number = round_.stop

    def table(self):
        print(f"seed {self.seed}")
        others = sorted({o for c in self.counts.values() for o in c} - set(OUTCOMES))
        columns = OUTCOMES + others
        print(f"{'kind':12}{'files':>8}" + "".join(f"{name:>10}" for name in columns))
        total = collections.Counter()
        for kind in KINDS:
            total.update(self.counts[kind])
        for kind, counts in [(k, self.counts[k]) for k in KINDS] + [("all", total)]:
            row = "".join(f"{counts[name]:>10}" for name in columns)
            print(f"{kind:12}{sum(counts.values()):>8}{row}")
        return any(count for name, count in total.items() if name not in ("read", "error"))


def corpus(root, command, scratch):
    """The committed files of each kind, and files of our own made from them."""
    fixtures = root / "Tests" / "SpectrimInterchangeTests" / "Fixtures"
    made = scratch / "made"
    made.mkdir()

    def convert(source, name, *options):
        subprocess.run(
            [command, "convert", source, "-o", made / name, "--quiet", *options], check=True,
            stdout=subprocess.DEVNULL)

    keras, archives, onnx = fixtures / "Keras", fixtures / "Archives", fixtures / "ONNX"
    convert(keras / "branched.keras", "branched.h5", "--rank", "full")
    convert(onnx / "branching.onnx", "branching.h5", "--rank", "fixed=2", "--quantize", "8")
    ours = sorted((root / "SampleModels").glob("*.h5"))
    for source in [keras / "cnn.keras", onnx / "cnn_depthwise.onnx", onnx / "mlp_gelu.onnx"]:
        convert(source, f"{source.stem}-dense.h5", "--rank", "full")
        convert(source, f"{source.stem}-low.h5", "--rank", "fixed=2", "--quantize", "8")
        ours += [made / f"{source.stem}-dense.h5", made / f"{source.stem}-low.h5"]
    files = {
        "h5": keras.glob("*.h5"),
        "ours": ours,
        "checkpoint": [made / "branched.h5", made / "branching.h5"],
        "keras": keras.glob("*.keras"),
        "safetensors": [*archives.glob("*.safetensors"), *archives.glob("shards/*.json")],
        "npz": archives.glob("*.npz"),
        "npy": archives.glob("*.npy"),
        "pt": archives.glob("*.pt"),
        "onnx": onnx.glob("*.onnx"),
    }
    return {kind: sorted(paths) for kind, paths in files.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--spectrim", type=pathlib.Path)
    options = parser.parse_args()
    command = options.spectrim or options.root / ".build" / "release" / "spectrim"
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        files = corpus(options.root, command, scratch)
        fuzzer = Fuzzer(command, files, scratch, options.keep, options.seed)
        fuzzer.run(options.seconds, options.workers)
        sys.exit(1 if fuzzer.table() else 0)


if __name__ == "__main__":
    main()
