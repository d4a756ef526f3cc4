"""Renders the tree and the report of a model file as JSON and judges them by the two schemas."""
import json
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


def complaints(document, schema):
    with open(schema) as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    for error in validator.iter_errors(document):
        print(list(error.absolute_path), error.message)


with h5py.File(path, "r") as file:
    complaints(render(file), tree_schema)
    # The text is stored uncompressed or behind a filter; the caller has registered that.
    complaints(json.loads(file["report"][0].decode()), report_schema)
