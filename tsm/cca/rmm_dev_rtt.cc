// Device memory in a realm's space, and what of the realm its devices reach.
#include "tsm/cca/da_rules.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

constexpr std::uint64_t kPage = ccaproto::kGranule;
constexpr int kPageLevel = ccaproto::kRttPageLevel;

}  // namespace

// X2: the VDEV, X3 and X4: the realm's addresses, X6: which pages. Goes on while the next page is as the first had to be, and tells how
// far it got. Nothing of it is the realm's yet.
CallResult Rmm::rtt_dev_map(Realm& realm, const Registers& in) {
  const Vdev& vdev = vdevs_.at(in.x2);
  tio::MmioTable& mmio = *pdev_of(vdev).mmio;
  std::uint64_t pa = ccaproto::range_base(in.x6), at = in.x3;
  for (std::uint64_t left = ccaproto::range_count(in.x6); left != 0 && at < in.x4; --left, at += kPage, pa += kPage) {
    const auto [level, entry] = realm.rtt.walk(at, kPageLevel);
    const bool first = at == in.x3;  // the rows have asked about it
    if (level != kPageLevel || (!first && (entry.hipas != Hipas::kUnassigned || !vdev.has(pa) || granules_.at(pa).state != GranuleState::kDelegated))) break;
    granules_.use(pa, GranuleState::kDevMapped, realm.rd);
    realm.rtt.set(at, kPageLevel, {.hipas = Hipas::kAssignedDev, .ripas = entry.ripas, .pa = pa});
    mmio.freeze(pa, false);
    (void)mmio.assign(pa, realm.vmid, at);
    mmio.freeze(pa, true);
  }
  return done({.x1 = at});
}

// X2 and X3: the realm's addresses.
CallResult Rmm::rtt_dev_unmap(Realm& realm, const Registers& in) {
  const std::uint64_t first = realm.rtt.walk(in.x2, kPageLevel).entry.pa;
  std::uint64_t at = in.x2;
  for (; at < in.x3; at += kPage) {
    const auto [level, entry] = realm.rtt.walk(at, kPageLevel);
    if (level != kPageLevel || entry.hipas != Hipas::kAssignedDev || entry.pa != first + (at - in.x2)) break;
    realm.rtt.set(at, kPageLevel, {.hipas = Hipas::kUnassigned, .ripas = entry.ripas == Ripas::kEmpty ? Ripas::kEmpty : Ripas::kDestroyed});
    for (const Card& card : cards_) {
      if (card.mmio->page(entry.pa).owner != realm.vmid) continue;
      card.mmio->freeze(entry.pa, false);
      (void)card.mmio->assign(entry.pa, 0, 0);
    }
    if (granules_.at(entry.pa).state == GranuleState::kDevMapped) granules_.use(entry.pa, GranuleState::kDelegated, 0);
  }
  return done({.x1 = at, .x2 = in.x4 == ccaproto::kAddressSingle ? ccaproto::address_range(first, (at - in.x2) / kPage) : 0});
}

// X3 and X4: as much of what the realm asked for as the host has made ready.
CallResult Rmm::rtt_dev_validate(Realm& realm, const Registers& in) {
  DevMem& asked = recs_.at(in.x2).dev_mem;
  std::uint64_t at = in.x3, pa = asked.pa;
  for (; at < in.x4; at += kPage, pa += kPage) {
    auto [level, entry] = realm.rtt.walk(at, kPageLevel);
    const bool first = at == in.x3;
    if (level != kPageLevel || (!first && (entry.hipas != Hipas::kAssignedDev || entry.ripas != Ripas::kEmpty || entry.pa != pa))) break;
    entry.ripas = Ripas::kDev;
    realm.rtt.set(at, kPageLevel, entry);
    for (const Card& card : cards_)
      if (card.mmio->page(entry.pa).owner == realm.vmid) card.mmio->validate(entry.pa, true);
  }
  asked.next = at, asked.pa = pa;
  return done({.x1 = at});
}

void Rmm::give_up_device_page(const Realm& realm, std::uint64_t pa) {
  for (const Card& card : cards_)
    if (card.mmio->page(pa).owner == realm.vmid) card.mmio->validate(pa, false);
}

// ---- the SMMU -------------------------------------------------------------------------------------------------------

// A trusted request of a device that acts for the realm. An address that the device brings as translated is looked up in the device
// permission table, by the realm that its stream is for; any other leads where the realm's tables say, whoever looked it up before.
trust::Result<> Rmm::check_device(const memory::Access& access, const Rec& rec) const {
  const std::uint64_t page = access.spa & ~(kPage - 1);
  if (access.by_address) {
    const Granule granule = granules_.at(page);
    if (auto no = defences_.refuse_unless(kDptOwner, granule.state == GranuleState::kData && granule.owner == rec.rd, "smmu0")) return *no;
    return trust::ok();
  }
  const Realm* mine = realm(rec.rd);
  const bool leads_there = mine && device_ram(*mine, access.gpa & ~(kPage - 1)) == page;
  if (auto no = defences_.refuse_unless(kSmmuStage2, leads_there, "smmu0")) return *no;
  return trust::ok();
}

// In the protected half, and else in the other one; what the host says is only compared.
std::optional<std::uint64_t> Rmm::device_page(std::uint64_t rd, std::uint64_t ipa, std::optional<std::uint64_t> host_says) const {
  const Realm* mine = realm(rd);
  if (!mine || !mine->rtt.is_protected(ipa)) return std::nullopt;
  auto truth = device_ram(*mine, ipa);
  if (!truth) {
    const std::uint64_t other = ipa | mine->rtt.unprotected_bit();
    const auto [level, entry] = mine->rtt.walk(other, kPageLevel);
    if (entry.hipas == Hipas::kAssigned) truth = entry.pa + other % ccaproto::rtt_entry_bytes(level);
  }
  if (!host_says || host_says == truth || defences_.refuse_unless(kSmmuStage2, false, "smmu0")) return truth;
  return host_says;
}

std::optional<std::uint64_t> Rmm::device_ram(const Realm& realm, std::uint64_t ipa) {
  if (!realm.rtt.contains(ipa)) return std::nullopt;
  const auto [level, entry] = realm.rtt.walk(ipa, kPageLevel);
  if (entry.hipas != Hipas::kAssigned || entry.ripas != Ripas::kRam) return std::nullopt;
  return entry.pa + ipa % ccaproto::rtt_entry_bytes(level);
}

}  // namespace cca
