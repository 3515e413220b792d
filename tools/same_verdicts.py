#!/usr/bin/env python3
"""Whether JUnit files hold the same verdicts: same_verdicts.py ONE OTHER...

ONE is a file, each OTHER a file or a folder whose files test.xml are taken together, as Bazel leaves them in bazel-testlogs. Every case of
ONE has to be there with the same result and the same text, and no case more. Exit code 1: they differ; 2: something cannot be read.
"""
import os
import sys
import xml.etree.ElementTree as xml


def cases_of(path):
    """What became of each case, by the names of attack and check."""
    out = {}
    for case in xml.parse(path).getroot().iter("testcase"):
        told = sorted((child.tag, child.get("message", ""), child.text or "") for child in case)
        out[case.get("classname"), case.get("name")] = told
    return out


def files_of(path):
    if not os.path.isdir(path):
        return [path]
    return sorted(os.path.join(at, name) for at, _, names in os.walk(path, followlinks=True) for name in names if name == "test.xml")


def main():
    if len(sys.argv) < 3:
        print(__doc__.strip())
        return 2
    try:
        wanted, found = cases_of(sys.argv[1]), {}
        files = [file for path in sys.argv[2:] for file in files_of(path)]
        wrong = []
        for file in files:
            for case, told in cases_of(file).items():
                if found.setdefault(case, told) != told:
                    wrong.append("%s: %s has two results" % (file, " ".join(case)))
    except (OSError, xml.ParseError) as error:
        print("same_verdicts.py: %s" % error)
        return 2
    for case in sorted(set(wanted) | set(found)):
        if wanted.get(case) != found.get(case):
            wrong.append("%s: %s, and %s" % (" ".join(case), wanted.get(case, "not there"), found.get(case, "not there")))
    for line in wrong:
        print(line)
    print("%d cases in %s, %d in %d other files: %s" % (len(wanted), sys.argv[1], len(found), len(files), "%d differ" % len(wrong) if wrong else "the same"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
