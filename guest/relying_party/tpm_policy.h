#pragma once
// What an owner who asks for TPM quotes is willing to believe. Plain data.
#include <map>
#include <set>
#include <string>

#include "platform/protocol/ima/log.h"
#include "platform/protocol/tpm/words.h"

namespace relying_party {

struct TpmPolicy {
  std::map<unsigned, tpm::Digest> boot;  // what each PCR that the launch fills holds
  std::map<std::string, std::set<ima::Digest>> files;  // by path: what may be read or run
  // Entries of other tenants of the guest, as their owners told this one: by the template's digest alone.
  std::set<tpm::Digest> neighbours;
};

}  // namespace relying_party
