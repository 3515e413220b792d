#pragma once
// Command buffers of the security processor, as the host hands them over (SNP ABI 1.58, chapter 8; SEV API 0.24,
// chapter 6). Addresses are system physical. Field order and widths are those of the published driver headers; where a
// real buffer points to a list or carries sizes that this model does not need, the buffer is a convention and its
// comment says so.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/sev/page_info.h"
#include "platform/protocol/sev/report.h"
#include "platform/wire/wire.h"

namespace sev::command {

// ---- SNP ------------------------------------------------------------------------------------------------------------

// SNP_INIT, SNP_DF_FLUSH, SNP_COMMIT and SNP_PLATFORM_STATUS: convention, no buffer; the status comes back in the
// result.
struct Empty {
  using Wire = wire::Layout<>;
};

struct PlatformStatus {
  std::uint8_t api_major = 0, api_minor = 0, state = 0;  // state: 0 UNINIT, 1 INIT
  std::uint8_t is_rmp_initialized = 0;
  std::uint32_t build_id = 0;
  std::uint32_t features = 0;  // b0 mask chip id, b1 mask chip key, b2 VLEK loaded
  std::uint32_t guest_count = 0;
  std::uint64_t current_tcb = 0, reported_tcb = 0;
  using Wire = wire::Layout<&PlatformStatus::api_major, &PlatformStatus::api_minor, &PlatformStatus::state,
                            &PlatformStatus::is_rmp_initialized, &PlatformStatus::build_id, &PlatformStatus::features,
                            &PlatformStatus::guest_count, &PlatformStatus::current_tcb, &PlatformStatus::reported_tcb>;
};

// SNP_GCTX_CREATE, SNP_DECOMMISSION, SNP_GUEST_STATUS; the page to be a context is in Firmware state.
struct Guest {
  std::uint64_t gctx_paddr = 0;
  using Wire = wire::Layout<&Guest::gctx_paddr>;
};

// Convention: the real structure is written to a page; here it comes back in the result.
struct GuestStatus {
  std::uint64_t policy = 0;
  std::uint32_t asid = 0;
  std::uint8_t state = 0;
  using Wire = wire::Layout<&GuestStatus::policy, &GuestStatus::asid, &GuestStatus::state>;
};

struct LaunchStart {
  std::uint64_t gctx_paddr = 0, policy = 0, ma_gctx_paddr = 0;
  std::uint32_t flags = 0;
  static constexpr std::uint32_t kMaEn = 1, kImiEn = 2;
  std::uint32_t desired_tsc_khz = 0;
  std::array<std::uint8_t, 16> gosvw{};
  using Wire = wire::Layout<&LaunchStart::gctx_paddr, &LaunchStart::policy, &LaunchStart::ma_gctx_paddr,
                            &LaunchStart::flags, &LaunchStart::desired_tsc_khz, &LaunchStart::gosvw>;
};

struct Activate {
  std::uint64_t gctx_paddr = 0;
  std::uint32_t asid = 0;
  using Wire = wire::Layout<&Activate::gctx_paddr, &Activate::asid>;
};

struct LaunchUpdate {
  std::uint64_t gctx_paddr = 0;
  std::uint32_t page = 0;  // b0 PAGE_SIZE (1: 2 MiB), b3:1 PAGE_TYPE, b4 IMI_PAGE
  std::uint64_t address = 0;
  std::uint8_t vmpl1_perms = 0, vmpl2_perms = 0, vmpl3_perms = 0;
  bool is_2m() const { return page & 1; }
  std::uint8_t page_type() const { return page >> 1 & 7; }
  bool imi() const { return page >> 4 & 1; }
  using Wire =
      wire::Layout<&LaunchUpdate::gctx_paddr, &LaunchUpdate::page, wire::Reserved<4>{}, &LaunchUpdate::address,
                   wire::Reserved<1>{}, &LaunchUpdate::vmpl1_perms, &LaunchUpdate::vmpl2_perms,
                   &LaunchUpdate::vmpl3_perms, wire::Reserved<4>{}>;
};
constexpr std::uint32_t page_word(sevproto::PageType type, bool is_2m = false, bool imi = false) {
  return static_cast<std::uint32_t>(type) << 1 | (is_2m ? 1u : 0u) | (imi ? 0x10u : 0u);
}

struct LaunchFinish {
  std::uint64_t gctx_paddr = 0, id_block_paddr = 0, id_auth_paddr = 0;
  std::uint64_t flags = 0;
  std::array<std::uint8_t, 32> host_data{};
  static constexpr std::uint64_t kIdBlockEn = 1, kAuthKeyEn = 2, kVcekDisabled = 4;
  using Wire = wire::Layout<&LaunchFinish::gctx_paddr, &LaunchFinish::id_block_paddr, &LaunchFinish::id_auth_paddr,
                            &LaunchFinish::flags, &LaunchFinish::host_data>;
};

// The answer is written to `res_paddr` and comes back in the result.
struct GuestRequest {
  std::uint64_t gctx_paddr = 0, req_paddr = 0, res_paddr = 0;
  using Wire = wire::Layout<&GuestRequest::gctx_paddr, &GuestRequest::req_paddr, &GuestRequest::res_paddr>;
};

// b0 of `paddr`: a 2 MiB page.
struct PageReclaim {
  std::uint64_t paddr = 0;
  using Wire = wire::Layout<&PageReclaim::paddr>;
};

struct Config {
  std::uint64_t reported_tcb = 0;
  std::uint32_t flags = 0;  // b0 MASK_CHIP_ID, b1 MASK_CHIP_KEY
  using Wire = wire::Layout<&Config::reported_tcb, &Config::flags, wire::Reserved<52>{}>;
};

// Convention: the header of a firmware image, in the place of the buffer that holds the image. The vendor's signature
// over an image is not modelled: every image is one that the vendor made, old ones included.
struct FirmwareImage {
  sevproto::FirmwareVersion version;
  std::uint64_t tcb = 0;
  std::uint8_t commit = 0;
  using Wire = wire::Layout<&FirmwareImage::version, &FirmwareImage::tcb, &FirmwareImage::commit>;
};

// SNP_VLEK_LOAD: convention, the buffer is the wrapped key itself (psp.h, wrap_vlek).

struct Debug {
  std::uint64_t gctx_paddr = 0, src_addr = 0, dst_addr = 0;
  using Wire = wire::Layout<&Debug::gctx_paddr, &Debug::src_addr, &Debug::dst_addr>;
};

// ---- legacy ---------------------------------------------------------------------------------------------------------

// The packed policy, the owner's session (session.h), and a handle that comes back. Convention: session bytes stand
// here and not behind an address, and the owner's certificate is its point.
struct SevLaunchStart {
  std::uint32_t policy = 0;
  base::Bytes session;
  using Wire = wire::Layout<&SevLaunchStart::policy, wire::Rest<&SevLaunchStart::session>{}>;
};

struct SevHandle {  // DECOMMISSION, LAUNCH_MEASURE, LAUNCH_FINISH, GUEST_STATUS; the answer of LAUNCH_START
  std::uint32_t handle = 0;
  using Wire = wire::Layout<&SevHandle::handle>;
};

struct SevActivate {
  std::uint32_t handle = 0, asid = 0;
  using Wire = wire::Layout<&SevActivate::handle, &SevActivate::asid>;
};

struct SevLaunchUpdate {  // UPDATE_DATA and UPDATE_VMSA
  std::uint32_t handle = 0;
  std::uint64_t address = 0;
  std::uint32_t length = 0;
  using Wire =
      wire::Layout<&SevLaunchUpdate::handle, wire::Reserved<4>{}, &SevLaunchUpdate::address, &SevLaunchUpdate::length>;
};

// Convention: header and ciphertext stand here and not behind addresses.
struct SevLaunchSecret {
  std::uint32_t handle = 0;
  std::uint64_t guest_paddr = 0;
  std::uint32_t guest_length = 0;
  base::Bytes packet;  // SecretHeader, then the ciphertext
  using Wire = wire::Layout<&SevLaunchSecret::handle, wire::Reserved<4>{}, &SevLaunchSecret::guest_paddr,
                            &SevLaunchSecret::guest_length, wire::Rest<&SevLaunchSecret::packet>{}>;
};

struct SevDebug {
  std::uint32_t handle = 0;
  std::uint64_t src_addr = 0, dst_addr = 0;
  std::uint32_t length = 0;
  using Wire =
      wire::Layout<&SevDebug::handle, wire::Reserved<4>{}, &SevDebug::src_addr, &SevDebug::dst_addr, &SevDebug::length>;
};

}  // namespace sev::command
