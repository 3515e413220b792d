"""The house rules that a program can check. Each takes the top of a tree and yields `file:line: what is wrong`."""
import ast
import os
import re

ROWS = {"platform": 0, "devices": 1, "tsm": 1, "guest": 2, "scenarios": 3}
# What guest code may know: the call interface of its protector, and libraries without a machine behind them.
GUEST_SEES = ("guest/", "tsm/abi/", "platform/trust/defence.h") + tuple("platform/%s/" % room for room in ("base", "wire", "crypto", "protocol", "requester"))
LINES_MAX = 500
NOT_SOURCES = {"out", "node_modules", "built", "__pycache__"}  # built: pages, bundled from sources
SOURCE_ENDINGS = (".h", ".cc", ".py", ".sh", ".bzl", ".js", ".ts", ".css", ".html")


def files(top, endings=SOURCE_ENDINGS):
    """Paths from `top`, sorted, of the files with one of these endings or names."""
    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if not f.startswith((".", "bazel-")) and f not in NOT_SOURCES]
        found += [os.path.relpath(os.path.join(folder, name), top) for name in names if name.endswith(tuple(endings))]
    return sorted(found)


def text_of(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as file:
        return file.read()


def row_of(path):
    return ROWS.get(path.split("/")[0])


def points_up(user, used):
    """Why `user` may not know `used`, or nothing."""
    if row_of(user) is None or row_of(used) is None:
        return None
    if row_of(used) > row_of(user):
        return "points up to " + used
    if row_of(used) == row_of(user) and used.split("/")[0] != user.split("/")[0]:
        return "points to %s: devices and tsm meet only on the wire" % used
    if user.startswith("guest/") and used.startswith("tsm/") and not used.startswith("tsm/abi/"):
        return "points to %s: a guest sees only tsm/abi" % used
    # A guest program is tested inside a machine, so its test sees one.
    test = user.endswith(("_test.cc", "/BUILD"))
    if user.startswith("guest/") and not test and not used.startswith(GUEST_SEES):
        return "points to %s: a guest sees only tsm/abi and the pure libraries" % used
    return None


def includes(top):
    """Quoted includes name an existing file by its path from the top, and point down."""
    for path in files(top, (".h", ".cc")):
        for number, line in enumerate(text_of(top, path).splitlines(), 1):
            named = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not named:
                continue
            if not os.path.exists(os.path.join(top, named.group(1))):
                yield "%s:%d: includes %s, which is no file below the top" % (path, number, named.group(1))
            why = points_up(path, named.group(1))
            if why:
                yield "%s:%d: %s" % (path, number, why)


def dependencies(top):
    """Labels in BUILD files point down as includes do."""
    for path in files(top, ("BUILD",)):
        for number, line in enumerate(text_of(top, path).splitlines(), 1):
            for label in re.findall(r'"//([^":]+)', line.split("#")[0]):
                if label.endswith("..."):
                    continue  # a package group names users, not what is used
                why = points_up(path, label + "/")
                if why:
                    yield "%s:%d: %s" % (path, number, why)


def lengths(top):
    """No source has more than LINES_MAX lines."""
    for path in files(top):
        count = len(text_of(top, path).splitlines())
        if count > LINES_MAX:
            yield "%s:%d: more than %d lines; look for the second idea in it" % (path, count, LINES_MAX)


def marks(top):
    """What is left to do says where it belongs and why."""
    words = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    for path in files(top, SOURCE_ENDINGS + ("BUILD",)):
        for number, line in enumerate(text_of(top, path).splitlines(), 1):
            mark = re.search(r"\b(%s)\b" % words, line)
            if mark and not re.search(r"\b%s\([a-z_./-]+\): \S" % ("TO" + "DO"), line):
                yield "%s:%d: %s without `(area): what and why`" % (path, number, mark.group(1))


def built(top):
    """Every C++ file is named in the BUILD file of its package: a test that is not there never runs."""
    named = {}
    for path in files(top, ("BUILD",)):
        named[os.path.dirname(path)] = Names(text_of(top, path))
    for path in files(top, (".h", ".cc")):
        if row_of(path) is None and not path.startswith("tests/"):
            continue
        package = os.path.dirname(path)
        while package and package not in named:
            package = os.path.dirname(package)
        if package not in named:
            yield "%s:1: no BUILD file in its folder or above" % path
        elif not named[package].have(os.path.relpath(path, package or ".")):
            yield "%s:1: %s/BUILD does not name it" % (path, package)


def layouts(top):
    """Every message has the checks of tests/layouts: a schema of it is listed somewhere, or it is part of another message."""
    texts = {path: text_of(top, path) for path in files(top, (".h", ".cc")) if not path.endswith("_test.cc") and row_of(path) is not None or
             path.startswith("tests/layouts/")}
    whole = "\n".join(texts.values())
    listed = set(re.findall(r"schema(?:_of)?<(?:\w+::)*(\w+)\b", whole))
    listed |= {template for alias, template in re.findall(r"using (\w+) = (\w+)<", whole) if alias in listed}
    for path, text in texts.items():
        for message in re.finditer(r"^struct (\w+) \{(?:(?!^\};).)*?\busing Wire =", text, re.M | re.S):
            name = message.group(1)
            part = r"^ +(?:std::array<|std::vector<|std::optional<)?(?:\w+::)*%s\b[^(\n]*;" % name
            if name not in listed and not any(re.search(part, other, re.M) for other in texts.values()):
                yield "%s:%d: no schema of %s; list it in tests/layouts/layouts.cc" % (path, text.count("\n", 0, message.start()) + 1, name)


def visibilities(top):
    """In a row whose BUILD file says who its users are, nothing is open to all but what guests in other trees need, and says so."""
    for path in files(top, ("BUILD",)):
        row = path.split("/")[0]
        users = os.path.join(top, row, "BUILD")
        if row == "platform" or row_of(path) is None or not os.path.exists(users) or "package_group" not in text_of(top, row + "/BUILD"):
            continue
        for number, line in enumerate(text_of(top, path).splitlines(), 1):
            if "//visibility:public" in line and not line.endswith("# for other trees"):
                yield "%s:%d: open to all; its users are those of //%s" % (path, number, row)


class Names:
    """The file names in a BUILD file: literal, matched by glob(), or a stem in a list that a comprehension runs over."""

    def __init__(self, text):
        tree = ast.parse(text)
        self.literal = strings(tree)
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "glob"]
        self.patterns = [pattern(p) for call in calls if call.args for p in strings(call.args[0])]
        self.literal -= {p for call in calls for p in strings(call)}
        self.stems = set().union(*[strings(n) for n in ast.walk(tree) if isinstance(n, ast.ListComp)])

    def have(self, path):
        return (path in self.literal or ":" + path in self.literal or os.path.splitext(path)[0] in self.stems
                or any(p.fullmatch(path) for p in self.patterns))


def strings(tree):
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def pattern(glob):
    """Bazel's glob: `*` stays within a folder, `**` does not."""
    parts = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(parts.get(p) or re.escape(p) for p in re.split(r"(\*\*/|\*\*|\*)", glob)))


RULES = (includes, dependencies, lengths, marks, built, layouts, visibilities)
