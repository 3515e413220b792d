#pragma once
// What the guest's owner is willing to believe. Plain data: a scenario fills it in, the verifiers only read it. An
// unset optional or an empty set means that the owner does not ask, except for measurements, where nothing is
// accepted unasked.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "guest/relying_party/appraiser.h"
#include "platform/base/bytes.h"
#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/sev/tcb.h"

namespace relying_party {

// One product family that the owner accepts, and what is asked of it.
struct AcceptedProduct {
  crypto::Certificate root;  // the vendor's ARK, obtained out of band: its key is the only anchor
  sev::Tcb minimum_tcb;      // a floor for each component
};

struct Policy {
  std::map<sev::Product, AcceptedProduct> products;
  std::set<base::Block<48>> measurements;

  // Endorsement.
  bool accept_vcek = true;
  std::optional<std::string> provider;  // a VLEK is accepted when its CSP_ID is this one
  bool require_revocation_list = true;  // one that is current must be at hand
  // The owner's own copy counts beside the host's, which may be an old one that is still current.
  std::optional<crypto::RevocationList> revocation_list;
  std::optional<std::set<base::Block<64>>> chips;  // CHIP_ID

  // The guest as it was launched.
  std::uint32_t minimum_report_version = 2;
  bool allow_debug = false;
  bool allow_migration_agent = false;
  std::uint32_t vmpl = 0;
  std::set<base::Block<48>> id_keys;      // digests
  std::set<base::Block<48>> author_keys;  // digests
  std::optional<base::Block<32>> host_data;

  // The platform.
  bool require_alias_check = true;
  bool require_ciphertext_hiding = false;  // not every product has it
  bool require_committed_tcb = true;       // firmware below the floor can no longer be brought back
  bool require_launch_tcb = false;         // nor was the guest launched by such

  // How long a challenge may stay unanswered. That its nonce must match is no choice.
  Picoseconds session_age_max = kSessionAgeMax;
};

}  // namespace relying_party
