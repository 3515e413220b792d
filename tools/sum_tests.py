#!/usr/bin/env python3
"""Adds up the test cases of one Bazel run and ends with the line `N passed, N failed`.

Reads Bazel's build event file rather than the folder of logs, so that results of earlier runs and of tests that are gone do
not count. A test that died before it wrote its results, and a target that does not build, count as one failure each.
Exit code 1: something failed, or nothing ran.
"""
import json
import sys
import urllib.parse
import xml.etree.ElementTree as xml


def path_of(uri):
    return urllib.parse.unquote(urllib.parse.urlparse(uri).path)


def cases_of(path):
    """Lists of the names of the cases that passed, failed and were skipped in one JUnit file."""
    passed, failed, skipped = [], [], []
    for case in xml.parse(path).getroot().iter("testcase"):
        name = case.get("name", "")
        suite = case.get("classname", "")
        name = suite + "." + name if suite and suite != name else name
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed") or case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed.append(name)
    return passed, failed, skipped


def read_events(path):
    """The last attempt of every shard of every test, and the labels of targets that did not build."""
    results, broken = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            key = event.get("id", {})
            if "testResult" in event:
                at = key["testResult"]
                shard = (at["label"], at.get("run", 1), at.get("shard", 1))
                results[shard] = max(results.get(shard, (0, {})), (at.get("attempt", 1), event["testResult"]), key=lambda r: r[0])
            elif "targetCompleted" in key and not event.get("completed", {}).get("success"):
                why = event.get("aborted", {}).get("reason", "does not build")
                if why != "SKIPPED":
                    broken[key["targetCompleted"]["label"]] = why
            elif "pattern" in key and "aborted" in event:
                broken[" ".join(key["pattern"]["pattern"])] = event["aborted"].get("description", "not found")
            elif "unconfiguredLabel" in key and "aborted" in event:
                broken[key["unconfiguredLabel"]["label"]] = event["aborted"].get("description", "cannot be loaded")
    return results, broken


def main():
    try:
        results, broken = read_events(sys.argv[1])
    except (OSError, ValueError) as error:
        print("no test results: %s" % error)
        print("0 passed, 1 failed")
        return 1
    passed = failed = skipped = 0
    for (label, _, shard), (_, result) in sorted(results.items(), key=lambda r: r[0]):
        files = {f["name"]: path_of(f["uri"]) for f in result.get("testActionOutput", []) if "uri" in f}
        try:
            good, bad, left = cases_of(files["test.xml"])
        except (KeyError, OSError, xml.ParseError):
            good, bad, left = [], [], []
            if result.get("status") == "PASSED":
                good = [label]
        if result.get("status") not in ("PASSED", "FLAKY") and not bad:
            bad = ["(%s)" % result.get("status", "NO_STATUS").lower().replace("_", " ")]
        passed, failed, skipped = passed + len(good), failed + len(bad), skipped + len(left)
        for name in bad:
            print("FAILED  %s %s" % (label, name))
        if bad:
            print("        log: %s" % files.get("test.log", "none"))
    ran = {label for label, _, _ in results}
    for label, why in sorted(broken.items()):
        if label not in ran:
            failed += 1
            print("FAILED  %s (%s)" % (label, why))
    if skipped:
        print("%d skipped" % skipped)
    if passed + failed == 0:
        print("no test ran")
    print("%d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
