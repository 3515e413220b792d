#pragma once
// What the TDX module keeps of a TD (TDR and TDCS) and of one of its vCPUs (TDVPS).
#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "platform/memory/encrypted_memory.h"
#include "platform/protocol/tdx/mrtd.h"
#include "platform/protocol/tdx/td_info.h"
#include "platform/protocol/tdx/td_params.h"
#include "platform/protocol/tdx/tdcall.h"
#include "tsm/tdx/secure_ept.h"

namespace tdx {

// The TD's key and its place in the processor.
enum class Lifecycle : std::uint8_t { kHkidAssigned = 0, kKeysConfigured = 1, kBlocked = 2, kTeardown = 3 };
// simplified: without migration, whose states 3 to 10 are not modelled.
enum class OpState : std::uint8_t { kUninitialized = 0, kInitialized = 1, kRunnable = 2 };

inline constexpr unsigned kTdcxPages = 4;   // a TD's control structure beside its root page
inline constexpr unsigned kTdvpsPages = 6;  // a vCPU's, its root page included
// convention: where a vCPU's live registers stand in its root page.
inline constexpr std::uint64_t kRegistersAt = 0x400;

inline memory::KeyId key_of(std::uint32_t hkid) { return memory::KeyId{hkid}; }

struct Td {
  std::uint64_t tdr = 0;  // address of the root page, which is the TD's handle
  std::uint32_t hkid = 0;
  Lifecycle lifecycle = Lifecycle::kHkidAssigned;
  std::uint32_t packages_with_key = 0;  // one bit each
  OpState op_state = OpState::kUninitialized;
  bool fatal = false;
  unsigned tdcx_pages = 0;
  std::uint64_t children = 0;  // pages that the TD owns

  tdxproto::TdInfo info;
  std::uint16_t max_vcpus = 0;
  std::uint64_t config_flags = 0;
  tdxproto::MrTd mrtd;  // until it is final
  SecureEpt sept;

  // TLB tracking. Which vCPUs are inside since which of the last two epochs, by the epoch's parity.
  std::uint64_t epoch = 1;
  std::array<std::uint16_t, 2> inside{};
  std::uint16_t inside_since_previous() const { return inside[1 - (epoch & 1)]; }

  std::uint16_t vcpus = 0;
  std::uint16_t associated = 0;

  std::uint64_t shared_bit() const { return tdxproto::shared_bit(config_flags & tdxproto::kConfigGpaw); }
  bool debug() const { return info.attributes & 0xFF; }
};

enum class VcpuState : std::uint8_t { kUninitialized, kReady, kActive, kDisabled };

struct Vcpu {
  std::uint64_t tdvpr = 0;
  std::uint64_t tdr = 0;
  unsigned pages = 1;
  VcpuState state = VcpuState::kUninitialized;
  std::uint16_t index = 0;
  std::optional<std::uint32_t> lp;  // the logical processor that holds its state
  bool inside = false;              // between VP.ENTER and the next exit
  std::uint64_t entered_in = 0;     // the TD's epoch at the last entry

  // Translations that the processor keeps: they live until an entry in a later epoch.
  std::map<std::uint64_t, std::uint64_t> tlb;

  std::optional<tdxproto::VeInfo> ve;
  // A hypercall under way: what the TD showed, and so what may come back.
  std::optional<tdxproto::Registers> vmcall;
  std::optional<tdxproto::Registers> answer;  // what came back of the last one
};

}  // namespace tdx
