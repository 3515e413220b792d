#!/usr/bin/env python3
"""Each house rule names what breaks it, and leaves alone what does not."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import rules  # noqa: E402

LEFT = "TO" + "DO"


class Rules(unittest.TestCase):
    def wrong(self, rule, tree):
        with tempfile.TemporaryDirectory() as top:
            for path, text in tree.items():
                os.makedirs(os.path.join(top, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(top, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return list(rule(top))

    def include(self, user, used):
        return self.wrong(rules.includes, {user: '#include <vector>\n#include "%s"\n' % used, used: ""})

    def test_includes_point_down(self):
        for user, used in (("platform/a/x.h", "devices/y.h"), ("platform/a/x.h", "tsm/y.h"), ("tsm/x.h", "guest/y.h"),
                           ("guest/x.cc", "scenarios/y.h"), ("devices/x.cc", "tsm/y.h"), ("tsm/x.cc", "devices/y.h"),
                           ("tsm/x_test.cc", "devices/y.h"), ("guest/x.h", "devices/y.h"), ("guest/x.h", "tsm/sev/y.h"),
                           ("guest/x_test.cc", "tsm/sev/y.h"), ("guest/x.h", "platform/sim/y.h")):
            with self.subTest(user=user, used=used):
                found = self.include(user, used)
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(user + ":2: points"), found)
        for user, used in (("scenarios/x.h", "guest/y.h"), ("scenarios/x.h", "tsm/sev/y.h"), ("guest/x.h", "tsm/abi/y.h"),
                           ("guest/x.h", "platform/wire/y.h"), ("guest/a/x.h", "guest/b/y.h"), ("devices/x.h", "platform/pcie/y.h"),
                           ("guest/x_test.cc", "platform/sim/y.h"), ("tests/x.cc", "scenarios/y.h")):
            with self.subTest(user=user, used=used):
                self.assertEqual(self.include(user, used), [])

    def test_includes_name_files_from_the_top(self):
        self.assertEqual(self.wrong(rules.includes, {"platform/a/x.cc": '#include "x.h"\n', "platform/a/x.h": ""}),
                         ["platform/a/x.cc:1: includes x.h, which is no file below the top"])

    def test_labels_point_down(self):
        for user, label in (("tsm/BUILD", "//devices/nvme:nvme"), ("platform/a/BUILD", "//tsm/abi"), ("guest/BUILD", "//tsm/sev")):
            self.assertEqual(len(self.wrong(rules.dependencies, {user: 'x(deps = ["%s"])' % label})), 1, label)
        self.assertEqual(self.wrong(rules.dependencies, {"guest/BUILD": 'x(deps = ["//tsm/abi", "//platform/sim:sim"])  # "//scenarios"'}), [])

    def test_files_stay_short(self):
        self.assertEqual(self.wrong(rules.lengths, {"a.cc": "\n" * 500}), [])
        self.assertEqual(len(self.wrong(rules.lengths, {"a.cc": "\n" * 501})), 1)

    def test_what_is_left_names_its_area(self):
        self.assertEqual(self.wrong(rules.marks, {"a.cc": "// %s(sim): leap seconds, for TLS\n" % LEFT}), [])
        for text in (LEFT, LEFT + ": later", LEFT + "(sim)", "FIX" + "ME(sim): no"):
            self.assertEqual(len(self.wrong(rules.marks, {"a.cc": "// %s\n" % text})), 1, text)

    def built(self, build, *paths):
        return self.wrong(rules.built, dict({p: "" for p in paths}, **({"tsm/BUILD": build} if build is not None else {})))

    def test_sources_are_built(self):
        self.assertEqual(len(self.built(None, "tsm/x.cc")), 1)
        self.assertEqual(len(self.built('cc_test(name = "x", srcs = ["y.cc"])', "tsm/x.cc")), 1)
        self.assertEqual(len(self.built('cc_library(name = "x", srcs = glob(["a/*.cc"]))', "tsm/a/b/x.cc")), 1)
        self.assertEqual(len(self.built('cc_library(name = "x", srcs = glob(["*.cc"], exclude = ["x.h"]))', "tsm/x.h")), 1)
        self.assertEqual(self.built('cc_test(name = "x", srcs = ["sub/x.cc"])', "tsm/sub/x.cc"), [])
        self.assertEqual(self.built('cc_library(name = "x", srcs = glob(["**/*.cc"]))', "tsm/a/b/x.cc", "tsm/x.cc"), [])
        self.assertEqual(self.built('[cc_test(name = n, srcs = [n + ".cc"]) for n in ["x_test"]]', "tsm/x_test.cc"), [])

    def test_layouts_are_listed(self):
        message = "struct Lock {\n  Tag tag;\n  using Wire = wire::Layout<>;\n};\n"
        other = "struct Tag {\n  using Wire = wire::Layout<>;\n};\n"
        self.assertEqual(len(self.wrong(rules.layouts, {"tsm/a.h": message})), 1)
        self.assertEqual(len(self.wrong(rules.layouts, {"tsm/a.h": other})), 1)
        listed = {"tests/layouts/layouts.cc": 'schema_of<tsm::Lock>("x")'}
        self.assertEqual(self.wrong(rules.layouts, dict(listed, **{"tsm/a.h": message + other})), [])

    def test_rows_are_open_to_their_users_only(self):
        row = {"tsm/BUILD": 'package_group(name = "users")'}
        self.assertEqual(len(self.wrong(rules.visibilities, dict(row, **{"tsm/sev/BUILD": 'x(visibility = ["//visibility:public"])'}))), 1)
        self.assertEqual(self.wrong(rules.visibilities, dict(row, **{"tsm/sev/BUILD": 'x(visibility = ["//tsm:users"])'})), [])

    def test_titles_are_whole(self):
        self.assertEqual(len(self.wrong(rules.titles, {"a.yaml": "scenario: The host injects a #VC\n"})), 1)
        self.assertEqual(self.wrong(rules.titles, {"a.yaml": 'scenario: "The host injects a #VC"\nplatforms: [ snp ] # one\n'}), [])


if __name__ == "__main__":
    unittest.main()
