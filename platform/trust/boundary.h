#pragma once
// Where two parties that distrust each other meet. Whatever one hands to the other is a Message and crosses a Boundary; whoever
// holds a position there may look at it, change it, keep it, or see that it never arrives. Parties of one trust domain call each
// other directly instead.
//
// A boundary may know its far side: the party that takes a message and answers it. Then a message can also be delivered outside of
// anybody's crossing: injected, twice, late, or across another boundary of the same kind. Whoever delivers so gets the answer.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/base/check.h"
#include "platform/wire/schema.h"

namespace trust {

class Boundary;

struct Message {
  std::string object;                    // what a carrier can tell apart: "GHCB.CPUID", "SNP_GUEST_REQUEST"
  base::Bytes bytes;                     // as on the wire, byte order of the format
  const wire::Schema* schema = nullptr;  // the layout of `bytes`, where it is public
  bool reply = false;                    // from the callee back to the caller
  const Boundary* to = nullptr;          // carried to the far side of this one instead; set by whoever redirects
};

class Tap {
 public:
  virtual ~Tap() = default;
  // May change the message. False: the message never arrives.
  virtual bool cross(const Boundary& at, Message& message) = 0;
};

class Boundary {
 public:
  // Does what the message says, and answers; nothing where it gives no answer.
  using Party = std::function<std::optional<Message>(const Message&)>;
  // Lets simulated time pass (picoseconds) for whoever waits for the message under way.
  using Wait = std::function<void(std::uint64_t)>;

  // `name` is the one scenarios use: "vm0.exit", "tsm0.call", "net vm0 -> owner".
  explicit Boundary(std::string name) : name_(std::move(name)) {}
  Boundary(const Boundary&) = delete;
  Boundary& operator=(const Boundary&) = delete;

  const std::string& name() const { return name_; }
  void attach(Tap& tap) { taps_.push_back(&tap); }
  void leads_to(Party party) { party_ = std::move(party); }
  void waits_by(Wait wait) { wait_ = std::move(wait); }
  bool delivers() const { return static_cast<bool>(party_); }
  bool can_wait() const { return static_cast<bool>(wait_); }

  // What arrives on the far side, or nothing. Who calls this carries it there, or to where the message says, with `deliver`.
  std::optional<Message> cross(Message message) const {
    for (Tap* tap : taps_)
      if (!tap->cross(*this, message)) return std::nullopt;
    return message;
  }

  // Hands a message to its far side, past every tap.
  std::optional<Message> deliver(const Message& message) const {
    const Boundary& where = message.to ? *message.to : *this;
    base::check(where.delivers(), "a boundary that is delivered to has a far side");
    return where.party_(message);
  }

  void wait(std::uint64_t picoseconds) const {
    base::check(can_wait(), "a boundary where a message is delayed knows how to wait");
    wait_(picoseconds);
  }

 private:
  std::string name_;
  std::vector<Tap*> taps_;
  Party party_;
  Wait wait_;
};

}  // namespace trust
