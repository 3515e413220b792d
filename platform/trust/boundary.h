#pragma once
// Where two parties that distrust each other meet. Whatever one hands to the other is a Message and crosses a Boundary; whoever
// holds a position there may look at it, change it, keep it, or see that it never arrives. Parties of one trust domain call each
// other directly instead.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"

namespace trust {

struct Message {
  std::string object;                    // what a carrier can tell apart: "GHCB.CPUID", "SNP_GUEST_REQUEST"
  base::Bytes bytes;                     // as on the wire, byte order of the format
  const wire::Schema* schema = nullptr;  // the layout of `bytes`, where it is public
  bool reply = false;                    // from the callee back to the caller
};

class Boundary;

class Tap {
 public:
  virtual ~Tap() = default;
  // May change the message. False: the message never arrives.
  virtual bool cross(const Boundary& at, Message& message) = 0;
};

class Boundary {
 public:
  // `name` is the one scenarios use: "vm0.exit", "tsm0.call", "net vm0 -> owner".
  explicit Boundary(std::string name) : name_(std::move(name)) {}
  Boundary(const Boundary&) = delete;
  Boundary& operator=(const Boundary&) = delete;

  const std::string& name() const { return name_; }
  void attach(Tap& tap) { taps_.push_back(&tap); }

  // What arrives on the far side, or nothing.
  std::optional<Message> cross(Message message) const {
    for (Tap* tap : taps_)
      if (!tap->cross(*this, message)) return std::nullopt;
    return message;
  }

 private:
  std::string name_;
  std::vector<Tap*> taps_;
};

}  // namespace trust
