#!/usr/bin/env python3
"""What `glacis evidence` writes is what other programs verify, and what was altered before it was signed says so."""
import hmac
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command import TOP, CommandTest  # noqa: E402

SIGNED = 0x2A0  # of an ATTESTATION_REPORT
MEASUREMENT = 0x90


class Evidence(CommandTest):
    def evidence(self, platform, *more, out="set"):
        code, printed, err = self.glacis("evidence", "--platform", platform, "--out", out, *more)
        self.assertEqual((code, err), (0, ""), printed)
        files = {os.path.relpath(path, out): data for path, data in self.bytes_of(out).items()}
        return files, json.loads(files["policy.json"])

    def shell(self, line, folder="set"):
        done = subprocess.run(line, shell=True, cwd=self.path(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()

    def try_what_the_readme_says(self, files):
        lines = files["README.txt"].decode().split("Try, in this folder\n")[1].splitlines()
        for line in lines:
            if line.startswith("    "):
                code, said = self.shell(line)
                self.assertEqual(code, 0, line + ": " + said)
        return len([line for line in lines if line.startswith("    ")])

    def policies(self, policy):
        """What `glacis verify` judges by; before SNP there is nothing to verify so."""
        return [] if policy["platform"] in ("sev", "sev-es") else ["policy.yaml"]

    def test_a_report_of_snp_verifies_under_its_root(self):
        files, policy = self.evidence("snp")
        self.assertEqual(self.try_what_the_readme_says(files), 3)
        self.assertEqual(policy["owner"], "accepted")
        self.assertTrue(policy["emulated"])
        report = files["report.bin"]
        self.assertEqual(report[:SIGNED], files["report.signed.bin"])
        expect = policy["expect"]["REPORT"]
        self.assertEqual(report[MEASUREMENT:MEASUREMENT + 48].hex(), expect["measurement"])
        self.assertEqual(report[0x50:0x90].hex(), policy["report_data"])
        self.assertEqual(sorted(files), sorted(list(policy["files"]) + ["README.txt", "policy.json"] + self.policies(policy)))
        with open(self.path("set/report.signed.bin"), "ab") as file:
            file.write(b"\0")
        self.assertNotEqual(self.shell("openssl dgst -sha384 -verify vcek.pub -signature report.signature.der report.signed.bin")[0], 0)

    def test_an_edit_is_signed_and_the_owner_refuses_it(self):
        lie = "ab" * 48
        files, policy = self.evidence("snp", "--edit", "measurement=" + lie, "--edit", "guest_svn=7")
        self.try_what_the_readme_says(files)
        self.assertEqual(files["report.bin"][MEASUREMENT:MEASUREMENT + 48].hex(), lie)
        self.assertEqual(files["report.bin"][4:8], b"\7\0\0\0")
        honest = policy["expect"]["REPORT"]["measurement"]
        self.assertEqual(policy["edits"], [{"message": "REPORT", "field": "measurement", "from": honest, "to": lie},
                                           {"message": "REPORT", "field": "guest_svn", "from": "0", "to": "7"}])
        self.assertIn("refused by rp.measurement: ", policy["owner"])
        self.assertIn(lie, files["README.txt"].decode())

    def test_a_nonce_of_ones_own_stands_in_the_evidence(self):
        for platform in ("snp", "tdx"):
            files, policy = self.evidence(platform, "--nonce", "00112233", out=platform)
            self.assertEqual(policy["report_data"], "00112233" + 60 * "00")
            self.assertEqual(policy["owner"], "accepted")
            name = "report.bin" if platform == "snp" else "quote.bin"
            self.assertIn(bytes.fromhex(policy["report_data"]), files[name])

    def test_a_quote_verifies_under_its_root(self):
        files, policy = self.evidence("tdx")
        self.assertEqual(self.try_what_the_readme_says(files), 2)
        self.assertEqual(policy["owner"], "accepted")
        if "GLACIS_NPM" not in os.environ:
            self.skipTest("the npm packages of tests/evidence/tdx are not installed")
        self.assertIn("status UpToDate\n", self.reader(policy))
        _, policy = self.evidence("tdx", "--edit", "td_attributes=0x10000001", out="debug")
        self.assertIn("refused by owner.tdx.attributes.debug", policy["owner"])
        self.shell("openssl x509 -in root.pem -outform DER -out root.der", "debug")
        self.assertEqual(self.reader(policy, "debug"), "refused: Debug mode is enabled\n")

    def reader(self, policy, folder="set"):
        return self.shell("NODE_PATH=%s/node_modules node %s . %d" % (
            os.environ["GLACIS_NPM"], os.path.join(TOP, "tests/evidence/tdx/verify_quote.js"), policy["verify_at_seconds"]), folder)[1]

    def test_a_token_of_cca_verifies_under_its_platforms_key(self):
        _, policy = self.evidence("cca", "--nonce", "aabb")
        self.evidence("cca", "--edit", "PLATFORM_TOKEN.10=" + "00" * 32, out="other-key")
        if "GLACIS_NPM_COSE" not in os.environ:
            self.skipTest("the npm packages of tests/evidence/cose are not installed")
        rim = policy["expect"]["REALM_TOKEN"]["44238"]
        self.assertEqual(self.token_reader("set"), "valid\nchallenge aabb%s\nrim %s\n" % ("00" * 62, rim))
        self.assertEqual(self.token_reader("other-key"), "the platform token is for another key\n")
        os.replace(self.path("set/vendor-key.pem"), self.path("set/platform-key.pem"))
        self.assertEqual(self.token_reader("set"), "the platform token is not valid\n")

    def token_reader(self, folder):
        return self.shell("NODE_PATH=%s/node_modules node %s ." % (
            os.environ["GLACIS_NPM_COSE"], os.path.join(TOP, "tests/evidence/cose/verify_token.js")), folder)[1]

    def test_a_legacy_launch_shows_its_measurement(self):
        for platform in ("sev", "sev-es"):
            files, policy = self.evidence(platform, out=platform)
            self.assertEqual(policy["owner"], "accepted")
            line = files["README.txt"].decode().split("Try, in this folder\n")[1].splitlines()[0]
            code, said = self.shell(line, platform)
            self.assertEqual((code, said.split()[-1]), (0, files["launch-measure.bin"][:32].hex()))
            self.assertIn(files["launch-digest.bin"], files["launch-measured.bin"])
            self.refuses("evidence", "--platform", platform, "--out", "no", "--edit", "guest_svn=1", saying="has no field")
            edited, policy = self.evidence(platform, "--edit", "digest=" + "5a" * 32, out=platform + "-edited")
            self.assertTrue(policy["owner"].startswith("refused by rp.sev."), policy["owner"])
            said = edited["launch-measured.bin"].replace(edited["launch-digest.bin"], b"\x5a" * 32)
            self.assertEqual(edited["launch-measure.bin"][:32], hmac.digest(edited["launch-tik.bin"], said, "sha256"))

    def test_whoever_attests_shows_evidence_that_its_owner_accepts(self):
        code, out, _ = self.glacis("list", "platforms")
        self.assertEqual(code, 0)
        for platform in (line.split()[0] for line in out.splitlines()):
            if platform == "none":
                continue
            files, policy = self.evidence(platform, out=platform)
            self.assertEqual(policy["owner"], "accepted", platform)
            self.assertEqual(sorted(files), sorted(list(policy["files"]) + ["README.txt", "policy.json"] + self.policies(policy)))
            for line in files["README.txt"].decode().split("Try, in this folder\n")[1].splitlines():
                if line.startswith("    "):
                    code, said = self.shell(line, platform)
                    self.assertEqual(code, 0, line + ": " + said)

    def test_the_same_command_writes_the_same_bytes(self):
        one, other = self.evidence("tdx", out="one")[0], self.evidence("tdx", out="other")[0]
        self.assertEqual(one, other)
        self.assertNotEqual(one["quote.bin"], self.evidence("tdx", "--seed", "2", out="third")[0]["quote.bin"])

    def test_wrong_words_are_told(self):
        for words, saying in (
                (["--platform", "none"], "has no evidence to show"),
                (["--platform", "snpp"], "did you mean `snp`?"),
                (["--platform", "snp", "--edit", "measurment=00"], "did you mean `measurement`?"),
                (["--platform", "snp", "--edit", "measurement=00"], "48 of them"),
                (["--platform", "snp", "--edit", "guest_svn=4294967296"], "of 32 bits"),
                (["--platform", "snp", "--edit", "guest_svn"], "FIELD=VALUE"),
                (["--platform", "tdx", "--edit", "report_data=" + "00" * 64],
                 "may be `QE_REPORT.report_data` or `QUOTE_CONTENT.body.report_data`"),
                (["--platform", "snp", "--nonce", "0"], "1 to 64 bytes"),
                (["--platform", "snp", "--nonce", "00" * 65], "1 to 64 bytes"),
                (["--platform", "snp", "--machine", "machines/nothing.yaml"], "no such file")):
            self.refuses("evidence", "--out", "out", *words, saying=saying)
        self.path("here.txt", "mine")
        self.refuses("evidence", "--platform", "snp", "--out", ".", saying="not empty")


if __name__ == "__main__":
    unittest.main()
