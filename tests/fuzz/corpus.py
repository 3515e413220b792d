#!/usr/bin/env python3
"""Kept inputs as text, an input a line in base64 (tests/fuzz/corpus.h reads the same), to and from a folder of files.

  corpus.py unpack FILE FOLDER                each line as a file; a FILE that is not there has none
  corpus.py pack FOLDER FILE BYTES_MAX        the shortest inputs first, while their text fits; comments of FILE and the lines behind them stay
"""
import base64
import hashlib
import os
import sys


def lines_of(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return file.read().splitlines()


def unpack(path, folder):
    os.makedirs(folder, exist_ok=True)
    for line in lines_of(path):
        if not line.startswith("#"):
            data = base64.b64decode(line, validate=True)
            with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as file:
                file.write(data)


def pack(folder, path, bytes_max):
    # What a comment is about is kept for a reason: a comment and the line behind it.
    kept = []
    before = lines_of(path)
    for i, line in enumerate(before):
        if line.startswith("#"):
            kept += before[i:i + 2]
    inputs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            inputs.add(file.read())
    out, size = list(kept), sum(len(line) + 1 for line in kept)
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        line = base64.b64encode(data).decode("ascii")
        size += len(line) + 1
        if size > bytes_max:
            break
        if line and line not in kept:
            out.append(line)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.writelines(line + "\n" for line in out)
    os.replace(path + ".new", path)
    print("%s: %d of %d inputs" % (path, len(out), len(inputs)))


def main(words):
    if len(words) == 3 and words[0] == "unpack":
        unpack(words[1], words[2])
    elif len(words) == 4 and words[0] == "pack":
        pack(words[1], words[2], int(words[3]))
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
