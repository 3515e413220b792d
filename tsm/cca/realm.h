#pragma once
// What the RMM keeps of a realm (its realm descriptor) and of one of its vCPUs (its realm execution context, REC).
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "platform/memory/encrypted_memory.h"
#include "platform/protocol/cca/measurement.h"
#include "platform/protocol/cca/rsi.h"
#include "tsm/cca/devices.h"
#include "tsm/cca/rtt.h"

namespace cca {

using ccaproto::HashAlgorithm;
using ccaproto::Measurement;
using ccaproto::RealmState;
using ccaproto::Registers;

inline constexpr unsigned kRems = 4;
inline constexpr unsigned kRecAuxGranules = 16;
// convention: where a vCPU's live registers stand in its REC granule.
inline constexpr std::uint64_t kRegistersAt = 0x400;

struct Realm {
  std::uint64_t rd = 0;  // address of the descriptor's granule, which is the realm's handle
  RealmState state = RealmState::kNew;
  Rtt rtt;
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  base::Block<64> rpv{};
  std::uint16_t vmid = 0;
  memory::KeyId key = memory::KeyId::kNone;  // of its memory
  ccaproto::Rim rim;
  std::array<Measurement, kRems> rem{};
  std::uint64_t rec_count = 0;  // ever made
  std::uint64_t recs = 0;       // alive
  bool devices = false;         // may have some
  std::uint64_t vdevs = 0;
};

// A change of RIPAS that the realm asked for and the host has not finished.
struct RipasChange {
  std::uint64_t base = 0, top = 0, next = 0;
  Ripas value = Ripas::kRam;
  bool change_destroyed = false;
  bool pending() const { return base != top; }
};

struct Rec {
  std::uint64_t rec = 0;  // address of its granule
  std::uint64_t rd = 0;
  std::uint64_t mpidr = 0;
  std::vector<std::uint64_t> aux;
  bool runnable = false;
  bool running = false;
  std::uint64_t pe = 0;   // which processor runs it, or ran it last
  std::uint64_t run = 0;  // the page that the last entry named

  bool emulatable_abort = false;
  RipasChange ripas;
  std::optional<std::uint64_t> host_call;       // address of its RsiHostCall
  std::optional<Registers> psci;                // a request that the host has to complete
  std::optional<Registers> answer;              // of a call that left the realm
  bool injected_sea = false;                    // the host answered the last access so
  std::set<std::uint32_t> pending;              // virtual interrupts of the host's that it has not taken

  std::optional<VdevRequest> vdev_request;
  DevMem dev_mem;

  // The attestation token being fetched.
  std::optional<base::Bytes> token;
  std::size_t token_read = 0;
};

}  // namespace cca
