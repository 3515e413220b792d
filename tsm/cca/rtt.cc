#include "tsm/cca/rtt.h"

#include "platform/base/check.h"

namespace cca {
namespace {

constexpr unsigned kPageBits = 12, kTableBits = 9, kConcatenatedBitsMax = 4;
constexpr unsigned kIpaBitsMin = 32, kIpaBitsMax = 48;

unsigned entry_bits(int level) { return kPageBits + kTableBits * static_cast<unsigned>(ccaproto::kRttPageLevel - level); }

bool leads_somewhere(const RttEntry& entry) { return entry.hipas != Hipas::kUnassigned; }

}  // namespace

bool Rtt::valid(unsigned ipa_bits, std::int64_t start_level, std::uint32_t num_start) {
  if (ipa_bits < kIpaBitsMin || ipa_bits > kIpaBitsMax || start_level < 0 || start_level > 3) return false;
  const unsigned below = entry_bits(static_cast<int>(start_level));
  if (ipa_bits <= below) return false;
  const unsigned bits = ipa_bits - below;
  if (bits > kTableBits + kConcatenatedBitsMax) return false;
  return num_start == (bits <= kTableBits ? 1u : 1u << (bits - kTableBits));
}

Rtt::Rtt(unsigned ipa_bits, int start_level, std::vector<std::uint64_t> start_granules)
    : ipa_bits_(ipa_bits), start_level_(start_level), start_granules_(std::move(start_granules)) {
  const std::uint64_t span = ccaproto::rtt_entry_bytes(start_level) * ccaproto::kRttEntries;
  for (std::uint64_t i = 0; i < start_granules_.size(); ++i) tables_[{start_level, i * span}] = {};
}

const Rtt::Table* Rtt::table(std::uint64_t ipa, int level) const {
  const auto found = tables_.find({level, base_of(ipa, level)});
  return found == tables_.end() ? nullptr : &found->second;
}
Rtt::Table* Rtt::table(std::uint64_t ipa, int level) { return const_cast<Table*>(std::as_const(*this).table(ipa, level)); }

Rtt::Walk Rtt::walk(std::uint64_t ipa, int level) const {
  for (int at = start_level_;; ++at) {
    const Table* here = table(ipa, at);
    base::check(here != nullptr, "a walk stays within a realm's tables");
    const RttEntry& entry = (*here)[index_of(ipa, at)];
    if (at == level || entry.hipas != Hipas::kTable) return {at, entry};
  }
}

void Rtt::set(std::uint64_t ipa, int level, const RttEntry& entry) {
  Table* here = table(ipa, level);
  base::check(here != nullptr, "an entry that is set has a table");
  (*here)[index_of(ipa, level)] = entry;
}

void Rtt::create(std::uint64_t ipa, int level, std::uint64_t granule) {
  const RttEntry parent = walk(ipa, level - 1).entry;
  Table& made = tables_[{level, base_of(ipa, level)}];
  for (unsigned i = 0; i < ccaproto::kRttEntries; ++i) {
    made[i] = parent;
    if (parent.hipas == Hipas::kAssigned) made[i].pa = parent.pa + i * ccaproto::rtt_entry_bytes(level);
  }
  set(ipa, level - 1, {.hipas = Hipas::kTable, .pa = granule});
}

void Rtt::remove(std::uint64_t ipa, int level, const RttEntry& entry) {
  tables_.erase({level, base_of(ipa, level)});
  set(ipa, level - 1, entry);
}

unsigned Rtt::live(std::uint64_t ipa, int level) const {
  const Table* here = table(ipa, level);
  unsigned count = 0;
  for (const auto& entry : *here) count += leads_somewhere(entry);
  return count;
}

bool Rtt::homogeneous(std::uint64_t ipa, int level, RttEntry& folded) const {
  const Table& here = *table(ipa, level);
  folded = here[0];
  if (folded.hipas == Hipas::kTable) return false;
  const bool assigned = folded.hipas == Hipas::kAssigned;
  // A block stands at a multiple of its size, and there are none above level 1.
  if (assigned && (level < 2 || folded.pa % ccaproto::rtt_entry_bytes(level - 1) != 0)) return false;
  for (unsigned i = 0; i < ccaproto::kRttEntries; ++i) {
    RttEntry expected = folded;
    if (assigned) expected.pa += i * ccaproto::rtt_entry_bytes(level);
    if (here[i] != expected) return false;
  }
  return true;
}

std::uint64_t Rtt::skip_non_live(std::uint64_t ipa, int level) const {
  const Table& here = *table(ipa, level);
  const std::uint64_t bytes = ccaproto::rtt_entry_bytes(level);
  std::uint64_t at = ipa & ~(bytes - 1);
  for (unsigned i = index_of(ipa, level); i < ccaproto::kRttEntries && !leads_somewhere(here[i]); ++i) at += bytes;
  return at;
}

bool Rtt::any_live() const {
  for (const auto& [key, table] : tables_)
    for (const auto& entry : table)
      if (leads_somewhere(entry)) return true;
  return false;
}

}  // namespace cca
