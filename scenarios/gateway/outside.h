#pragma once
// A responder that somebody else runs, for machines whose mailbox it stands behind: live over a socket, bounded in time
// and size and kept as it was said, or said again from a recording.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/gateway/emu_client.h"
#include "scenarios/gateway/recording.h"

namespace gateway {

// The answer to a data object, or nothing where the responder closed the connection instead, which is what SPDM
// responders do with what they drop. Throws base::UserError for everything else that is no answer.
using Talk = std::function<std::optional<base::Bytes>(std::uint64_t time, base::View object)>;

struct TalkLimits {
  // Of each step of one answer: connect, send, and three of reading. A guest waits for all five, and less than
  // fiber.silence_max.
  std::chrono::milliseconds patience{1'800};
  std::chrono::milliseconds all{120'000};  // of one conversation
  std::size_t objects_max = 10'000;        // of one conversation
  std::size_t object_bytes_max = 0x1200;   // what a mailbox holds
};

class LiveResponder {
 public:
  explicit LiveResponder(ClientSettings settings, TalkLimits limits = {});
  ~LiveResponder();

  // One peer at a time: the conversation before this one ends. Outlives what it gives.
  Talk begin();
  const std::vector<Conversation>& said() const { return said_; }

 private:
  std::optional<base::Bytes> ask(std::uint64_t time, base::View object);
  [[noreturn]] void fail(const std::string& what) const;

  ClientSettings settings_;
  TalkLimits limits_;
  std::unique_ptr<EmuClient> client_;
  std::chrono::steady_clock::time_point end_{};
  bool answered_ = false;  // in this conversation
  std::vector<Conversation> said_;
};

// The conversations of a recording in their order, for a run that asks the same.
class RecordedResponder {
 public:
  RecordedResponder(std::vector<Conversation> conversations, std::string file);
  Talk begin();

 private:
  std::vector<Conversation> conversations_;
  std::string file_;
  std::size_t begun_ = 0;
};

}  // namespace gateway
