#pragma once
// What the firmware knows of one SNP guest. It lives in the guest's context page, encrypted under a key of the
// firmware's own, and is read back from there for each command: whoever gets past the ownership of that page gets at
// the guest.
//
// convention: the layout of the page is the firmware's secret; this one is ours.
#include <algorithm>
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/memory/page_store.h"
#include "platform/wire/wire.h"

namespace sev {

enum class GuestState : std::uint8_t { kInit = 0, kLaunch = 1, kRunning = 2 };

// No guest has it: ASIDs are smaller.
inline constexpr memory::KeyId kFirmwareKey{0x8000'0000};

struct GuestContext {
  static constexpr std::uint64_t kMagic = 0x5458'4354'4753'4c47;
  std::uint64_t magic = kMagic;
  GuestState state = GuestState::kInit;
  std::uint8_t id_block_en = 0, author_key_en = 0, vcek_disabled = 0;
  std::uint32_t asid = 0;  // 0: not activated
  std::uint64_t policy = 0;
  std::uint32_t flags = 0;  // b1 IMI_EN
  std::uint32_t guest_svn = 0;
  std::uint64_t launch_tcb = 0, launch_mit_vector = 0;
  std::array<std::uint8_t, 48> digest{};
  std::array<std::uint8_t, 32> vek{};
  std::array<std::array<std::uint8_t, 32>, 4> vmpck{};
  std::array<std::uint64_t, 4> seqno{};  // of the last message either way under each VMPCK
  std::array<std::uint8_t, 32> vmrk{};
  std::array<std::uint8_t, 32> report_id{};
  std::array<std::uint8_t, 32> ma_report_id{};  // of the migration agent; all ones: none
  std::array<std::uint8_t, 32> host_data{};
  std::array<std::uint8_t, 16> family_id{}, image_id{}, gosvw{};
  std::array<std::uint8_t, 48> id_key_digest{}, author_key_digest{};

  bool has_agent() const {
    return state != GuestState::kInit && std::ranges::any_of(ma_report_id, [](auto b) { return b != 0xFF; });
  }

  using Wire =
      wire::Layout<&GuestContext::magic, &GuestContext::state, &GuestContext::id_block_en, &GuestContext::author_key_en,
                   &GuestContext::vcek_disabled, &GuestContext::asid, &GuestContext::policy, &GuestContext::flags,
                   &GuestContext::guest_svn, &GuestContext::launch_tcb, &GuestContext::launch_mit_vector,
                   &GuestContext::digest, &GuestContext::vek, &GuestContext::vmpck, &GuestContext::seqno,
                   &GuestContext::vmrk, &GuestContext::report_id, &GuestContext::ma_report_id, &GuestContext::host_data, &GuestContext::family_id,
                   &GuestContext::image_id, &GuestContext::gosvw, &GuestContext::id_key_digest,
                   &GuestContext::author_key_digest, wire::At<0x1000>{}>;
};

}  // namespace sev
