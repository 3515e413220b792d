# Reads a CCA token with cbor2 and nothing of ours: prints what it says, and writes for each signature what was signed
# (as cbor2 writes it) and the signature itself, in DER, for another program to check.
import sys

import cbor2


def integer(number: bytes) -> bytes:
    body = number.lstrip(b"\0") or b"\0"
    body = b"\0" + body if body[0] & 0x80 else body
    return b"\x02" + bytes([len(body)]) + body


def der(signature: bytes) -> bytes:
    half = len(signature) // 2
    body = integer(signature[:half]) + integer(signature[half:])
    return b"\x30" + bytes([len(body)]) + body


def part(name: str, raw: bytes) -> dict:
    message = cbor2.loads(raw)
    assert message.tag == 18
    protected, unprotected, payload, signature = message.value
    assert cbor2.loads(protected) == {1: -35} and not unprotected
    open(f"{folder}/{name}.signed", "wb").write(cbor2.dumps(["Signature1", protected, b"", payload]))
    open(f"{folder}/{name}.der", "wb").write(der(signature))
    return cbor2.loads(payload)


folder = sys.argv[1]
token = cbor2.load(open(f"{folder}/token.cbor", "rb"))
assert token.tag == 399 and sorted(token.value) == [44234, 44241]
platform = part("platform", token.value[44234])
realm = part("realm", token.value[44241])
endorsement = part("endorsement", open(f"{folder}/endorsement.cbor", "rb").read())
print("profiles", platform[265], realm[265])
print("life cycle", hex(platform[2395]))
print("components", " ".join(c[1] for c in platform[2399]))
print("instance", platform[256].hex() == endorsement[256].hex())
print("challenge", realm[10].hex())
print("rim", realm[44236], realm[44238].hex())
print("rems", " ".join(r.hex()[:8] for r in realm[44239]))
key = cbor2.loads(realm[44237])
print("key", key[1], key[-1], len(key[-2]), len(key[-3]))
