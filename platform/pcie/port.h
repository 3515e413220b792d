#pragma once
// What a root port and an endpoint have in common at their end of a link: the IDE engine, the tags of requests under
// way, and the error bits. Requests complete before the call returns, or are taken as timed out.
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/pcie/function.h"
#include "platform/pcie/ide_port.h"

namespace pcie {

struct PortSettings {
  IdeSettings ide;
  unsigned tags = 32;  // requests that may be under way, at most 1024
};

struct Completion {
  Outcome outcome = Outcome::kTimeout;
  base::Bytes data;  // whole DW, of a read that succeeded
  tlp::RequesterId completer = 0;
};

class Port {
 public:
  Port(std::string at, ConfigSpace& config, trust::Defences& defences, const PortSettings& settings);
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void connect(std::function<void(base::View)> transmit) { transmit_ = std::move(transmit); }
  // Who is asked before that to take a packet in the clear as it is: Link::hand_down or hand_up.
  void connect_packets(std::function<bool(tlp::Tlp&)> hand) { hand_ = std::move(hand); }
  // Who is told that a stream is secure no more: it failed (the partner was sent a message), was reset or switched off.
  void on_insecure(std::function<void(ide::StreamId)> told) { told_ = std::move(told); }
  // Who is told besides that a check of the IDE engine failed.
  void on_check_failed(std::function<void()> told) { check_failed_ = std::move(told); }

  const std::string& at() const { return at_; }
  IdePort& ide() { return ide_; }
  std::size_t payload_max() const;

  // Sets the tag, sends, and waits. `trusted`: with a T bit.
  Completion request(tlp::Tlp packet, bool trusted);
  // `more`: another posted request follows at once.
  Outcome post(const tlp::Tlp& packet, bool trusted, bool more = false);
  // The same over this stream, or in the clear.
  Outcome post_over(std::optional<ide::StreamId> stream, const tlp::Tlp& packet, bool trusted);
  // Answers, by a completion or a message, as the request came: its stream, its T bit.
  void complete(const Arrived& request, tlp::Tlp completion);

  // Who stands behind this port is handed the requests that arrive.
  void on_request(std::function<void(const Arrived&)> taker) { taker_ = std::move(taker); }
  // Completions, engine messages and refused packets end here.
  void receive(base::View bytes) { take_in(ide_.receive(bytes)); }
  void receive_packet(tlp::Tlp& packet) { take_in(ide_.receive_clear(std::move(packet))); }

  void error(std::uint32_t aer_bits);  // also counts as reported to the function's device status
  // Tags and streams forgotten.
  void reset();
  void fail_streams(std::optional<ide::StreamId> only = std::nullopt);  // all that are secure, or that one if it is

 private:
  struct Tag {
    enum class State { kFree, kWaiting, kDone, kQuarantined } state = State::kFree;
    std::optional<ide::StreamId> stream;
    tlp::RequesterId requester = 0;
    std::size_t data_size = 0;
    Completion completion;
  };
  bool send(const tlp::Tlp& packet, bool trusted, std::optional<ide::StreamId> over = std::nullopt, bool more = false);
  // May take the packet over.
  bool send_by(IdeStream* stream, tlp::Tlp& packet, bool trusted);
  bool transmit(const trust::Result<Sealed>& sealed);
  void take_in(IdePort::Received received);
  void hand_over(Arrived& arrived);
  std::optional<std::uint16_t> free_tag() const;
  void take(Arrived& arrived);

  std::string at_;
  ConfigSpace& config_;
  trust::Defences& defences_;
  PortSettings settings_;
  IdePort ide_;
  unsigned aer_, pcie_;
  std::vector<Tag> tags_;
  std::function<void(base::View)> transmit_;
  std::function<bool(tlp::Tlp&)> hand_;
  std::function<void(const Arrived&)> taker_;
  std::function<void(ide::StreamId)> told_;
  std::function<void()> check_failed_;
};

}  // namespace pcie
