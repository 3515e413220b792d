#include "scenarios/engine/peer_messages.h"

#include "guest/relying_party/messages.h"
#include "guest/relying_party/token_messages.h"
#include "guest/relying_party/tpm_messages.h"
#include "scenarios/engine/owner_at_work.h"
#include "scenarios/engine/token_desk.h"

namespace engine {

namespace rp = relying_party;

PeerMessage peer_message(const std::string& peer, const base::Bytes& bytes) {
  static const wire::Schema kEvidence = wire::schema_of<rp::Evidence>("rp.EVIDENCE");
  static const wire::Schema kQuoted = rp::tpm_schemas().front();
  static const wire::Schema kPresent = wire::schema_of<rp::Present>("rp.PRESENT");
  if (is_service(peer) && rp::read_token_message<rp::Present>(bytes)) return {.object = "PRESENT", .schema = &kPresent};
  if (peer != "owner0") return {};
  if (wire::decode<rp::Evidence>(bytes)) return {.object = "EVIDENCE", .schema = &kEvidence};
  if (wire::decode<rp::TpmEvidence>(bytes)) return {.object = "TPM_EVIDENCE", .schema = &kQuoted};
  if (OwnerAtWork::takes(bytes)) return {.object = OwnerAtWork::object_of(bytes), .at_work = true};
  return {};
}

}  // namespace engine
