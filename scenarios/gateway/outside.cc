#include "scenarios/gateway/outside.h"

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "platform/protocol/doe/data_object.h"

namespace gateway {

LiveResponder::LiveResponder(ClientSettings settings, TalkLimits limits)
    : settings_(std::move(settings)), limits_(limits) {
  settings_.patience = limits_.patience;
}

// Some responders end when a peer just goes away.
LiveResponder::~LiveResponder() {
  if (client_) client_->leave(false);
}

void LiveResponder::fail(const std::string& what) const {
  throw base::UserError(fmt::format("the responder at {}:{}: {}", settings_.host, settings_.port, what));
}

Talk LiveResponder::begin() {
  if (client_) client_->leave(false);
  client_ = std::make_unique<EmuClient>(settings_);
  said_.emplace_back();
  answered_ = false;
  end_ = std::chrono::steady_clock::now() + limits_.all;
  return [this](std::uint64_t time, base::View object) { return ask(time, object); };
}

std::optional<base::Bytes> LiveResponder::ask(std::uint64_t time, base::View object) {
  Conversation& said = said_.back();
  if (said.size() == limits_.objects_max)
    fail(fmt::format("more than {} objects in one conversation", limits_.objects_max));
  if (std::chrono::steady_clock::now() > end_)
    fail(fmt::format("one conversation takes longer than {} s", limits_.all.count() / 1000));
  auto answer = client_->exchange(object);
  if (!answer && !(client_->closed() && answered_)) fail(client_->why());
  if (answer && answer->size() > limits_.object_bytes_max)
    fail(fmt::format("an object of {} bytes, and a mailbox holds {}", answer->size(), limits_.object_bytes_max));
  if (answer && !doe::decode_object(*answer))
    fail(fmt::format("what it answers, {} bytes, is no data object", answer->size()));
  answered_ = true;
  said.push_back({time, base::bytes_of(object), answer});
  return answer;
}

RecordedResponder::RecordedResponder(std::vector<Conversation> conversations, std::string file)
    : conversations_(std::move(conversations)), file_(std::move(file)) {}

Talk RecordedResponder::begin() {
  if (begun_ == conversations_.size())
    throw base::UserError(fmt::format("{}: {} conversations were recorded, and the run begins another", file_, begun_));
  const std::size_t which = begun_++;
  return [this, which, next = std::size_t{0}](std::uint64_t, base::View object) mutable {
    const auto& said = conversations_[which];
    if (next == said.size())
      throw base::UserError(
          fmt::format("{}: conversation {} ends after {} objects, and the run sends another", file_, which + 1, next));
    const Exchange& exchange = said[next++];
    if (exchange.object != base::bytes_of(object))
      throw base::UserError(
          fmt::format("{}: object {} of conversation {} is not what the run sends: it was recorded with "
                      "another seed, scenario or machine",
                      file_, next, which + 1));
    return exchange.answer;
  };
}

}  // namespace gateway
