#include "guest/device_trust/evidence.h"

#include "platform/base/check.h"
#include "platform/crypto/hash.h"

namespace device_trust {
namespace {

template <class Size>
void size_up(Size& size, const base::Bytes& bytes) {
  size = static_cast<Size>(bytes.size());
  base::check(size == bytes.size(), "evidence fits its size fields");
}

void size_up(SignedEvidence& evidence) {
  size_up(evidence.transcript_size, evidence.transcript);
  size_up(evidence.signature_size, evidence.signature);
}

}  // namespace

base::Bytes bytes_of(DeviceEvidence evidence) {
  size_up(evidence.vca_size, evidence.vca);
  for (SlotEvidence& slot : evidence.slots) size_up(slot.chain_size, slot.chain);
  size_up(evidence.proof);
  size_up(evidence.measurements);
  size_up(evidence.report_size, evidence.report);
  return wire::encode(evidence);
}

std::optional<DeviceEvidence> evidence_of(base::View bytes) {
  auto evidence = wire::decode<DeviceEvidence>(bytes);
  if (!evidence || evidence->form != kEvidenceForm) return std::nullopt;
  return *std::move(evidence);
}

base::Block<48> digest_of(const DeviceEvidence& evidence) { return crypto::sha384(bytes_of(evidence)); }

std::vector<wire::Schema> schemas() {
  return {wire::schema_of<DeviceEvidence>("device.EVIDENCE"), wire::schema_of<SignedEvidence>("device.SIGNED_EVIDENCE"),
          wire::schema_of<SlotEvidence>("device.SLOT_EVIDENCE")};
}

}  // namespace device_trust
