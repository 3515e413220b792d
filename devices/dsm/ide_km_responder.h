#pragma once
// The device's side of IDE key management (PCIe 6.1, 6.33.3): answers QUERY, KEY_PROG, K_SET_GO and K_SET_STOP, and
// drives the IDE engine of the device's one port (index 0) by them. Promises to know of each key which session brought
// it, and to keep no key longer than that session.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/pcie/ide_port.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/trust/defence.h"

namespace dsm {

using SessionId = std::uint32_t;
inline constexpr SessionId kNoSession = 0;  // outside any secure session

class IdeKmResponder {
 public:
  // `config` of the function that has the IDE capability; `id` of that function as its bus has numbered it.
  IdeKmResponder(std::string at, trust::Defences& defences, pcie::IdePort& port, const pcie::ConfigSpace& config,
                 std::function<tlp::RequesterId()> id);
  IdeKmResponder(const IdeKmResponder&) = delete;
  IdeKmResponder& operator=(const IdeKmResponder&) = delete;

  // Payload in, payload out, protocol id included. Nothing: dropped without an answer.
  std::optional<base::Bytes> answer(SessionId session, base::View payload);
  // Its keys are erased, and the streams that used them are insecure.
  void session_ended(SessionId session);
  // The port has been reset: nothing is owned.
  void reset();
  // The index that requests name the port by; the highest one too.
  void set_port_index(std::uint8_t index) { port_index_ = index; }
  // Told when key management itself makes a secure stream insecure.
  void on_insecure(std::function<void(ide::StreamId)> told) { told_ = std::move(told); }

  // One key set of the stream is whole. By a session: and all keys of the stream are that session's.
  bool keyed(ide::StreamId stream) const;
  bool keyed_by(ide::StreamId stream, SessionId session) const;
  // Who brought the first key of a stream.
  std::optional<SessionId> owner(ide::StreamId stream) const;

 private:
  struct Block {
    SessionId owner = kNoSession;
    SessionId brought_by[2][2][ide::kSubStreams] = {};  // key set, direction, sub-stream
  };
  std::optional<base::Bytes> query(SessionId session, base::View payload);
  std::optional<base::Bytes> key_prog(SessionId session, base::View payload);
  template <class Request>
  std::optional<base::Bytes> go_or_stop(SessionId session, base::View payload);
  bool may(SessionId session, std::optional<unsigned> block);
  std::optional<unsigned> block_of(ide::StreamId stream) const;
  void became(unsigned block, bool was_secure);

  std::string at_;
  trust::Defences& defences_;
  pcie::IdePort& port_;
  const pcie::ConfigSpace& config_;
  unsigned offset_;
  std::uint8_t port_index_ = 0;
  std::function<tlp::RequesterId()> id_;
  std::vector<Block> blocks_;
  std::function<void(ide::StreamId)> told_;
};

}  // namespace dsm
