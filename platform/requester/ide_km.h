#pragma once
// An IDE_KM requester (PCIe 6.0, 6.33.3): keys one port's streams over an SPDM session. Messages are payloads for
// SendVendorDefined, from the protocol id on; answers are the payloads that come back.
//
// Each key is random and programmed once. The other end of the stream, a root port or a peer, is keyed by its owner
// with `mirror_keys`.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "platform/protocol/ide_km/ide_km.h"
#include "platform/requester/message.h"
#include "platform/trust/defence.h"

namespace requester {

// A key as the peer of the responder's port needs it.
struct MirrorKey {
  ide::SubStream sub_stream{};
  ide::Direction direction{};  // as the peer sees it
  unsigned key_set = 0;
  ide::Key key{};
  std::uint64_t ifv = ide::kFirstCounter;
  bool operator==(const MirrorKey&) const = default;
};

class IdeKm {
 public:
  struct Query {
    std::uint8_t port = 0;
  };
  // Six KEY_PROG with new keys.
  struct Program {
    std::uint8_t stream = 0;
    std::uint8_t port = 0;
    unsigned key_set = 0;
  };
  // Three K_SET_GO. Receivers go first, at both ends, and only then transmitters: a caller keys the peer between the
  // two. Transmit before receive is refused.
  struct Go {
    std::uint8_t stream = 0;
    std::uint8_t port = 0;
    unsigned key_set = 0;
    ide::Direction direction = ide::Direction::kReceive;
  };
  // Six K_SET_STOP.
  struct Stop {
    std::uint8_t stream = 0;
    std::uint8_t port = 0;
    unsigned key_set = 0;
  };
  using Goal = std::variant<Query, Program, Go, Stop>;

  IdeKm(Random random, trust::Defences& defences, std::string at);

  trust::Result<> start(const Goal& goal);
  std::optional<base::Bytes> next() const;
  trust::Result<Progress> receive(base::View payload);

  const std::optional<ide_km::QueryResp>& port() const { return port_; }  // from the last Query
  // Of the last Program, in the order of programming.
  const std::vector<MirrorKey>& mirror_keys() const { return mirror_keys_; }
  ide_km::Status last_status() const { return last_status_; }  // of the last KP_ACK

 private:
  struct KeySetName {
    std::uint8_t stream, port;
    unsigned key_set;
    auto operator<=>(const KeySetName&) const = default;
  };
  struct KeySetState {
    unsigned programmed = 0, receives = 0, transmits = 0;  // acknowledged so far
  };
  std::optional<trust::Refusal> compose(const Program& goal);
  std::optional<trust::Refusal> take(base::View payload);

  Random random_;
  trust::Defences& defences_;
  const std::string at_;
  std::optional<Goal> goal_{};
  std::size_t step_ = 0;
  std::vector<base::Bytes> messages_{};
  std::map<KeySetName, KeySetState> states_{};
  std::set<ide::Key> used_{};
  std::vector<MirrorKey> mirror_keys_{};
  std::optional<ide_km::QueryResp> port_{};
  ide_km::Status last_status_{};
};

}  // namespace requester
