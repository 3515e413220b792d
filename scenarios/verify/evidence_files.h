#pragma once
// Evidence as files, named as `glacis evidence` names them; a real one fits where it has the same form.
//
//   snp   report.bin; vcek or vlek, ask or asvk, ark (.pem, .der), crl.der; or all of them as the host's table, certificates.bin
//   tdx   quote.bin; collateral.bin, or collateral.json as DCAP libraries have it; ccel.bin
//   cca   token.cbor; endorsement.cbor; ccel.bin
//   pkvm  evidence.cbor; dice-chain.cbor
//   cove  evidence.cbor; rot.pem or rot.der; event-log.cbor
//
// What stands beside the first file is the host's to carry: a part that is absent or makes no sense is not there, and the appraisal says
// which row asks for it.
#include <string>

#include "guest/relying_party/messages.h"

namespace verify {

// The folder's files, or one of them and what stands beside it. Throws base::UserError where the technology's own file is not there.
relying_party::Evidence read_evidence(const std::string& path, const std::string& technology);

}  // namespace verify
