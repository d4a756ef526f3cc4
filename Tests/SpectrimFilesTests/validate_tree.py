"""Renders the tree and the report of a model file as JSON and judges them by the two schemas.

A pooled file is rendered as the tree that its index describes.
"""
import json
import re
import sys

import h5py
import jsonschema
import numpy

path, tree_schema, report_schema = sys.argv[1:]
NAMES = {"float16": "f16", "float32": "f32", "float64": "f64"}


def type_name(thing):
    kind = thing.id.get_type()
    if isinstance(kind, h5py.h5t.TypeStringID):
        return "string"
    if isinstance(kind, h5py.h5t.TypeFloatID) and kind.get_fields() == (15, 7, 8, 0, 7):
        return "bf16"
    return NAMES.get(kind.dtype.name, kind.dtype.name)


def value(found):
    if isinstance(found, bytes):
        return found.decode()
    return found.tolist() if isinstance(found, (numpy.ndarray, numpy.generic)) else found


def attribute(group, name):
    found = group.attrs[name]
    kind = h5py.h5a.open(group.id, name.encode()).get_type()
    text = isinstance(kind, h5py.h5t.TypeStringID)
    shown = value(found)
    if isinstance(shown, bytes):
        shown = shown.decode()
    return {"type": "string" if text else kind.dtype.name, "value": shown}


def render(group):
    tree = {"attributes": {name: attribute(group, name) for name in group.attrs}}
    tree["datasets"], tree["groups"] = {}, {}
    for name, child in group.items():
        if isinstance(child, h5py.Dataset):
            tree["datasets"][name] = {"type": type_name(child), "shape": list(child.shape)}
        else:
            tree["groups"][name] = render(child)
    return tree


def fact(text):
    """The attribute that a line of the pooled index stands for."""
    if text.startswith("["):
        return {"type": "int32", "value": [int(word) for word in text[1:-1].split()]}
    for kind, convert in (("int32", int), ("float64", float)):
        try:
            return {"type": kind, "value": convert(text)}
        except ValueError:
            pass
    return {"type": "string", "value": text}


def add_pool(pool, root):
    """Puts the groups of the index where they stand in a tree."""
    for line in pool["index"][0].decode().splitlines():
        if "=" not in line:
            group = root
            for name in line.split("/")[1:]:
                empty = {"attributes": {}, "datasets": {}, "groups": {}}
                group = group["groups"].setdefault(name, empty)
            continue
        name, text = line.split("=", 1)
        place = re.fullmatch(r"@(\w+)(?:\+\d+)?\[([\d ]+)\](?:\^T)?", text)
        if place is None:
            group["attributes"][name] = fact(text)
        else:
            kind = "int8" if place[1] == "zigzag8" else place[1]
            group["datasets"][name] = {"type": kind, "shape": [int(side) for side in place[2].split()]}


def complaints(document, schema):
    with open(schema) as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    for error in validator.iter_errors(document):
        print(list(error.absolute_path), error.message)


with h5py.File(path, "r") as file:
    tree = render(file)
    # The texts are stored uncompressed or behind a filter; the caller has registered that.
    report = file["report"][0] if "report" in file else None
    if "pool" in file:
        del tree["groups"]["pool"]
        add_pool(file["pool"], tree)
        report = file["pool/index"][1]
    complaints(tree, tree_schema)
    complaints(json.loads(report.decode()), report_schema)
