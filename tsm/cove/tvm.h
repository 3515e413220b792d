#pragma once
// What the TSM keeps of a TVM and of one of its vCPUs.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "platform/protocol/cove/measurement.h"
#include "platform/protocol/cove/sbi.h"
#include "tsm/cove/regions.h"
#include "tsm/cove/tracking.h"

namespace cove {

inline constexpr std::uint64_t kPage = coveproto::kPageSize;
inline constexpr std::uint64_t kTvmStatePages = 2, kVcpuStatePages = 2, kVcpusMax = 8;
// convention: where a vCPU's live registers stand in its state pages.
inline constexpr std::uint64_t kRegistersAt = 0x400;

// A leaf of the TVM's G-stage tables.
struct Mapping {
  std::uint64_t spa = 0;
  bool shared = false;                        // non-confidential memory of the host's
  std::optional<std::uint64_t> invalidated{}; // the TVM's TLB version when the host invalidated it
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

// A change of assignment that the host has yet to carry out. The vCPU that asked for it waits.
struct PendingChange {
  std::uint64_t gpa = 0, bytes = 0;
  Region becomes = Region::kShared;
  std::uint64_t vcpu = 0;
};

struct Vcpu {
  std::uint64_t state_spa = 0;
  bool inside = false;            // between run_tvm_vcpu and the next trap into the TSM
  std::uint32_t hart = 0;         // where it is, or was last
  bool started = false;
  bool dead = false;              // its last exit was not resumable
  std::uint64_t tlb_version = 0;  // the TVM's, at the last entry
  std::map<std::uint64_t, std::uint64_t> tlb;  // page to page: translations that the hart keeps until a later version is entered

  std::optional<coveproto::Ecall> forwarded;  // an ECALL that the host is to answer
  std::optional<coveproto::SbiRet> settled;   // what the ECALL under way comes back with, where it is the TSM's to say
  std::optional<coveproto::SbiRet> answer;    // what came back of the last one
  bool allow_all_interrupts = false;
  std::set<std::uint64_t> allowed_interrupts;
  bool allows_external() const { return allow_all_interrupts || !allowed_interrupts.empty(); }
  std::uint64_t pending = 0;                  // hvip bits that it finds at entry
};

struct Tvm {
  TvmId id = 0;
  coveproto::TvmState state = coveproto::TvmState::kInitializing;
  std::uint64_t page_directory = 0;
  Regions regions;
  std::map<std::uint64_t, Mapping> mappings;  // by guest page address
  std::vector<std::uint64_t> table_pool;      // donated and unused
  std::set<std::pair<unsigned, std::uint64_t>> tables;  // in use, by level and first address; the directory is level 3
  std::vector<PendingChange> pending;

  // TLB tracking: a fence starts a version, and is done when no vCPU that entered before is still inside.
  std::uint64_t version = 1;

  std::map<std::uint64_t, Vcpu> vcpus;
  std::uint64_t boot_vcpu = 0;
  std::uint64_t entry_sepc = 0, entry_arg = 0;
  std::optional<coveproto::Identity> identity;
  std::array<coveproto::Digest, coveproto::kRegisters> registers{};

  bool inside_since(std::uint64_t earlier) const {
    for (const auto& [id_, vcpu] : vcpus)
      if (vcpu.inside && vcpu.tlb_version < earlier) return true;
    return false;
  }
  bool fencing() const { return inside_since(version); }
  // A mapping that was invalidated at that version can no longer be in any TLB.
  bool fenced(std::uint64_t invalidated) const { return invalidated < version && !inside_since(invalidated + 1); }
  bool any_mapped(std::uint64_t gpa, std::uint64_t bytes) const {
    const auto first = mappings.lower_bound(gpa);
    return first != mappings.end() && first->first - gpa < bytes;
  }
};

}  // namespace cove
