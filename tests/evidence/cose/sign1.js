// Reads and writes COSE_Sign1 with cose-kit.
//   node sign1.js verify FOLDER          message.cbor by the COSE_Key in key.cbor: prints "valid" or not, and the payload
//   node sign1.js sign FOLDER ALGORITHM  payload.bin by the private JWK in key.json, into message.cbor
const fs = require('fs');
const path = require('path');
const { importJWK } = require('jose');
const { coseSign, coseVerify, importCOSEKey } = require('cose-kit');

const [what, folder, algorithm] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name));

async function verify() {
  const key = await importCOSEKey(read('key.cbor'));
  const found = await coseVerify(read('message.cbor'), key);
  console.log(found.isValid ? 'valid' : 'not valid');
}

async function sign() {
  const key = await importJWK(JSON.parse(read('key.json')), algorithm);
  fs.writeFileSync(path.join(folder, 'message.cbor'), await coseSign({ alg: algorithm }, { kid: '11' }, read('payload.bin'), key));
  console.log('signed');
}

(what === 'sign' ? sign() : verify()).catch((error) => console.log(`refused: ${error.message}`));
