# Reads a CoVE certificate with cbor2 alone, and writes what openssl needs to check its four signatures: DIR/NAME.tbs and DIR/NAME.sig
# for platform, tsm, tvm and certificate, and the keys that the tokens carry as DIR/NAME.x and DIR/NAME.y. Prints what it read.
import sys

import cbor2

path, out = sys.argv[1], sys.argv[2]


def part(name, message):
    assert message.tag == 18, "COSE_Sign1"
    protected, unprotected, payload, signature = message.value
    assert cbor2.loads(protected) == {1: -35} and unprotected == {}, "ES384"
    with open(f"{out}/{name}.tbs", "wb") as f:
        f.write(cbor2.dumps(["Signature1", protected, b"", payload]))
    with open(f"{out}/{name}.sig", "wb") as f:
        f.write(signature)
    cwt = cbor2.loads(payload)
    assert cwt.tag == 61, "CWT"
    return cwt.value


def key(name, raw):
    point = cbor2.loads(raw)
    assert point[1] == 2 and point[-1] == 2, "EC2 on P-384"
    for coordinate, label in (("x", -2), ("y", -3)):
        with open(f"{out}/{name}.{coordinate}", "wb") as f:
            f.write(point[label])


with open(path, "rb") as f:
    raw = f.read()
message = cbor2.loads(raw)
assert cbor2.dumps(message, canonical=True) == raw, "deterministic encoding"
certificate = part("certificate", message)
tokens = certificate[-75011][266]
assert sorted(tokens) == ["platform", "tsm", "tvm"]
platform, tsm, tvm = (part(name, tokens[name]) for name in ("platform", "tsm", "tvm"))
key("platform_key", platform[-75001])
key("tsm_key", tsm[-75005])
assert len(platform[-75002]) == 64 and len(tvm[10]) == 64 and len(tsm[-75006]) == 2
print(platform[265])
print("state", platform[-75003])
print("tsm", tsm[-75006][1][1], tsm[-75006][1][3])
print("challenge", tvm[10].hex())
print("identity", tvm[-75007].hex())
for one in tvm[-75009] + tvm[-75010]:
    print("register", one[1], one[2].hex(), one[3])
