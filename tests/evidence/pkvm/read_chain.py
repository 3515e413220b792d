"""Reads a DICE chain and evidence signed by its last key with cbor2 and the openssl command; prints what each certificate says.

read_chain.py CHAIN EVIDENCE FOLDER: exits 0 when every signature verifies. Nothing of Glacis is used.
"""

import subprocess
import sys

import cbor2

CHAIN, EVIDENCE, FOLDER = sys.argv[1:4]
P384_INFO = bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004")  # SubjectPublicKeyInfo up to the point


def der_integer(number):
    body = number.lstrip(b"\0") or b"\0"
    body = b"\0" + body if body[0] & 0x80 else body
    return bytes([2, len(body)]) + body


def verifies(key, message):
    """ES384 over the Sig_structure of a COSE_Sign1, by openssl."""
    protected, unprotected, payload, signature = message
    assert cbor2.loads(protected) == {1: -35} and unprotected == {} and len(signature) == 96
    assert key[1] == 2 and key[3] == -35 and key[4] == [2] and key[-1] == 2
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    integers = der_integer(signature[:48]) + der_integer(signature[48:])
    files = {"key.der": P384_INFO + key[-2] + key[-3], "message": to_sign, "signature": bytes([0x30, len(integers)]) + integers}
    for name, content in files.items():
        with open(f"{FOLDER}/{name}", "wb") as out:
            out.write(content)
    command = ["openssl", "dgst", "-sha384", "-keyform", "DER", "-verify", f"{FOLDER}/key.der", "-signature", f"{FOLDER}/signature", f"{FOLDER}/message"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main():
    with open(CHAIN, "rb") as file:
        key, *entries = cbor2.load(file)
        assert not file.read()
    for entry in entries:
        if not verifies(key, entry):
            sys.exit("a certificate is not signed by the key before it")
        claims = cbor2.loads(entry[2])
        config = cbor2.loads(claims[-4670548])
        print(config[-70002], config[-70005], claims[-4670551].hex(), claims[-4670545].hex()[:16], claims[1], claims[2])
        key = cbor2.loads(claims[-4670552])
    with open(EVIDENCE, "rb") as file:
        evidence = cbor2.load(file)
    assert evidence.tag == 18
    if not verifies(key, evidence.value):
        sys.exit("the evidence is not signed by the last key")
    print("challenge", cbor2.loads(evidence.value[2])[10].hex())


main()
