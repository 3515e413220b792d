#pragma once
// What host, realm and RMM hand each other in memory (RMM 1.0, "RMI types" and "RSI types"). 4 KiB each, little-endian; bytes between
// the fields are not read.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace ccaproto {

inline constexpr std::size_t kGranule = 4096;

enum class HashAlgorithm : std::uint8_t { kSha256 = 0, kSha512 = 1 };

// RmiRealmParams. What the initial measurement covers is the part before `rpv`.
struct RealmParams {
  std::uint64_t flags = 0;
  std::uint32_t s2sz = 40;
  std::uint8_t sve_vl = 0, num_bps = 0, num_wps = 0, pmu_num_ctrs = 0;
  HashAlgorithm hash_algo = HashAlgorithm::kSha256;
  std::array<std::uint8_t, 64> rpv{};
  std::uint16_t vmid = 0;
  std::uint64_t rtt_base = 0;
  std::uint64_t rtt_level_start = 1;  // a signed number
  std::uint32_t rtt_num_start = 2;
  bool operator==(const RealmParams&) const = default;
  using Wire = wire::Layout<&RealmParams::flags, &RealmParams::s2sz, wire::LooseUpTo<0x10>{}, &RealmParams::sve_vl, wire::LooseUpTo<0x18>{},
                            &RealmParams::num_bps, wire::LooseUpTo<0x20>{}, &RealmParams::num_wps, wire::LooseUpTo<0x28>{},
                            &RealmParams::pmu_num_ctrs, wire::LooseUpTo<0x30>{}, &RealmParams::hash_algo, wire::LooseUpTo<0x400>{},
                            &RealmParams::rpv, wire::LooseUpTo<0x800>{}, &RealmParams::vmid, wire::LooseUpTo<0x808>{},
                            &RealmParams::rtt_base, &RealmParams::rtt_level_start, &RealmParams::rtt_num_start, wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<RealmParams>() == kGranule);
inline constexpr std::uint64_t kRealmLpa2 = 1, kRealmSve = 2, kRealmPmu = 4, kRealmDa = 8;

// RmiRecParams. `num_aux` and `aux` are not measured.
struct RecParams {
  std::uint64_t flags = 0;
  std::uint64_t mpidr = 0;
  std::uint64_t pc = 0;
  std::array<std::uint64_t, 8> gprs{};
  std::uint64_t num_aux = 0;
  std::array<std::uint64_t, 16> aux{};
  bool operator==(const RecParams&) const = default;
  using Wire = wire::Layout<&RecParams::flags, wire::LooseUpTo<0x100>{}, &RecParams::mpidr, wire::LooseUpTo<0x200>{}, &RecParams::pc,
                            wire::LooseUpTo<0x300>{}, &RecParams::gprs, wire::LooseUpTo<0x800>{}, &RecParams::num_aux, &RecParams::aux,
                            wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<RecParams>() == kGranule);
inline constexpr std::uint64_t kRecRunnable = 1;

// RmiRecEnter: the first half of RmiRecRun.
struct RecEnter {
  std::uint64_t flags = 0;
  std::array<std::uint64_t, 31> gprs{};
  std::uint64_t gicv3_hcr = 0;
  std::array<std::uint64_t, 16> gicv3_lrs{};
  bool operator==(const RecEnter&) const = default;
  using Wire = wire::Layout<&RecEnter::flags, wire::LooseUpTo<0x200>{}, &RecEnter::gprs, wire::LooseUpTo<0x300>{}, &RecEnter::gicv3_hcr,
                            &RecEnter::gicv3_lrs, wire::LooseUpTo<0x800>{}>;
};
inline constexpr std::uint64_t kEnterEmulatedMmio = 1, kEnterInjectSea = 2, kEnterTrapWfi = 4, kEnterTrapWfe = 8, kEnterRipasReject = 16,
                               kEnterDevMemReject = 64;

enum class ExitReason : std::uint8_t { kSync = 0, kIrq = 1, kFiq = 2, kPsci = 3, kRipasChange = 4, kHostCall = 5, kSerror = 6,
                                        // with device assignment
                                        kVdevRequest = 8, kDevMemMap = 9 };

// RmiRecExit: the second half.
struct RecExit {
  ExitReason reason = ExitReason::kSync;
  std::uint64_t esr = 0, far = 0, hpfar = 0;
  std::array<std::uint64_t, 31> gprs{};
  std::uint64_t gicv3_hcr = 0;
  std::array<std::uint64_t, 16> gicv3_lrs{};
  std::uint64_t gicv3_misr = 0, gicv3_vmcr = 0;
  std::uint64_t cntp_ctl = 0, cntp_cval = 0, cntv_ctl = 0, cntv_cval = 0;
  std::uint64_t ripas_base = 0, ripas_top = 0;
  std::uint8_t ripas_value = 0;
  std::uint64_t vdev_id_1 = 0, vdev_id_2 = 0, dev_mem_base = 0, dev_mem_top = 0, dev_mem_pa = 0;
  std::uint16_t imm = 0;
  std::uint64_t pmu_ovf_status = 0;
  bool operator==(const RecExit&) const = default;
  using Wire = wire::Layout<&RecExit::reason, wire::LooseUpTo<0x100>{}, &RecExit::esr, &RecExit::far, &RecExit::hpfar,
                            wire::LooseUpTo<0x200>{}, &RecExit::gprs, wire::LooseUpTo<0x300>{}, &RecExit::gicv3_hcr, &RecExit::gicv3_lrs,
                            &RecExit::gicv3_misr, &RecExit::gicv3_vmcr, wire::LooseUpTo<0x400>{}, &RecExit::cntp_ctl, &RecExit::cntp_cval,
                            &RecExit::cntv_ctl, &RecExit::cntv_cval, wire::LooseUpTo<0x500>{}, &RecExit::ripas_base, &RecExit::ripas_top,
                            &RecExit::ripas_value, wire::LooseUpTo<0x530>{},
                            &RecExit::vdev_id_1, &RecExit::vdev_id_2, &RecExit::dev_mem_base, &RecExit::dev_mem_top, &RecExit::dev_mem_pa,
                            wire::LooseUpTo<0x600>{}, &RecExit::imm, wire::LooseUpTo<0x700>{},
                            &RecExit::pmu_ovf_status, wire::LooseUpTo<0x800>{}>;
};
struct RecRun {
  RecEnter enter;
  RecExit exit;
  bool operator==(const RecRun&) const = default;
  using Wire = wire::Layout<&RecRun::enter, &RecRun::exit>;
};
static_assert(wire::min_size<RecRun>() == kGranule);
inline constexpr std::uint64_t kRecExitAt = 0x800;

// A data abort of the realm as the host is told (Arm ARM, ESR_EL2): exception class 0x24, write in bit 6, fault status below.
inline constexpr std::uint64_t kEsrDataAbort = 0x24ull << 26, kEsrWrite = 1 << 6, kEsrTranslationFault3 = 0x07;

// RsiRealmConfig.
struct RealmConfig {
  std::uint64_t ipa_width = 0;
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  std::array<std::uint8_t, 64> rpv{};
  bool operator==(const RealmConfig&) const = default;
  using Wire = wire::Layout<&RealmConfig::ipa_width, &RealmConfig::algorithm, wire::LooseUpTo<0x200>{}, &RealmConfig::rpv,
                            wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<RealmConfig>() == kGranule);

// RsiHostCall: 256 bytes, at a multiple of as many.
struct HostCall {
  std::uint16_t imm = 0;
  std::array<std::uint64_t, 31> gprs{};
  bool operator==(const HostCall&) const = default;
  using Wire = wire::Layout<&HostCall::imm, wire::LooseUpTo<8>{}, &HostCall::gprs>;
};
inline constexpr std::size_t kHostCallBytes = 256;
static_assert(wire::min_size<HostCall>() == kHostCallBytes);

}  // namespace ccaproto
