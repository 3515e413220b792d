#include "platform/pcie/ide_stream.h"

#include "platform/base/check.h"
#include "platform/pcie/ide_rules.h"

namespace pcie {
namespace {

constexpr unsigned kHalfOfCounter = 128;

constexpr unsigned index_of(ide::SubStream s) { return static_cast<unsigned>(s); }

}  // namespace

bool IdeStream::program(const KeySlot& slot, const ide::Key& key) {
  if (failed_) wipe();
  Slot& place = slot_of(slot);
  const unsigned set = slot.set & 1, s = index_of(slot.sub_stream);
  const bool receive = slot.direction == ide::Direction::kReceive;
  const bool over = receive && ended_[set];  // nothing comes under it any more
  if (place.state == State::kActive && !over) return false;
  if (over) receive_set_[s] = 1 - set;
  place = {.state = State::kProgrammed};
  if (receive) place.opener.emplace(key, settings_.cipher_path);
  else place.sealer.emplace(key, settings_.cipher_path);
  return true;
}

void IdeStream::go(const KeySlot& slot) {
  Slot& place = slot_of(slot);
  if (place.state == State::kEmpty) return;
  const unsigned s = index_of(slot.sub_stream);
  place.state = State::kActive;
  ended_[slot.set & 1] = false;
  if (slot.direction == ide::Direction::kReceive) {
    if (!receiving_[s]) receive_set_[s] = slot.set & 1;
    receiving_[s] = true;
    return;
  }
  const unsigned old = transmit_set_[s];
  transmit_set_[s] = slot.set & 1;
  if (old == transmit_set_[s]) return;
  slot_of({old, slot.direction, slot.sub_stream}) = {};
  if (settled_on(slot.set & 1)) ended_[old] = true;
}

// Both directions have been told to use this set, so whoever manages the keys has let the old traffic run out.
bool IdeStream::settled_on(unsigned set) const {
  for (unsigned s = 0; s < ide::kSubStreams; ++s) {
    const KeySlot receive{set, ide::Direction::kReceive, static_cast<ide::SubStream>(s)};
    if (transmit_set_[s] != set || slot_of(receive).state != State::kActive) return false;
  }
  return true;
}

void IdeStream::stop(const KeySlot& slot) {
  Slot& place = slot_of(slot);
  const unsigned s = index_of(slot.sub_stream);
  const bool receive = slot.direction == ide::Direction::kReceive;
  const bool in_use = place.state == State::kActive && (receive ? receive_set_[s] : transmit_set_[s]) == (slot.set & 1);
  place = {};
  if (in_use && receive) receiving_[s] = false;
  if (has_keys() || failed_) return;
  wipe();  // counts of packets that went before are nothing to whoever comes next
}

bool IdeStream::has_keys() const {
  for (const auto& set : slots_)
    for (const auto& direction : set)
      for (const auto& slot : direction)
        if (slot.state != State::kEmpty) return true;
  return false;
}

ide::StreamState IdeStream::state() const {
  if (!control_.enabled || failed_) return ide::StreamState::kInsecure;
  for (unsigned s = 0; s < ide::kSubStreams; ++s) {
    const auto sub = static_cast<ide::SubStream>(s);
    const bool sends = slot_of({transmit_set_[s], ide::Direction::kTransmit, sub}).state == State::kActive;
    const bool receives = slot_of({0, ide::Direction::kReceive, sub}).state == State::kActive ||
                          slot_of({1, ide::Direction::kReceive, sub}).state == State::kActive;
    if (!sends || !receives) return ide::StreamState::kInsecure;
  }
  return ide::StreamState::kSecure;
}

void IdeStream::wipe() {
  for (auto& set : slots_)
    for (auto& direction : set)
      for (auto& slot : direction) slot = {};
  transmit_set_ = receive_set_ = sent_ = received_ = {};
  receiving_ = {};
  ended_ = {};
  for (auto& unit : units_) unit.clear();
  failed_ = false;
}

Sealed IdeStream::seal(const tlp::Tlp& packet, bool trusted, bool more) {
  Sealed out;
  const bool due = sent_[1] + 1 >= settings_.sync_after || sent_[2] + 1 >= settings_.sync_after;
  const bool posted = packet.flow() == tlp::Flow::kPosted;
  const bool behind = settings_.sync_first && !posted && sent_[index_of(ide::sub_stream_of(packet))] > 0;
  if ((posted && due) || behind) out = seal_sync(packet.requester, trusted);
  out.add(seal_one(packet, trusted, more));
  return out;
}

// The sync is a posted request itself, and says so.
Sealed IdeStream::seal_sync(tlp::RequesterId requester, bool trusted) {
  if (settings_.escort) return {};
  auto sync = ide::sync_message(requester, id(), static_cast<std::uint8_t>(sent_[1] + 1),
                                static_cast<std::uint8_t>(sent_[2] + 1));
  Sealed out;
  out.add(seal_one(sync, trusted, false));
  sent_[1] = sent_[2] = 0;
  return out;
}

base::Bytes IdeStream::seal_one(const tlp::Tlp& packet, bool trusted, bool more) {
  const auto sub = ide::sub_stream_of(packet);
  const unsigned s = index_of(sub);
  Slot& slot = slot_of({transmit_set_[s], ide::Direction::kTransmit, sub});
  base::check(slot.state == State::kActive, "a secure stream has keys to send with");
  std::uint8_t pr_sent = 0;
  if (sub == ide::SubStream::kPosted) {
    ++sent_[1];
    ++sent_[2];
  } else {
    pr_sent = static_cast<std::uint8_t>(sent_[s]);
    if (!settings_.escort) sent_[s] = 0;
  }
  auto prefix = ide::prefix_of(id(), sub, transmit_set_[s], trusted, pr_sent);
  if (more && slot.sealer->under_way() + 1 < control_.unit_max[s])
    prefix.flags = static_cast<std::uint8_t>(prefix.flags & ~ide::kFlagMac);
  if (control_.pcrc && packet.has_data()) prefix.flags |= ide::kFlagPcrc;
  return slot.sealer->seal(prefix, packet);
}

// What an honest sender says went before a read or a completion has arrived.
bool IdeStream::behind_posted(const ide::Packet& packet) const {
  if (packet.prefix.sub_stream() == ide::SubStream::kPosted) return true;
  const unsigned count = received_[packet.prefix.sub_stream_bits()], said = packet.prefix.pr_sent_counter;
  return settings_.escort ? ((count - said) & 0xff) < kHalfOfCounter : count >= said;
}

trust::Result<> IdeStream::open(ide::Packet packet, base::View bytes, std::vector<Opened>& out) {
  const auto sub = packet.prefix.sub_stream();
  const unsigned bits = packet.prefix.sub_stream_bits(), set = packet.prefix.key_set();
  // Not policy: without such a sub-stream, or a key for it, there is nothing to open the packet with.
  if (bits >= ide::kSubStreams || slot_of({set, ide::Direction::kReceive, sub}).state != State::kActive) {
    defences_.refuse_unless(kOpenRules[3].defence, false, at_);
    fail();
    return trust::Refusal{&kOpenRules[3].defence};
  }
  auto& unit = units_[bits];
  const UnitCase piece{.packet = packet,
                       .first = unit.empty() ? nullptr : &unit.front(),
                       .packets = unit.size() + 1,
                       .packets_max = control_.unit_max[bits]};
  if (!all_hold<kUnitRules>(piece)) {
    if (auto no = defences_.first_refusal<UnitCase>(kUnitRules, piece, at_)) {
      fail();
      return *no;
    }
  }
  const bool ends = packet.has_mac();
  if (unit.empty() && ends) return open_unit({&packet, 1}, ide::head_of(packet, bytes), out);
  unit.push_back(std::move(packet));
  if (!ends) return trust::ok();
  auto done = open_unit(unit, {}, out);
  unit.clear();
  return done;
}

// A refusal speaks of the packets as they came; the rules look at headers, which sealing leaves alone.
trust::Result<> IdeStream::open_unit(std::span<ide::Packet> unit, base::View head, std::vector<Opened>& out) {
  const auto sub = unit.front().prefix.sub_stream();
  const unsigned set = unit.front().prefix.key_set();
  ide::Opener& opener = *slot_of({set, ide::Direction::kReceive, sub}).opener;
  std::uint64_t found = 0;
  const bool fits = opener.open(unit, head, &found);
  for (ide::Packet& one : unit) {
    const OpenCase c{.packet = one,
                     .failed = failed_,
                     .tee_limited = control_.tee_limited,
                     .set_ended = ended_[set],
                     .mac_fits = fits,
                     .counter_next = found == opener.counter(),
                     .behind_posted = behind_posted(one),
                     .escort = settings_.escort,
                     .flush = settings_.flush_on_rekey};
    if (all_hold<kOpenRules>(c)) continue;
    if (auto no = defences_.first_refusal<OpenCase>(kOpenRules, c, at_)) {
      fail();
      return *no;
    }
  }
  opener.passed(found);
  moved_to(set, sub);
  for (ide::Packet& one : unit) {
    account(one);
    const bool pcrc_fits =
        !control_.pcrc || !one.tlp.has_data() || (one.has_pcrc() && one.pcrc == ide::pcrc_of(one.tlp));
    out.push_back({std::move(one.tlp), one.prefix.trusted(), pcrc_fits});
  }
  return trust::ok();
}

// The first packet under a new set ends the old one for its sub-stream.
void IdeStream::moved_to(unsigned set, ide::SubStream sub) {
  const unsigned s = index_of(sub);
  if (receive_set_[s] == set) return;
  slot_of({receive_set_[s], ide::Direction::kReceive, sub}) = {};
  ended_[receive_set_[s]] = true;
  receive_set_[s] = set;
}

void IdeStream::account(const ide::Packet& packet) {
  if (packet.prefix.sub_stream() != ide::SubStream::kPosted) {
    unsigned& count = received_[packet.prefix.sub_stream_bits()];
    const unsigned said = packet.prefix.pr_sent_counter;
    if (!settings_.escort) count -= said < count ? said : count;
    return;
  }
  ++received_[1];
  ++received_[2];
  auto message = ide::message_of(packet.tlp);
  if (settings_.escort || !message || message->kind != ide::MessageKind::kSync) return;
  received_[1] -= message->pr_sent_npr < received_[1] ? message->pr_sent_npr : received_[1];
  received_[2] -= message->pr_sent_cpl < received_[2] ? message->pr_sent_cpl : received_[2];
}

}  // namespace pcie
