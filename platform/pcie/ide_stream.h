#pragma once
// One IDE stream, selective or of a link, as one port sees it: six keys in two sets, a counter for each, the
// counts of posted requests that keep reads and completions behind them. Seals what leaves, opens what arrives, and fails
// closed: after the first refusal the stream is insecure until it is keyed anew (PCIe 6.0, 6.33).
//
// Published errata of the protocol are settings: a port that has their remedies, or one that does not.
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/crypto/aead.h"
#include "platform/protocol/ide/ide.h"
#include "platform/trust/defence.h"

namespace pcie {

struct IdeSettings {
  // CVE-2025-9612: a read that overtakes a posted request and the sync after it goes unnoticed. convention for the
  // remedy: non-posted requests and completions carry the count of all posted requests so far, modulo 256, and syncs
  // are not needed.
  bool escort = true;
  // CVE-2025-9613: a completion that was held until its tag was used again. See port.h.
  bool quarantine_tags = true;
  // CVE-2025-9614: a posted request that was held until its stream was keyed anew for somebody else. convention for
  // the remedy: the old set ends for all sub-streams once the port has been told to use the new one both ways; whoever
  // manages the keys lets the traffic stand still meanwhile. Without it each sub-stream's old key ends with its own
  // first packet under the new one.
  bool flush_on_rekey = true;
  // Posted requests after which a sender without `escort` sends a sync; at most 255.
  unsigned sync_after = ide::kPrSentCounterMax;
  // Such a sender also sends one before each read and each completion that posted requests went before.
  bool sync_first = false;
  crypto::GcmPath cipher_path = crypto::GcmPath::kFastest;  // who computes; changes no byte
};

// Which of the twelve keys.
struct KeySlot {
  unsigned set = 0;
  ide::Direction direction{};
  ide::SubStream sub_stream{};
};

// What a stream's control register says.
struct StreamControl {
  bool enabled = false;
  ide::StreamId id = 0;
  bool tee_limited = false;
  bool pcrc = false;
  std::array<unsigned, ide::kSubStreams> unit_max{1, 1, 1};  // packets under one MAC, by sub-stream
};

// A packet that has been opened, or came in the clear.
struct Opened {
  tlp::Tlp packet;
  bool trusted = false;
  bool pcrc_fits = true;
};

// What goes onto the link: a packet, behind a sync when one is due.
class Sealed {
 public:
  void add(base::Bytes bytes) { packets_[count_++] = std::move(bytes); }
  const base::Bytes* begin() const { return packets_.data(); }
  const base::Bytes* end() const { return packets_.data() + count_; }

 private:
  std::array<base::Bytes, 2> packets_;
  std::size_t count_ = 0;
};

class IdeStream {
 public:
  IdeStream(std::string at, trust::Defences& defences, const IdeSettings& settings)
      : at_(std::move(at)), defences_(defences), settings_(settings) {}
  IdeStream(const IdeStream&) = delete;
  IdeStream& operator=(const IdeStream&) = delete;

  // Key management. A slot in use takes no key: false. The first key after a failure starts from nothing.
  bool program(const KeySlot& slot, const ide::Key& key);
  // From now on: a receiver accepts this set, a transmitter uses it for its next packet. Without a key, nothing.
  void go(const KeySlot& slot);
  void stop(const KeySlot& slot);
  bool has_key(const KeySlot& slot) const { return slot_of(slot).state != State::kEmpty; }

  void configure(const StreamControl& control) { control_ = control; }
  bool enabled() const { return control_.enabled; }
  ide::StreamId id() const { return control_.id; }
  const StreamControl& control() const { return control_; }
  // Secure: enabled, and all three sub-streams both ways have a key that goes.
  ide::StreamState state() const;
  bool secure() const { return state() == ide::StreamState::kSecure; }
  bool failed() const { return failed_; }

  // Insecure from now on.
  void fail() { failed_ = true; }
  // Everything forgotten, as any reset of the port does.
  void wipe();

  bool has_keys() const;
  unsigned transmit_set(ide::SubStream sub_stream) const { return transmit_set_[static_cast<unsigned>(sub_stream)]; }

  // The stream is secure. `more`: the next packet of this sub-stream follows at once, so that they may share a MAC; a
  // sync between them ends their unit.
  Sealed seal(const tlp::Tlp& packet, bool trusted, bool more = false);
  // A sync by itself, as a sender may send one at any time. Nothing with `escort`.
  Sealed seal_sync(tlp::RequesterId requester, bool trusted);
  // Appends what this packet releases: itself and those of its unit when it carries the MAC, else nothing yet.
  // `bytes` are those that it was read from.
  trust::Result<> open(ide::Packet packet, base::View bytes, std::vector<Opened>& out);

 private:
  enum class State { kEmpty, kProgrammed, kActive };
  struct Slot {
    State state = State::kEmpty;
    std::optional<ide::Sealer> sealer{};
    std::optional<ide::Opener> opener{};
  };
  Slot& slot_of(const KeySlot& slot) {
    return slots_[slot.set & 1][static_cast<unsigned>(slot.direction)][static_cast<unsigned>(slot.sub_stream)];
  }
  const Slot& slot_of(const KeySlot& slot) const { return const_cast<IdeStream*>(this)->slot_of(slot); }
  base::Bytes seal_one(const tlp::Tlp& packet, bool trusted, bool more);
  bool settled_on(unsigned set) const;
  void moved_to(unsigned set, ide::SubStream sub_stream);
  trust::Result<> open_unit(std::span<ide::Packet> unit, base::View head, std::vector<Opened>& out);
  void account(const ide::Packet& packet);
  bool behind_posted(const ide::Packet& packet) const;

  std::string at_;
  trust::Defences& defences_;
  IdeSettings settings_;
  StreamControl control_;
  bool failed_ = false;
  Slot slots_[2][2][ide::kSubStreams];
  std::array<unsigned, ide::kSubStreams> transmit_set_{}, receive_set_{};
  std::array<bool, ide::kSubStreams> receiving_{};      // the receive set is settled
  std::array<bool, 2> ended_{};                         // a key set that a later one has taken over from
  std::array<unsigned, ide::kSubStreams> sent_{};       // posted requests since the sub-stream's last packet, or in all
  std::array<unsigned, ide::kSubStreams> received_{};   // the same at the receiver
  std::array<std::vector<ide::Packet>, ide::kSubStreams> units_;  // packets that wait for their MAC
};

}  // namespace pcie
