#!/usr/bin/env python3
"""`glacis verify`: a platform's own evidence is accepted, what was altered is refused by its row, garbage never crashes."""
import json
import os
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/command"))
from command import CommandTest  # noqa: E402

MAIN = {"snp": "report.bin", "tdx": "quote.bin", "cca": "token.cbor", "pkvm": "evidence.cbor", "cove": "evidence.cbor"}

# Fields of what is signed, and the row that refuses another value.
EDITS = {
    "snp": [("policy", "0xb0000", "rp.policy.debug"), ("vmpl", "3", "rp.vmpl"), ("measurement", "11" * 48, "rp.measurement"),
            ("host_data", "22" * 32, "rp.host-data"), ("report_data", "33" * 64, "rp.report-data"), ("reported_tcb", "0", None)],
    "tdx": [("body.td_attributes", "1", "owner.tdx.attributes.debug"), ("body.mr_td", "11" * 48, "owner.tdx.mrtd"),
            ("body.rtmr[1]", "22" * 48, "owner.tdx.rtmr.values"), ("body.report_data", "33" * 64, "owner.tdx.report-data"),
            ("body.mr_config_id", "44" * 48, "owner.tdx.mrconfigid"), ("body.xfam", "1", "owner.tdx.xfam")],
    "cca": [("2395", "0", "owner.cca.platform.lifecycle"), ("44238", "11" * 32, "owner.cca.rim"), ("44239/0", "22" * 32, "owner.cca.rem.values"),
            ("2399/6/2", "33" * 32, "owner.cca.platform.firmware"), ("44235", "44" * 64, "owner.cca.personalization")],
    "pkvm": [("VM.-4670551", "02", "owner.pkvm.mode"), ("VM.-4670545", "11" * 64, "owner.pkvm.code")],
    "cove": [("-75003", "3", "owner.cove.platform.state"), ("-75009/4/2", "11" * 48, "owner.cove.initial.tvm"),
             ("-75010/0/2", "22" * 48, "owner.cove.runtime.values"), ("TVM_TOKEN.10", "33" * 64, "owner.cove.challenge")],
}


class Verify(CommandTest):
    def evidence(self, platform, out, *more):
        code, said, err = self.glacis("evidence", "--platform", platform, "--out", out, *more)
        self.assertEqual((code, err), (0, ""), said)

    def verify(self, what, policy):
        code, out, err = self.glacis("verify", what, "--policy", policy)
        self.assertEqual(err, "" if code != 2 else err, out)
        return code, out

    def test_own_evidence_is_accepted(self):
        for platform, name in MAIN.items():
            with self.subTest(platform):
                self.evidence(platform, platform)
                for what in (platform, platform + "/" + name):
                    code, out = self.verify(what, platform + "/policy.yaml")
                    self.assertEqual((code, out.splitlines()[-1]), (0, "accepted"), out)

    def test_an_edit_is_refused_by_its_row(self):
        for platform, edits in EDITS.items():
            self.evidence(platform, platform)
            for number, (field, value, row) in enumerate(edits):
                with self.subTest(platform, field=field):
                    folder = "%s-%d" % (platform, number)
                    self.evidence(platform, folder, "--edit", "%s=%s" % (field, value))
                    for policy in (platform, folder):  # the policy beside it is the honest owner's too
                        code, out = self.verify(folder, policy + "/policy.yaml")
                        self.assertEqual(code, 1, out)
                        if row:
                            self.assertIn("refused by %s:" % row, out)
                    with open(self.path(folder + "/policy.json"), encoding="utf-8") as read:
                        owner = json.load(read)["owner"]
                    if row and owner != "accepted":  # the emulated owner is asked less by some
                        self.assertTrue(owner.startswith("refused by %s:" % row), owner)

    def test_another_root_is_none(self):
        for platform, root in (("snp", "ark.pem"), ("tdx", "root.pem"), ("cove", "root.pem"), ("cca", "vendor-key.pem"), ("pkvm", "root-key.pem")):
            if not os.path.exists(self.path(platform)):
                self.evidence(platform, platform)
            other = {"snp": ("tdx", "root.pem"), "tdx": ("cove", "root.pem"), "cove": ("tdx", "root.pem"), "cca": ("pkvm", "root-key.pem"),
                     "pkvm": ("cca", "vendor-key.pem")}[platform]
            if not os.path.exists(self.path(other[0])):
                self.evidence(other[0], other[0])
            shutil.copytree(self.path(platform), self.path(platform + "-other"))
            shutil.copy(self.path(other[0] + "/" + other[1]), self.path(platform + "-other/" + root))
            code, out = self.verify(platform, platform + "-other/policy.yaml")
            self.assertEqual(code, 1, out)
            self.assertRegex(out, r"refused by \S*(root|endors)")
            shutil.rmtree(self.path(platform + "-other"))

    def test_the_collateral_as_libraries_have_it(self):
        self.evidence("tdx", "tdx")
        os.remove(self.path("tdx/collateral.bin"))
        self.assertEqual(self.verify("tdx", "tdx/policy.yaml")[0], 0)
        os.remove(self.path("tdx/collateral.json"))
        code, out = self.verify("tdx", "tdx/policy.yaml")
        self.assertEqual(code, 1, out)

    def test_truncations_and_garbage_are_refused(self):
        for platform, name in MAIN.items():
            self.evidence(platform, platform)
            parts = sorted(part for part in os.listdir(self.path(platform)) if part.endswith((".bin", ".cbor", ".json")) and part != "policy.json")
            for part in parts:
                whole = self.bytes_of(platform)[platform + "/" + part]
                cases = [whole[:size] for size in (0, 1, len(whole) // 2, len(whole) - 1)] + [bytes(len(whole)), b"\xff" * len(whole)]
                if part != "quote.bin":  # which hosts hand over with what lies behind it
                    cases.append(whole + b"\0")
                for case in cases:
                    with self.subTest(platform, part=part, size=len(case)):
                        self.path(platform + "/" + part, case)
                        code, out, err = self.glacis("verify", platform, "--policy", platform + "/policy.yaml")
                        self.assertIn(code, (0, 1, 2), err)
                        if part == name:
                            self.assertIn(code, (1, 2), out)
                self.path(platform + "/" + part, whole)
            self.assertEqual(self.verify(platform, platform + "/policy.yaml")[0], 0)

    def test_what_is_wrong_is_named(self):
        self.evidence("snp", "snp")
        policy = self.bytes_of("snp")["snp/policy.yaml"].decode()
        self.path("snp/bad.yaml", policy.replace("vmpl: 0", "vmpl: zero"))
        self.refuses("verify", "snp", "--policy", "snp/bad.yaml", saying="snp/bad.yaml:")
        self.path("snp/bad.yaml", policy.replace("revocation: ignored", "revocation: perhaps"))
        self.refuses("verify", "snp", "--policy", "snp/bad.yaml", saying="value of `revocation`")
        self.path("snp/bad.yaml", policy.replace("ark.pem", "none.pem"))
        self.refuses("verify", "snp", "--policy", "snp/bad.yaml", saying="none.pem")
        self.refuses("verify", "none", "--policy", "snp/policy.yaml", saying="there is no evidence")
        self.refuses("verify", "snp", "--policy", "none.yaml", saying="none.yaml")

    def test_the_schema_has_each_technology(self):
        code, out, _ = self.glacis("schema", "policy")
        self.assertEqual(code, 0)
        self.assertLessEqual(set(MAIN), set(json.loads(out)["properties"]))


if __name__ == "__main__":
    unittest.main()
