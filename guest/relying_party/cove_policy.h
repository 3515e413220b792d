#pragma once
// What the owner of a TVM is willing to believe. Plain data, as policy.h is for SNP: an unset optional or an empty set means that the
// owner does not ask, except for the root and for what the TVM was built from, where nothing is accepted unasked.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/cove/evidence.h"
#include "platform/protocol/cove/measurement.h"

namespace relying_party {

struct CoveComponentPolicy {
  std::uint64_t svn_min = 0;             // SVNs are decimal numbers
  std::set<base::Bytes> measurements, signers;
};

// What may have been extended into one run-time register. The log is the host's to carry: its digests count once it replays to the
// register, and nothing else in it does.
struct CoveRuntimePolicy {
  std::set<coveproto::Digest> values;
  std::optional<std::vector<coveproto::Digest>> events;  // exactly these, in this order
};

struct CovePolicy {
  std::optional<crypto::Certificate> root;  // the vendor's, obtained out of band: its key is the only anchor
  std::optional<crypto::RevocationList> revocation_list;  // of that root; one that is set has to be current
  std::optional<std::set<std::string>> platforms;  // UDS_ID, as endorsements name platforms
  std::optional<coveproto::ManufacturerId> manufacturer;
  std::set<coveproto::PlatformState> states{coveproto::PlatformState::kSecured};
  std::map<std::string, CoveComponentPolicy> components;  // by type; one that is listed has to be there

  std::map<std::uint64_t, std::set<coveproto::Digest>> initial;  // by register; those of the TVM's own have to be listed
  std::map<std::uint64_t, CoveRuntimePolicy> runtime;            // by register
  std::optional<coveproto::Identity> identity;
};

}  // namespace relying_party
