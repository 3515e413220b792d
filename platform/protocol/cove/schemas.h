#pragma once
// The layouts of this room, by the names that scenarios and tests use.
#include <vector>

#include "platform/protocol/cove/sbi.h"
#include "platform/protocol/cove/structures.h"
#include "platform/wire/schema.h"

namespace coveproto {

inline std::vector<wire::Schema> schemas() {
  return {wire::schema_of<Ecall>("cove.ECALL"), wire::schema_of<TsmInfo>("cove.TSM_INFO"),
          wire::schema_of<TvmCreateParams>("cove.TVM_CREATE_PARAMS"),
          wire::schema_of<AttestationCapabilities>("cove.ATTESTATION_CAPABILITIES")};
}

}  // namespace coveproto
