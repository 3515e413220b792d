#!/usr/bin/env python3
"""Writes compile_commands.json at the top of the repository, for clang's tools and editors, from what Bazel would run.

Usage: tools/compile_commands.py [TARGET PATTERN]   (//... unless told)
"""
import json
import os
import subprocess
import sys

# g++ flags that clang's tools do not know.
STRANGE = {"-fno-canonical-system-headers", "-Wno-free-nonheap-object"}
TOP = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else "//..."
    asked = subprocess.run(["bazel", "aquery", "--config=opt", "--output=jsonproto", "mnemonic(CppCompile, %s)" % pattern],
                           cwd=TOP, stdout=subprocess.PIPE, check=True)
    commands = {}
    for action in json.loads(asked.stdout).get("actions", []):
        arguments = [a for a in action["arguments"] if a not in STRANGE]
        source = arguments[arguments.index("-c") + 1]
        commands[source] = {"directory": TOP, "file": source, "arguments": arguments}
    path = os.path.join(TOP, "compile_commands.json")
    with open(path + ".new", "w", encoding="utf-8") as out:
        json.dump([commands[source] for source in sorted(commands)], out, indent=1)
    os.replace(path + ".new", path)
    print("%d sources in compile_commands.json" % len(commands))


main()
