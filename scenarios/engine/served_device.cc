#include "scenarios/engine/served_device.h"

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/play.h"
#include "scenarios/engine/world.h"

namespace engine {

ServedDevice::ServedDevice(const Run& run, const std::string& device) : run_(run), world_(std::make_unique<World>(run_, false)) {
  world_->boot();
  if (!world_->bay || world_->bay->name() != device)
    throw base::UserError(run.machine->file + ": the machine has no device `" + device + "`" +
                          (world_->bay ? "; it has `" + world_->bay->name() + "`" : ""));
}

ServedDevice::~ServedDevice() = default;

std::vector<std::string> ServedDevice::prepared() const {
  const auto& d = *world_->settings.device;
  return {fmt::format("{} at bus 1, device 0, function 0, below {}; TDISP names it {:#06x}", d.device, d.port, d.function_id.value_or(0x0100)),
          "BAR 0 at 4_1000_0000h, BAR 2 at 4_1010_0000h; memory space and bus master enabled",
          fmt::format("IDE: selective stream {} for all of its requests and memory, default at the device; IDE_KM port index {}", d.stream, d.ide_port),
          "firmware: " + d.firmware};
}

std::optional<base::Bytes> ServedDevice::object(base::View object) { return world_->bay->object(object); }

void ServedDevice::reset() {
  world_->bay->reset(pcie::Reset::kHot);
  world_->bay->enumerate();
}

base::Bytes ServedDevice::root() const { return world_->bay->responder().identity().slots[0]->root(); }

std::vector<std::string> ServedDevice::news() {
  std::vector<std::string> out;
  const auto lines = lines_of(world_->record.bytes());
  for (; told_ < lines.size(); ++told_) out.push_back(lines[told_].actor + ": " + lines[told_].text);
  return out;
}

}  // namespace engine
