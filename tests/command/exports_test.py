#!/usr/bin/env python3
"""run --mermaid, --perfetto, --csv, --sarif, --pcapng and matrix --sarif: whole files, the same from the same seed, and refusals that
leave none behind."""
import csv
import io
import json
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import CommandTest, TOP  # noqa: E402

ONE = ["--mermaid", "--perfetto", "--csv", "--pcapng"]
RUN = ["run", "lock-bitflip", "--platform", "snp", "--quiet"]


class Exports(CommandTest):
    def export(self, *more):
        args = [word for option in ONE + ["--sarif", "--junit"] for word in (option, "out/run." + option[2:])]
        os.makedirs(self.path("out"), exist_ok=True)
        code, _, err = self.glacis(*RUN, *args, *more)
        self.assertEqual((code, err), (0, ""))
        return {name.split(".")[-1]: data for name, data in self.bytes_of("out").items()}

    def test_the_same_seed_gives_the_same_bytes_and_the_run_is_the_same(self):
        plain = self.glacis(*RUN, "--trace", "plain.trace")
        first, again = self.export("--trace", "filmed.trace"), self.export("--jobs", "1")
        self.assertTrue(first == again)
        self.assertEqual(plain, self.glacis(*RUN, "--csv", "one.csv"))
        with open(self.path("plain.trace"), "rb") as one, open(self.path("filmed.trace"), "rb") as other:
            self.assertTrue(one.read() == other.read())
        self.assertNotEqual(self.export("--seed", "2")["csv"], first["csv"])

    def test_each_tells_of_the_message_that_was_altered(self):
        files = self.export()
        self.assertIn(": SECURED_SPDM (altered)\n", files["mermaid"].decode())
        rows = list(csv.DictReader(io.StringIO(files["csv"].decode(), newline="")))
        touched = [row for row in rows if row["what"] == "altered"]
        self.assertEqual([row["boundary"] for row in touched], ["doe rp0 -> gpu0"])
        self.assertEqual(sum(a != b for a, b in zip(bytes.fromhex(touched[0]["sent"]), bytes.fromhex(touched[0]["arrived"]))), 1)
        self.assertEqual([int(row["event"]) for row in rows], list(range(len(rows))))
        trace = json.loads(files["perfetto"])
        shown = [event for event in trace["traceEvents"] if event.get("args", {}).get("fate") == "altered"]
        self.assertEqual({event["name"] for event in shown}, {"SECURED_SPDM"})
        times = [event["ts"] for event in trace["traceEvents"] if "ts" in event]
        self.assertEqual(times, sorted(times))
        flows = {phase: sorted(event["id"] for event in trace["traceEvents"] if event["ph"] == phase) for phase in "sf"}
        self.assertEqual(flows["s"], flows["f"])
        lanes = {(event["pid"], event["tid"]) for event in trace["traceEvents"] if event["name"] == "thread_name"}
        self.assertEqual({(event["pid"], event["tid"]) for event in trace["traceEvents"] if event["ph"] != "M"} - lanes, set())
        self.assertEqual(json.loads(files["sarif"])["runs"][0]["results"], [])
        self.assertEqual(len(ElementTree.fromstring(files["junit"]).findall(".//testcase")), 5)

    def wrong_file(self):
        with open(os.path.join(TOP, "scenarios/catalogue/memory/severed-remap.yaml"), encoding="utf-8") as file:
            text = file.read()
        lines = [line for line in text.replace("outcome: broken, promise: integrity", "outcome: held").splitlines() if not line.startswith("catalogue:")]
        os.makedirs(self.path("my files"))
        self.path("my files/mine.yaml", "\n".join(lines) + "\n")
        return "my files/mine.yaml", lines

    def check_sarif(self, name, lines):
        with open(self.path(name), encoding="utf-8") as file:
            log = json.load(file)
        self.assertEqual(log["version"], "2.1.0")
        run = log["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        self.assertEqual(len(rules), len(set(rules)))
        for rule in run["tool"]["driver"]["rules"]:
            self.assertTrue(rule["shortDescription"]["text"] and rule["help"]["text"])
        prints = set()
        for result in run["results"]:
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], "my%20files/mine.yaml")
            row = lines[place["region"]["startLine"] - 1]
            self.assertTrue(row[place["region"]["startColumn"] - 1:].startswith(("platforms:", "{ platforms:", "- {")), row)
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
        self.assertEqual(len(prints), len(run["results"]))
        return run["results"]

    def test_sarif_stands_at_the_row_that_says_otherwise(self):
        name, lines = self.wrong_file()
        code, _, _ = self.glacis("run", name, "--platform", "none", "--platform", "snp", "--sarif", "out.sarif", "--quiet")
        self.assertEqual(code, 1)
        results = self.check_sarif("out.sarif", lines)
        self.assertIn("mine on none, expect: expected held; it was broken: integrity", results[0]["message"]["text"])
        self.assertEqual({result["level"] for result in results}, {"error"})
        code, _, _ = self.glacis("matrix", name, "--sarif", "all.sarif", "--junit", "all.xml")
        self.assertEqual(code, 1)
        self.assertGreater(len(self.check_sarif("all.sarif", lines)), len(results))
        suite = ElementTree.parse(self.path("all.xml")).find("testsuite")
        self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
        self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
        self.assertTrue(all(case.find("failure").text for case in suite.findall("testcase") if case.find("failure") is not None))

    def test_what_is_of_one_run_is_refused_for_several(self):
        for option in ONE:
            self.refuses("run", "lock-bitflip", option, "out", saying=option + " is of one run; name one file and one --platform")
            self.refuses("run", "lock-bitflip", "--platform", "pkvm", option, "out", saying=option + ": there is no such run; the file says `n/a`")

    def test_nothing_is_left_where_one_cannot_be_written(self):
        before = set(self.bytes_of("."))
        code, _, err = self.glacis(*RUN, "--csv", "good.csv", "--perfetto", "missing/out")
        self.assertEqual((code, err.count("\n")), (2, 1), err)
        self.assertEqual(set(self.bytes_of(".")), before)

    def test_a_file_that_says_what_a_spreadsheet_would_run(self):
        _, lines = self.wrong_file()
        lines = ["scenario: '=1+1; #quot; <img src=x> %%{init: {}}%%'" if line.startswith("scenario:") else line for line in lines]
        self.path("my files/mine.yaml", "\n".join(lines) + "\n")
        code, _, err = self.glacis("run", "my files/mine.yaml", "--platform", "snp", "--mermaid", "m", "--csv", "c", "--quiet")
        self.assertIn((code, err), ((0, ""), (1, "")))
        with open(self.path("m"), encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn("<img", text)
        self.assertNotIn("%%", text)
        with open(self.path("c"), encoding="utf-8", newline="") as file:
            self.assertTrue(all(not cell.startswith(("=", "+", "-", "@")) for row in csv.reader(file) for cell in row))


if __name__ == "__main__":
    unittest.main()
