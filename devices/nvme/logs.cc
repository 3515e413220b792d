// Log pages, events and what ends their waiting (NVM Express Base 1.4, 5.1, 5.2 and 5.14).
#include <algorithm>
#include <cstdio>

#include "devices/nvme/controller.h"

namespace nvme {
namespace {

constexpr std::size_t kEventsMax = 8;  // nobody heard of yet; later ones are lost
constexpr std::uint32_t kAllNamespaces = 0xffff'ffff;
constexpr std::uint16_t kOfNoCommand = 0xffff;
constexpr std::uint16_t kRoomTemperature = 298;

HealthLog::Number thousands_of(std::uint64_t blocks) { return {(blocks + 999) / 1000, 0}; }

}  // namespace

Controller::Done Controller::log_page(const Command& command) {
  const auto page = static_cast<LogPage>(command.dword10);
  const std::uint64_t size = 4 * ((std::uint64_t{command.dword11 & 0xffff} << 16 | command.dword10 >> 16) + 1);
  const std::uint64_t offset = std::uint64_t{command.dword13} << 32 | command.dword12;
  if (size > kTransferMax || offset % 4 != 0) return {Status::kInvalidField};
  base::Bytes data;
  switch (page) {
    case LogPage::kErrors: data = wire::encode(error_); break;
    case LogPage::kHealth:
      if (command.namespace_id != 0 && command.namespace_id != kAllNamespaces) return {Status::kInvalidField};
      data = wire::encode(health());
      break;
    case LogPage::kFirmware: data = wire::encode(FirmwareLog{.revision = firmware_revision()}); break;
    default: return {Status::kInvalidLogPage};
  }
  if (offset >= data.size()) return {Status::kInvalidField};
  const base::View rest = base::View(data).subspan(offset);
  const Done done{give(command, rest.first(std::min<std::uint64_t>(size, rest.size())))};
  // Whoever has read the page may hear of the next event.
  if (done.status != Status::kSuccess || command.dword10 & kRetainEvent) return done;
  if (page == LogPage::kErrors) told_.erase(EventType::kError);
  if (page == LogPage::kHealth) told_.erase(EventType::kHealth);
  return done;
}

HealthLog Controller::health() const {
  const bool hot = kRoomTemperature >= feature(Feature::kTemperature);
  const bool cold = kRoomTemperature <= feature(Feature::kTemperature, kSideUnder);
  return {.warning = hot || cold ? kWarnTemperature : std::uint8_t{0},
          .temperature = kRoomTemperature,
          .spare = 100,
          .units_read = thousands_of(use_.blocks_read),
          .units_written = thousands_of(use_.blocks_written),
          .reads = {use_.reads, 0},
          .writes = {use_.writes, 0},
          .errors = {errors_, 0}};
}

// Eight digits, just what there is room for.
std::array<std::uint8_t, 8> Controller::firmware_revision() const {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", version_);
  std::array<std::uint8_t, 8> out;
  std::copy_n(text, out.size(), out.begin());
  return out;
}

Controller::Done Controller::wait_for_event(const Command& command) {
  if (waiting_.size() == kEventRequestsMax) return {Status::kEventLimitExceeded};
  waiting_.push_back(command);
  return {.held = true};
}

void Controller::misused(const Event& event, std::uint16_t queue) {
  error_ = {.count = ++errors_,
            .submission_queue = queue,
            .command_id = kOfNoCommand,
            .status = kOfNoCommand,
            .location = kOfNoCommand};
  happened(event);
}

void Controller::happened(const Event& event) {
  if (events_.size() < kEventsMax) events_.push_back(event);
}

// The first of a type that the driver is not still to read about.
std::optional<Event> Controller::next_event() const {
  if (!works() || waiting_.empty() || queues_.completion.at(0).full()) return std::nullopt;
  const auto untold = [&](const Event& event) { return !told_.contains(event.type); };
  const auto found = std::find_if(events_.begin(), events_.end(), untold);
  return found == events_.end() ? std::nullopt : std::optional(*found);
}

void Controller::tell(const Event& event) {
  const Command request = waiting_.front();
  waiting_.pop_front();
  events_.erase(std::find_if(events_.begin(), events_.end(), [&](const Event& e) { return e.type == event.type; }));
  told_.insert(event.type);
  complete(0, request, {Status::kSuccess, event.word()});
}

// Only a request for an event is ever under way when another command is looked at. Bit 0 of the result: not aborted.
Controller::Done Controller::abort(const Command& command) {
  const auto queue = static_cast<std::uint16_t>(command.dword10);
  const auto id = static_cast<std::uint16_t>(command.dword10 >> 16);
  if (!queues_.submission.contains(queue)) return {Status::kInvalidField};
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Command& c) { return c.command_id == id; });
  const bool room = queues_.completion.at(0).room() >= 2;  // for the aborted command and for this one
  if (queue != 0 || found == waiting_.end() || !room) return {Status::kSuccess, 1};
  const Command aborted = *found;
  waiting_.erase(found);
  complete(0, aborted, {Status::kAbortRequested});
  return {};
}

}  // namespace nvme
