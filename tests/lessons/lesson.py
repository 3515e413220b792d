"""A lesson as its reader plays it: the fenced blocks of a page, from the top, in a folder of one's own.

    ```console     lines that begin with `$ ` are commands; what follows each is all that it prints, but for `...`, which stands for
                   any number of lines. A command ends with 0, unless `$ echo $?` follows and says otherwise; one with nothing below it
                   may print what it likes.
    ```diff        a change to a file: `--- FILE`, `+++ FILE`, then lines with ` `, `-` or `+` before them. What is not added has to
                   stand in the file, once and in one piece.

Blocks of other kinds are there to be read.
"""
import os
import subprocess


class Wrong(Exception):
    """The page says one thing and the program does another."""


def blocks(text):
    """(line number, kind, lines) of each fenced block."""
    kind, start, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            if kind is None:
                kind, start, lines = line[3:].strip(), number, []
            else:
                yield start, kind, lines
                kind = None
        elif kind is not None:
            lines.append(line)
    if kind is not None:
        raise Wrong("line %d: a block without an end" % start)


def commands(start, lines):
    """(line number, command, lines that it prints) of a console block."""
    out = []
    for number, line in enumerate(lines, start + 1):
        if line.startswith("$ "):
            out.append((number, line[2:], []))
        elif not out:
            raise Wrong("line %d: a console block begins with a command" % number)
        else:
            out[-1][2].append(line)
    return out


def matches(wanted, got):
    """Whether `got` is `wanted`, where a line `...` stands for any number of lines."""
    parts, part = [], []
    for line in wanted:
        if line.strip() == "...":
            parts.append(part)
            part = []
        else:
            part.append(line.rstrip())
    parts.append(part)
    got = [line.rstrip() for line in got]
    if len(parts) == 1:
        return got == parts[0]
    first, last = parts[0], parts[-1]
    if got[:len(first)] != first or len(got) < len(first) + len(last) or (last and got[-len(last):] != last):
        return False
    at, end = len(first), len(got) - len(last)
    for part in parts[1:-1]:
        at = next((i + len(part) for i in range(at, end - len(part) + 1) if got[i:i + len(part)] == part), None)
        if at is None:
            return False
    return True


def edited(text, lines):
    """The file's name and `text(name)` with a diff block carried out."""
    if len(lines) < 3 or lines[0][:4] != "--- " or lines[1] != "+++ " + lines[0][4:]:
        raise Wrong("a diff names its file twice, as `--- FILE` and `+++ FILE`")
    name, body = lines[0][4:], lines[2:]
    if any(line[:1] not in (" ", "-", "+") for line in body):
        raise Wrong("a line of a diff begins with a blank, - or +")
    before = [line[1:] for line in body if line[0] != "+"]
    after = [line[1:] for line in body if line[0] != "-"]
    have = text(name).splitlines()
    places = [i for i in range(len(have) - len(before) + 1) if have[i:i + len(before)] == before]
    if len(places) != 1:
        raise Wrong("what the diff changes stands in %s %d times" % (name, len(places)))
    have[places[0]:places[0] + len(before)] = after
    return name, "\n".join(have) + "\n"


class Reader:
    """Does what a page says in `folder`; `environment` is the whole of it. Everything printed is kept in `seen`."""

    def __init__(self, folder, environment):
        self.folder, self.environment, self.code, self.seen = folder, environment, 0, []

    def play(self, text):
        for start, kind, lines in blocks(text):
            if kind == "console":
                self.need_good()
                for number, command, wanted in commands(start, lines):
                    self.run(number, command, wanted)
            elif kind == "diff":
                try:
                    name, content = edited(self.read, lines)
                except Wrong as wrong:
                    raise Wrong("line %d: %s" % (start, wrong)) from None
                with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                    file.write(content)
        self.need_good()

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def run(self, number, command, wanted):
        if command != "echo $?":
            self.need_good()
        done = subprocess.run(["/bin/sh", "-c", "(exit %d)\n%s" % (self.code, command)], cwd=self.folder, env=self.environment, timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        got = done.stdout.decode().splitlines()
        self.code, self.last = done.returncode, "line %d: `%s`" % (number, command)
        self.seen += got
        if wanted and not matches(wanted, got):
            raise Wrong("%s prints\n%s" % (self.last, "\n".join(got)))

    def need_good(self):
        if self.code:
            raise Wrong("%s ends with %d; the page has no `echo $?` after it" % (self.last, self.code))
