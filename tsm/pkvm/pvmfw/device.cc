#include "tsm/pkvm/pvmfw/device.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace pkvm {

namespace {

pkvmproto::Cdi secret_of(base::View seed, std::string_view what) {
  pkvmproto::Cdi out{};
  std::ranges::copy(crypto::hkdf_sha384(seed, {}, base::view_of(what), out.size()), out.begin());
  return out;
}

pkvmproto::DiceInput input_of(std::string_view component, base::View image, std::uint64_t version) {
  pkvmproto::DiceInput out;
  out.code_hash = Device::code_hash(image);
  out.config_descriptor = pkvmproto::encode_config_descriptor(
      {.component_name = std::string(component), .security_version = static_cast<std::int64_t>(version)});
  out.authority_hash = Device::vendor_authority();
  out.mode = pkvmproto::DiceMode::kNormal;
  return out;
}

}  // namespace

Device Device::from_seed(base::View seed) {
  Device out;
  out.secret_ = {secret_of(seed, "UDS attest"), secret_of(seed, "UDS seal")};
  out.root_point_ = pkvmproto::dice_key(out.secret_.attest).public_point();
  return out;
}

pkvmproto::DiceHash Device::code_hash(base::View image) { return crypto::sha512(image); }
pkvmproto::DiceHash Device::vendor_authority() {
  return crypto::sha512(base::view_of("Glacis EMULATED device vendor"));
}

pkvmproto::Handover Device::boot(crypto::Library& library, const Firmware& firmware,
                                 const pkvmproto::DiceEdit& edit) const {
  const auto hypervisor = input_of(kHypervisorComponent, firmware.hypervisor, firmware.hypervisor_version);
  const auto pvmfw = input_of(kPvmfwComponent, firmware.pvmfw, firmware.pvmfw_version);
  const auto first = pkvmproto::next_cdis(secret_, hypervisor), second = pkvmproto::next_cdis(first, pvmfw);
  const auto root_key = pkvmproto::dice_key(secret_.attest), first_key = pkvmproto::dice_key(first.attest);
  const std::vector<cose::Sign1> entries = {
      pkvmproto::dice_certificate(library, {.actor = "bootloader", .purpose = "dice", .count = 0}, root_key,
                                  first_key.public_point(), hypervisor, kHypervisorComponent, edit),
      pkvmproto::dice_certificate(library, {.actor = "bootloader", .purpose = "dice", .count = 1}, first_key,
                                  pkvmproto::dice_key(second.attest).public_point(), pvmfw, kPvmfwComponent, edit)};
  return {second, pkvmproto::encode_chain(root_point_, entries)};
}

}  // namespace pkvm
