// Verifies a CCA attestation token with cose-kit: the platform's token by the key given, the realm's by the key that it names, and that
// the platform's challenge is that key's hash.
//   node verify_token.js FOLDER    FOLDER holds token.cbor and platform-key.pem
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { Decoder } = require('cbor-x');
const { importSPKI } = require('jose');
const { coseVerify, importCOSEKey } = require('cose-kit');

const read = (name) => fs.readFileSync(path.join(process.argv[2], name));
const decoder = new Decoder({ mapsAsObjects: false });
const payload = (sign1) => decoder.decode(decoder.decode(sign1).payload);  // cose-kit has taught cbor-x the tag

async function verify() {
  const token = decoder.decode(read('token.cbor')).value;
  const [platform, realm] = [token.get(44234), token.get(44241)].map((bytes) => Buffer.from(bytes));
  const platformKey = await importSPKI(read('platform-key.pem').toString(), 'ES384');
  if (!(await coseVerify(platform, platformKey)).isValid) return 'the platform token is not valid';
  const claims = payload(realm);
  const realmKey = Buffer.from(claims.get(44237));
  if (!(await coseVerify(realm, await importCOSEKey(realmKey))).isValid) return 'the realm token is not valid';
  const hash = crypto.createHash(claims.get(44240).replace('-', '')).update(realmKey).digest();
  if (!hash.equals(Buffer.from(payload(platform).get(10)))) return 'the platform token is for another key';
  return `valid\nchallenge ${Buffer.from(claims.get(10)).toString('hex')}\nrim ${Buffer.from(claims.get(44238)).toString('hex')}`;
}

verify().catch((error) => `refused: ${error.message}`).then((line) => console.log(line));
