// Set and Get Features (NVM Express Base 1.4, 5.13 and 5.21). None is kept over a controller reset.
#include <algorithm>

#include "devices/nvme/controller.h"
#include "platform/protocol/nvme/features.h"

namespace nvme {
namespace {

constexpr std::uint32_t kNamespace = 1, kAllNamespaces = 0xffff'ffff;
constexpr std::uint32_t kQueues = (kIoQueuesMax - 1) << 16 | (kIoQueuesMax - 1);

// What a feature is after a reset, and the bits that a driver may set. Commands are served one at a time in turn and
// interrupts are sent at once, which arbitration, recovery, coalescing and atomicity leave to the controller.
struct Known {
  Feature feature;
  std::uint32_t reset, write;
  bool of_namespace = false;
};
constexpr Known kKnown[] = {
    {Feature::kArbitration, 0, 0xffff'ff07},
    {Feature::kPower, 0, 0},  // one state
    {Feature::kTemperature, 0xffff, kThresholdMask},
    {Feature::kErrorRecovery, 0, 0xffff, true},
    {Feature::kNumberOfQueues, kQueues, 0},
    {Feature::kCoalescing, 0, 0xffff},
    {Feature::kVector, 0, kVectorAtOnce},
    {Feature::kWriteAtomicity, 0, 1},
    {Feature::kEvents, 0, 0xff},
};

const Known* known_of(std::uint32_t dword10) {
  const auto found = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& known) {
    return known.feature == static_cast<Feature>(dword10);
  });
  return found == std::end(kKnown) ? nullptr : found;
}

// Several values have one feature's number: two thresholds, a word for each vector.
std::uint32_t place_of(const Known& known, std::uint32_t dword11) {
  if (known.feature == Feature::kTemperature) return dword11 & kSideMask;
  if (known.feature == Feature::kVector) return dword11 & kVectorMask;
  return 0;
}

std::uint32_t reset_of(const Known& known, std::uint32_t place) {
  if (known.feature == Feature::kTemperature && place == kSideUnder) return 0;
  if (known.feature == Feature::kVector) return place | (place == 0 ? kVectorAtOnce : 0);  // the admin queue's
  return known.reset;
}

}  // namespace

// Of no sensor but the composite one, and of no vector that is not there.
bool Controller::has_place(Feature feature, std::uint32_t dword11) const {
  if (feature == Feature::kTemperature) return !(dword11 & kSensorMask) && (dword11 & kSideMask) <= kSideUnder;
  if (feature == Feature::kVector) return (dword11 & kVectorMask) < shape_.vectors;
  return true;
}

std::uint32_t Controller::feature(Feature feature, std::uint32_t place) const {
  const auto found = features_.find({feature, place});
  if (found != features_.end()) return found->second;
  return reset_of(*known_of(static_cast<std::uint32_t>(feature)), place);
}

Controller::Done Controller::get_features(const Command& command) {
  const Known* known = known_of(command.dword10);
  if (!known || !has_place(known->feature, command.dword11)) return {Status::kInvalidField};
  if (known->of_namespace && command.namespace_id != kNamespace) return {Status::kInvalidNamespace};
  const std::uint32_t place = place_of(*known, command.dword11);
  switch (static_cast<Select>(command.dword10 >> kSelectShift & kSelectMask)) {
    case Select::kCurrent: return {Status::kSuccess, feature(known->feature, place)};
    case Select::kDefault:
    case Select::kSaved: return {Status::kSuccess, reset_of(*known, place)};
    case Select::kCapabilities: return {Status::kSuccess, kCanChange | (known->of_namespace ? kOfNamespace : 0)};
  }
  return {Status::kInvalidField};
}

Controller::Done Controller::set_features(const Command& command) {
  const Known* known = known_of(command.dword10);
  if (!known) return {Status::kInvalidField};
  if (command.dword10 & kSave) return {Status::kFeatureNotSaveable};
  const std::uint32_t value = command.dword11, space = command.namespace_id;
  if (known->of_namespace && space != kNamespace && space != kAllNamespaces) return {Status::kInvalidNamespace};
  if (!known->of_namespace && space != 0 && space != kAllNamespaces)
    return {space == kNamespace ? Status::kFeatureNotOfNamespace : Status::kInvalidNamespace};
  if (!has_place(known->feature, value)) return {Status::kInvalidField};
  if (known->feature == Feature::kNumberOfQueues) return number_of_queues(value);
  if (known->feature == Feature::kPower && value & 0x1f) return {Status::kInvalidField};
  if (known->feature == Feature::kErrorRecovery && value & ~known->write) return {Status::kInvalidField};
  const std::uint8_t before = health().warning;
  const std::uint32_t place = place_of(*known, value);
  features_[{known->feature, place}] = (value & known->write) | (known->feature == Feature::kVector ? place : 0);
  if (health().warning & ~before && feature(Feature::kEvents) & kTemperatureEvent) happened(kTemperatureCrossed);
  return {};
}

// The driver asks for as many as it likes, less one in each half, and hears how many there are.
Controller::Done Controller::number_of_queues(std::uint32_t asked) {
  constexpr std::uint32_t kNone = 0xffff;
  if ((asked & kNone) == kNone || asked >> 16 == kNone) return {Status::kInvalidField};
  if (queues_.submission.size() > 1 || queues_.completion.size() > 1) return {Status::kCommandSequenceError};
  return {Status::kSuccess, kQueues};
}

}  // namespace nvme
