#pragma once
// Every 4 KiB granule of memory as the monitor and the RMM know it: which physical address space it is in (granule protection table,
// kept by the monitor at EL3) and what the RMM uses it for.
//
// Promise: a granule has one use at a time; what lies outside of what is covered cannot be delegated.
//
// simplified: both tables are kept by the model and not in system memory; entries are of 4 KiB.
#include <cstdint>
#include <map>

#include "platform/protocol/cca/rmi.h"

namespace cca {

using ccaproto::Gpi;
using ccaproto::GranuleState;

struct Granule {
  GranuleState state = GranuleState::kUndelegated;
  Gpi gpi = Gpi::kNonSecure;
  std::uint64_t owner = 0;  // realm descriptor of whoever uses it; 0: nobody
  friend bool operator==(const Granule&, const Granule&) = default;
};

class Granules {
 public:
  void cover(std::uint64_t end) { end_ = end; }
  bool covers(std::uint64_t pa) const { return pa < end_; }
  // Device memory: granules of their own kind, which hold no object of the RMM's.
  void cover_device(std::uint64_t base, std::uint64_t top) { device_base_ = base, device_top_ = top; }
  bool is_device(std::uint64_t pa) const { return device_base_ <= pa && pa < device_top_; }
  Granule at(std::uint64_t pa) const {
    const auto found = granules_.find(pa & ~std::uint64_t{0xFFF});
    return found == granules_.end() ? Granule{} : found->second;
  }
  void set(std::uint64_t pa, const Granule& granule) {
    if (granule == Granule{}) granules_.erase(pa);
    else granules_[pa] = granule;
  }
  // What the RMM uses it for; where it is, stays.
  void use(std::uint64_t pa, GranuleState state, std::uint64_t owner) { set(pa, {state, at(pa).gpi, owner}); }
  // What is not the host's to use as it likes, by ascending address.
  const std::map<std::uint64_t, Granule>& entries() const { return granules_; }

 private:
  std::uint64_t end_ = 0, device_base_ = 0, device_top_ = 0;
  std::map<std::uint64_t, Granule> granules_;
};

}  // namespace cca
