#pragma once
// The realm translation tables of one realm: where its addresses lead, and what the realm may expect there (RIPAS). The half above the
// top bit of the address is unprotected: the host maps its own pages there. Only the RMM writes the tables.
//
// Promise: an address has one entry, at the level where its walk ends; a new table says of each of its addresses what the entry above
// said before.
//
// simplified: the entries are kept by the model; the granules given for tables hold zeroes.
#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "platform/protocol/cca/rmi.h"

namespace cca {

using ccaproto::Hipas;
using ccaproto::Ripas;

struct RttEntry {
  Hipas hipas = Hipas::kUnassigned;
  Ripas ripas = Ripas::kEmpty;      // means nothing in a table entry and in the unprotected half
  std::uint64_t pa = 0;             // of the page or block, or of the table below
  std::uint64_t attributes = 0;     // unprotected half: as the host asked
  friend bool operator==(const RttEntry&, const RttEntry&) = default;
};

class Rtt {
 public:
  struct Walk {
    int level = 0;
    RttEntry entry{};
  };

  Rtt() = default;
  // Whether such a table can begin at that level with that many granules (RMM 1.0, RttConfigIsValid).
  static bool valid(unsigned ipa_bits, std::int64_t start_level, std::uint32_t num_start);
  Rtt(unsigned ipa_bits, int start_level, std::vector<std::uint64_t> start_granules);

  unsigned ipa_bits() const { return ipa_bits_; }
  int start_level() const { return start_level_; }
  const std::vector<std::uint64_t>& start_granules() const { return start_granules_; }
  bool contains(std::uint64_t ipa) const { return ipa >> ipa_bits_ == 0; }
  std::uint64_t unprotected_bit() const { return std::uint64_t{1} << (ipa_bits_ - 1); }
  bool is_protected(std::uint64_t ipa) const { return ipa < unprotected_bit(); }

  // To the entry of that level, or to where the walk ends above it. The address lies inside.
  Walk walk(std::uint64_t ipa, int level) const;
  // The entry that a walk to `level` reaches; it is there.
  void set(std::uint64_t ipa, int level, const RttEntry& entry);

  // A table below the entry of level - 1, which becomes its parent. Its entries inherit.
  void create(std::uint64_t ipa, int level, std::uint64_t granule);
  // Takes the table away; `entry` takes its place.
  void remove(std::uint64_t ipa, int level, const RttEntry& entry);
  // Entries of that table that lead anywhere.
  unsigned live(std::uint64_t ipa, int level) const;
  // The one entry of level - 1 that says the same as the whole table, if there is one.
  bool homogeneous(std::uint64_t ipa, int level, RttEntry& folded) const;
  // From the entry where a walk to that address ended: the first address behind it, within the same table, that leads anywhere.
  std::uint64_t skip_non_live(std::uint64_t ipa, int level) const;
  // Whether anything is mapped, or any table but the first ones there.
  bool any_live() const;

 private:
  using Table = std::array<RttEntry, ccaproto::kRttEntries>;
  static std::uint64_t base_of(std::uint64_t ipa, int level) { return ipa & ~(ccaproto::rtt_entry_bytes(level) * ccaproto::kRttEntries - 1); }
  static unsigned index_of(std::uint64_t ipa, int level) { return ipa / ccaproto::rtt_entry_bytes(level) % ccaproto::kRttEntries; }
  const Table* table(std::uint64_t ipa, int level) const;
  Table* table(std::uint64_t ipa, int level);

  unsigned ipa_bits_ = 0;
  int start_level_ = 0;
  std::vector<std::uint64_t> start_granules_;
  std::map<std::pair<int, std::uint64_t>, Table> tables_;  // by level, then first address
};

}  // namespace cca
