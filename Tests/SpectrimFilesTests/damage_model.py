"""Copies a model once for each attribute, dataset and group in it, with that one thing missing.

Prints one line per copy: the number of the copy and the path of what is missing.
"""
import shutil
import sys

import h5py

source, folder = sys.argv[1:]
places = []
with h5py.File(source, "r") as file:
    places += [("/", name) for name in file.attrs]

    def note(path, thing):
        parent, _, name = ("/" + path).rpartition("/")
        places.append((parent or "/", name + "/"))
        places.extend(("/" + path, attribute) for attribute in thing.attrs)

    file.visititems(note)
for number, (path, name) in enumerate(places):
    copy = f"{folder}/{number}.h5"
    shutil.copyfile(source, copy)
    with h5py.File(copy, "r+") as file:
        if name.endswith("/"):
            del file[path][name[:-1]]
        else:
            del file[path].attrs[name]
    print(number, path.rstrip("/") + "/" + name)
