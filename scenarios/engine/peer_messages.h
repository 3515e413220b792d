#pragma once
// What a guest says over the network, as a carrier can tell it apart.
#include <string>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"

namespace engine {

struct PeerMessage {
  std::string object = "DATA";
  const wire::Schema* schema = nullptr;  // null: its layout is not public, or it has none
  bool at_work = false;                  // for what an owner does besides judging evidence
};

PeerMessage peer_message(const std::string& peer, const base::Bytes& bytes);

}  // namespace engine
