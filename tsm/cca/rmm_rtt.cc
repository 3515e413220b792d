// Tables and pages of realms.
#include "tsm/cca/rmm.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

constexpr std::uint64_t kPage = ccaproto::kGranule;
constexpr int kPageLevel = ccaproto::kRttPageLevel;

}  // namespace

// ---- data -----------------------------------------------------------------------------------------------------------

// X2: the page, X3: its address, X4: what the host wants in it, X5: whether that is measured.
CallResult Rmm::data_create(Realm& realm, const Registers& in) {
  const auto content = host_page(in.x4);
  if (!content) return fails(RmiStatus::kErrorInput);
  (void)memory_.write(realm.key, in.x2, *content);
  granules_.use(in.x2, GranuleState::kData, realm.rd);
  realm.rtt.set(in.x3, kPageLevel, {.hipas = Hipas::kAssigned, .ripas = Ripas::kRam, .pa = in.x2});
  realm.rim.add_data(in.x3, in.x5, *content);
  return done();
}

// X2: the page, X3: its address. What the realm expects there stays as it is.
CallResult Rmm::data_create_unknown(Realm& realm, const Registers& in) {
  const bool fresh = granules_.at(in.x2).state == GranuleState::kDelegated;
  // Clear under the realm's own key. A page that somebody uses came here past a lifted row, and keeps what it has.
  if (fresh) (void)memory_.write(realm.key, in.x2, base::Bytes(kPage));
  if (granules_.at(in.x2).state != GranuleState::kUndelegated) granules_.use(in.x2, GranuleState::kData, realm.rd);
  const Ripas ripas = realm.rtt.walk(in.x3, kPageLevel).entry.ripas;
  realm.rtt.set(in.x3, kPageLevel, {.hipas = Hipas::kAssigned, .ripas = ripas, .pa = in.x2});
  return done();
}

CallResult Rmm::data_destroy(Realm& realm, std::uint64_t ipa) {
  const RttEntry entry = realm.rtt.walk(ipa, kPageLevel).entry;
  const Ripas left = entry.ripas == Ripas::kEmpty ? Ripas::kEmpty : Ripas::kDestroyed;
  realm.rtt.set(ipa, kPageLevel, {.hipas = Hipas::kUnassigned, .ripas = left});
  if (granules_.at(entry.pa).state == GranuleState::kData) release(entry.pa);
  return done({.x1 = entry.pa, .x2 = realm.rtt.skip_non_live(ipa, kPageLevel)});
}

// ---- tables ---------------------------------------------------------------------------------------------------------

CallResult Rmm::rtt_create(Realm& realm, const Registers& in) {
  granules_.use(in.x2, GranuleState::kRtt, realm.rd);
  realm.rtt.create(in.x3, static_cast<int>(in.x4), in.x2);
  return done();
}

CallResult Rmm::rtt_destroy(Realm& realm, const Registers& in) {
  const int level = static_cast<int>(in.x3);
  const std::uint64_t table = realm.rtt.walk(in.x2, level - 1).entry.pa;
  const bool is_protected = realm.rtt.is_protected(in.x2);
  realm.rtt.remove(in.x2, level, {.ripas = is_protected ? Ripas::kDestroyed : Ripas::kEmpty});
  release(table);
  return done({.x1 = table, .x2 = realm.rtt.skip_non_live(in.x2, level - 1)});
}

CallResult Rmm::rtt_fold(Realm& realm, const Registers& in) {
  const int level = static_cast<int>(in.x3);
  const std::uint64_t table = realm.rtt.walk(in.x2, level - 1).entry.pa;
  RttEntry folded;
  (void)realm.rtt.homogeneous(in.x2, level, folded);
  realm.rtt.remove(in.x2, level, folded);
  release(table);
  return done({.x1 = table});
}

CallResult Rmm::rtt_read_entry(const Realm& realm, const Registers& in) {
  const auto [level, entry] = realm.rtt.walk(in.x2, static_cast<int>(in.x3));
  const bool hidden = entry.hipas == Hipas::kAssigned && entry.ripas == Ripas::kDestroyed;
  return done({.x1 = static_cast<std::uint64_t>(level),
               .x2 = static_cast<std::uint64_t>(entry.hipas),
               .x3 = hidden || entry.hipas == Hipas::kUnassigned ? 0 : entry.pa | entry.attributes,
               .x4 = entry.hipas == Hipas::kTable ? 0 : static_cast<std::uint64_t>(entry.ripas)});
}

// X4: the host's page and how it is mapped. Whose page it really is, the processor finds out at the access.
CallResult Rmm::rtt_map_unprotected(Realm& realm, const Registers& in) {
  realm.rtt.set(in.x2, static_cast<int>(in.x3),
                {.hipas = Hipas::kAssigned, .pa = in.x4 & ~ccaproto::kUnprotectedAttributes, .attributes = in.x4 & ccaproto::kUnprotectedAttributes});
  return done();
}

CallResult Rmm::rtt_unmap_unprotected(Realm& realm, const Registers& in) {
  const int level = static_cast<int>(in.x3);
  realm.rtt.set(in.x2, level, {});
  return done({.x1 = realm.rtt.skip_non_live(in.x2, level)});
}

// ---- RIPAS ----------------------------------------------------------------------------------------------------------

// Goes on to the end of the range or of the table, whichever comes first, and tells how far it got.
CallResult Rmm::rtt_init_ripas(Realm& realm, const Registers& in) {
  const int level = realm.rtt.walk(in.x2, kPageLevel).level;
  const std::uint64_t bytes = ccaproto::rtt_entry_bytes(level), table = bytes * ccaproto::kRttEntries;
  const std::uint64_t end = std::min(in.x3, (in.x2 & ~(table - 1)) + table);
  std::uint64_t at = in.x2;
  for (; at + bytes <= end; at += bytes) {
    RttEntry entry = realm.rtt.walk(at, level).entry;
    if (entry.hipas != Hipas::kUnassigned) break;
    entry.ripas = Ripas::kRam;
    realm.rtt.set(at, level, entry);
    realm.rim.add_ripas(at, at + bytes);
  }
  return done({.x1 = at});
}

CallResult Rmm::rtt_set_ripas(Realm& realm, const Registers& in) {
  RipasChange& asked = recs_.at(in.x2).ripas;
  const int level = realm.rtt.walk(in.x3, kPageLevel).level;
  const std::uint64_t bytes = ccaproto::rtt_entry_bytes(level), table = bytes * ccaproto::kRttEntries;
  const std::uint64_t end = std::min(in.x4, (in.x3 & ~(table - 1)) + table);
  std::uint64_t at = in.x3;
  for (; at + bytes <= end; at += bytes) {
    RttEntry entry = realm.rtt.walk(at, level).entry;
    // Device memory is given up in this way, and taken in another.
    if (entry.hipas == Hipas::kTable || (entry.hipas == Hipas::kAssignedDev && asked.value != Ripas::kEmpty)) break;
    // What the host took away comes back only where the realm said that it knows.
    if (entry.ripas == Ripas::kDestroyed && asked.pending() && !asked.change_destroyed) break;
    entry.ripas = asked.value;
    realm.rtt.set(at, level, entry);
    if (entry.hipas == Hipas::kAssignedDev) give_up_device_page(realm, entry.pa);
  }
  if (at == in.x3) return fails(RmiStatus::kErrorRtt, static_cast<unsigned>(level));
  if (asked.pending()) asked.next = at;
  return done({.x1 = at});
}

}  // namespace cca
