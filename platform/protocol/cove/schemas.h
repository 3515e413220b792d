#pragma once
// The layouts of this room, by the names that scenarios and tests use.
#include <vector>

#include "platform/protocol/cove/io.h"
#include "platform/protocol/cove/sbi.h"
#include "platform/protocol/cove/structures.h"
#include "platform/wire/schema.h"

namespace coveproto {

inline std::vector<wire::Schema> schemas() {
  return {wire::schema_of<Ecall>("cove.ECALL"), wire::schema_of<TsmInfo>("cove.TSM_INFO"),
          wire::schema_of<TvmCreateParams>("cove.TVM_CREATE_PARAMS"),
          wire::schema_of<AttestationCapabilities>("cove.ATTESTATION_CAPABILITIES"),
          wire::schema_of<IdeStreamDescriptor>("cove.IDE_STREAM_DESCRIPTOR"),
          wire::schema_of<ConnectionTranscript>("cove.CONNECTION_TRANSCRIPT"),
          wire::schema_of<IdeKeyDescriptor>("cove.IDE_KEY_DESCRIPTOR"), wire::schema_of<IdeKeyData>("cove.IDE_KEY_DATA")};
}

}  // namespace coveproto
