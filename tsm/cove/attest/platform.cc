#include "tsm/cove/attest/platform.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace attest {
namespace {

using coveproto::Digest;
using coveproto::SwComponent;

SwComponent component(std::string type, unsigned svn, std::string_view signer) {
  const auto measurement = crypto::sha384(base::view_of("emulated " + type)), manifest = crypto::sha384(base::view_of("manifest of " + type));
  SwComponent out;
  out.type = std::move(type);
  out.measurement = base::bytes_of(measurement);
  out.svn = std::to_string(svn);
  out.manifest = base::bytes_of(manifest);
  out.signer = base::bytes_of(crypto::sha384(base::view_of(signer)));
  return out;
}

Digest measured(const std::vector<SwComponent>& components) {
  crypto::Hash384 hash;
  for (const auto& one : components) {
    hash.update(one.measurement);
    hash.update(base::view_of(one.svn));
    if (one.manifest) hash.update(*one.manifest);
    hash.update(one.signer);
  }
  return hash.finish();
}

}  // namespace

Platform Platform::from_seed(base::View seed) {
  Platform out;
  const auto secret = crypto::hkdf_sha384(seed, {}, base::view_of("CoVE UDS"), out.uds.size());
  std::copy(secret.begin(), secret.end(), out.uds.begin());
  const auto maker = crypto::sha512(base::view_of("emulated CoVE platform maker"));
  std::copy(maker.begin(), maker.end(), out.manufacturer_id.begin());
  out.firmware = {component("RoT firmware", kFirmwareSvn, "platform maker"), component("M-mode firmware", kFirmwareSvn, "platform maker")};
  out.driver = component("TSM-driver", kDriverSvn, "platform maker");
  out.tsm = component("TSM", kTsmSvn, "TSM maker");
  return out;
}

Digest Platform::firmware_measured() const { return measured(firmware); }
Digest Platform::tsm_measured() const { return measured({driver, tsm}); }

std::array<Digest, 4> Platform::boot_registers() const {
  std::array<Digest, 4> out{};
  for (const auto& one : firmware) {
    out[0] = coveproto::extended(out[0], one.measurement);
    if (one.manifest) out[1] = coveproto::extended(out[1], *one.manifest);
  }
  for (const auto* one : {&driver, &tsm}) {
    out[2] = coveproto::extended(out[2], one->measurement);
    if (one->manifest) out[3] = coveproto::extended(out[3], *one->manifest);
  }
  return out;
}

}  // namespace attest
