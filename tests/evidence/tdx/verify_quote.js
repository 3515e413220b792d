// Verifies a TD quote with @phala/dcap-qvl under a root of the caller's choice, and prints what it found.
//   node verify_quote.js FOLDER SECONDS    FOLDER holds quote.bin, root.der and collateral.json; SECONDS since 1970
const fs = require('fs');
const path = require('path');
const { QuoteVerifier } = require('@phala/dcap-qvl');

const [folder, now] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name));
const hex = (bytes) => Buffer.from(bytes).toString('hex');

try {
  const verifier = QuoteVerifier.newWithRootCa(read('root.der'));
  const verified = verifier.verify(read('quote.bin'), JSON.parse(read('collateral.json')), Number(now));
  const td = verified.report.asTd10();
  const td15 = verified.report.asTd15();
  const lines = {
    status: verified.status,
    advisories: verified.advisory_ids.join(','),
    type: verified.report.type,
    mr_td: hex(td.mrTd),
    rtmr0: hex(td.rtMr0),
    rtmr3: hex(td.rtMr3),
    td_attributes: hex(td.tdAttributes),
    report_data: hex(td.reportData),
    tee_tcb_svn2: td15 ? hex(td15.teeTcbSvn2) : '',
  };
  for (const [name, value] of Object.entries(lines)) console.log(`${name} ${value}`);
} catch (error) {
  console.log(`refused: ${error.message}`);
}
