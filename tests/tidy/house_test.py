#!/usr/bin/env python3
"""Holds the repository to its own rules. The real working tree is read, not the copies of declared inputs."""
import os
import sys
import xml.sax.saxutils as sax

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import rules  # noqa: E402


def main():
    top = os.path.dirname(os.path.dirname(HERE))
    cases, failed = [], 0
    if not rules.files(top, (".cc",)):
        sys.exit("no sources below %s" % top)
    for rule in rules.RULES:
        wrong = list(rule(top))
        failed += bool(wrong)
        for line in wrong:
            print(line)
        text = "<failure message=%s/>" % sax.quoteattr("\n".join(wrong)) if wrong else ""
        cases.append('<testcase classname="House" name="%s">%s</testcase>' % (rule.__name__, text))
    if "XML_OUTPUT_FILE" in os.environ:
        with open(os.environ["XML_OUTPUT_FILE"], "w", encoding="utf-8") as out:
            out.write('<testsuites><testsuite name="House" tests="%d" failures="%d">%s</testsuite></testsuites>\n' %
                      (len(cases), failed, "".join(cases)))
    sys.exit(1 if failed else 0)


main()
