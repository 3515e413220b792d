#include "tsm/sev/psp_state.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/sev/policy.h"

namespace sev {

PspState::PspState(Chip the_chip, PspSettings the_settings, Rmp* the_rmp, memory::EncryptedMemory& the_memory,
                   trust::Defences& the_defences, crypto::Library& the_library, std::uint64_t the_seed,
                   SaveAreas* the_save_areas, std::string the_name)
    : chip(std::move(the_chip)),
      settings(std::move(the_settings)),
      rmp(the_rmp),
      memory(the_memory),
      defences(the_defences),
      library(the_library),
      seed(the_seed),
      save_areas(the_save_areas),
      name(std::move(the_name)) {
  // Firmware memory has its key from power-on.
  memory.set_key(kFirmwareKey, random<32>("firmware memory"));
}

void PspState::draw(std::string_view purpose, std::span<std::uint8_t> out) {
  base::Bytes salt, info = base::bytes_of(purpose);
  base::append_le(salt, seed);
  base::append_le(info, draws++);
  base::Bytes bytes = crypto::hkdf_sha384(chip.secret, salt, info, out.size());
  std::ranges::copy(bytes, out.begin());
}

bool PspState::read(memory::KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) const {
  return memory.has_key(key) && static_cast<bool>(memory.read(key, spa, out));
}

bool PspState::write(memory::KeyId key, std::uint64_t spa, base::View bytes) const {
  return memory.has_key(key) && static_cast<bool>(memory.write(key, spa, bytes));
}

bool PspState::may_write_for_host(std::uint64_t spa) const {
  if (spa % 4096 != 0) return false;
  if (!rmp) return true;
  PageState page = rmp->state(spa);
  return rmp->covers(spa, 4096) && (page == PageState::kHypervisor || page == PageState::kFirmware);
}

std::optional<GuestContext> PspState::context(std::uint64_t gctx_paddr) const {
  if (!rmp || gctx_paddr % 4096 != 0 || rmp->state(gctx_paddr) != PageState::kContext) return std::nullopt;
  base::Bytes page(4096);
  if (!read(kFirmwareKey, gctx_paddr, page)) return std::nullopt;
  auto found = wire::decode<GuestContext>(page);
  if (!found || found->magic != GuestContext::kMagic) return std::nullopt;
  return *found;
}

void PspState::store(std::uint64_t gctx_paddr, const GuestContext& context) const {
  base::check(write(kFirmwareKey, gctx_paddr, wire::encode(context)), "a context page lies in memory");
}

std::uint64_t PspState::platform_info() const {
  using namespace sevproto;
  return (settings.smt_enabled ? kPlatformSmtEn : 0) | (settings.tsme_enabled ? kPlatformTsmeEn : 0) |
         (settings.ecc_enabled ? kPlatformEccEn : 0) | (settings.rapl_disabled ? kPlatformRaplDis : 0) |
         (settings.ciphertext_hiding ? kPlatformCiphertextHidingEn : 0) |
         (aliases_absent ? kPlatformAliasCheckComplete : 0) | (settings.tio_enabled ? kPlatformTioEn : 0);
}

}  // namespace sev
