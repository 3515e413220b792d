#include "scenarios/engine/served_device.h"

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/play.h"
#include "scenarios/engine/world.h"

namespace engine {

ServedDevice::ServedDevice(const Run& run, const std::string& device) : run_(run), world_(std::make_unique<World>(run_, false)) {
  world_->boot();
  bay_ = world_->find_bay(device);
  if (bay_) return;
  std::string there;
  for (const auto& bay : world_->bays) there += (there.empty() ? "; it has `" : "`, `") + bay->name();
  throw base::UserError(run.machine->file + ": the machine has no device `" + device + "`" + there + (there.empty() ? "" : "`"));
}

ServedDevice::~ServedDevice() = default;

std::vector<std::string> ServedDevice::prepared() const {
  const auto& d = bay_->settings();
  const Place& place = bay_->place();
  const auto grouped = [](std::uint64_t address) {
    return fmt::format("{:X}_{:04X}_{:04X}h", address >> 32, address >> 16 & 0xffff, address & 0xffff);
  };
  return {fmt::format("{} at bus {}, device 0, function 0, below {}; TDISP names it {:#06x}", d.device, tlp::bus_of(place.card), d.port,
                      d.function_id.value_or(place.card)),
          "BAR 0 at " + grouped(place.bar0) + ", BAR 2 at " + grouped(place.bar2) + "; memory space and bus master enabled",
          fmt::format("IDE: selective stream {} for all of its requests and memory, default at the device; IDE_KM port index {}", d.stream, d.ide_port),
          "firmware: " + d.firmware};
}

std::optional<base::Bytes> ServedDevice::object(base::View object) { return bay_->object(object); }

void ServedDevice::reset() {
  bay_->reset(pcie::Reset::kHot);
  bay_->enumerate();
}

base::Bytes ServedDevice::root() const { return bay_->responder().identity().slots[0]->root(); }

std::vector<std::string> ServedDevice::news() {
  std::vector<std::string> out;
  const auto lines = lines_of(world_->record.bytes());
  for (; told_ < lines.size(); ++told_) out.push_back(lines[told_].actor + ": " + lines[told_].text);
  return out;
}

}  // namespace engine
