#pragma once
// The page in which the security processor hands the guest its communication keys (SNP ABI 1.58,
// SNP_LAUNCH_UPDATE), and the part of it that the guest's operating system keeps notes in.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sevproto {

struct SecretsOsArea {
  std::array<std::uint32_t, 4> msg_seqno{};  // how many messages went out under each VMPCK
  std::uint64_t ap_jump_table_pa = 0;
  std::array<std::uint8_t, 40> reserved{};
  std::array<std::uint8_t, 32> guest_usage{};
  bool operator==(const SecretsOsArea&) const = default;
  using Wire = wire::Layout<&SecretsOsArea::msg_seqno, &SecretsOsArea::ap_jump_table_pa, &SecretsOsArea::reserved,
                            &SecretsOsArea::guest_usage>;
};

struct SecretsPage {
  std::uint32_t version = 3;
  std::uint32_t flags = 0;  // bit 0: IMI_EN
  std::uint32_t fms = 0;
  std::array<std::uint8_t, 16> gosvw{};
  std::array<std::uint8_t, 32> vmpck0{};
  std::array<std::uint8_t, 32> vmpck1{};
  std::array<std::uint8_t, 32> vmpck2{};
  std::array<std::uint8_t, 32> vmpck3{};
  SecretsOsArea os_area;
  std::array<std::uint8_t, 64> vmsa_tweak_bitmap{};
  std::uint64_t svsm_base = 0;
  std::uint64_t svsm_size = 0;
  std::uint64_t svsm_caa = 0;
  std::uint32_t svsm_max_version = 0;
  std::uint8_t svsm_guest_vmpl = 0;
  std::uint32_t tsc_factor = 0;
  bool operator==(const SecretsPage&) const = default;
  using Wire = wire::Layout<&SecretsPage::version, &SecretsPage::flags, &SecretsPage::fms, wire::At<0x10>{},
                            &SecretsPage::gosvw, &SecretsPage::vmpck0, &SecretsPage::vmpck1, &SecretsPage::vmpck2,
                            &SecretsPage::vmpck3, &SecretsPage::os_area, wire::At<0x100>{},
                            &SecretsPage::vmsa_tweak_bitmap, &SecretsPage::svsm_base, &SecretsPage::svsm_size,
                            &SecretsPage::svsm_caa, &SecretsPage::svsm_max_version, &SecretsPage::svsm_guest_vmpl,
                            wire::At<0x160>{}, &SecretsPage::tsc_factor, wire::At<0x1000>{}>;
};
static_assert(wire::min_size<SecretsPage>() == 0x1000);

}  // namespace sevproto
