#pragma once
// A device of a machine without any guest, for programs outside that speak to it: booted and enumerated by a faithful host, which then
// carries data objects there and back, through the attack of a scenario if one is given.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"

namespace engine {

class DeviceBay;
class World;

class ServedDevice {
 public:
  // Throws base::UserError when the machine has no such device.
  ServedDevice(const Run& run, const std::string& device);
  ~ServedDevice();
  ServedDevice(const ServedDevice&) = delete;
  ServedDevice& operator=(const ServedDevice&) = delete;

  // What the host did before, a line each.
  std::vector<std::string> prepared() const;
  // A data object with its header; nothing: no answer comes.
  std::optional<base::Bytes> object(base::View object);
  // Another requester begins: the device is as after a conventional reset, enumerated again.
  void reset();
  // Root certificate that the device's chain begins with, DER.
  base::Bytes root() const;
  // What has been said since the last call: defences that spoke, what the adversary did.
  std::vector<std::string> news();

 private:
  Run run_;
  std::unique_ptr<World> world_;
  DeviceBay* bay_ = nullptr;
  std::size_t told_ = 0;
};

}  // namespace engine
