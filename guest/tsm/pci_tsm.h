#pragma once
// The PCI/TSM files of one device (Linux Documentation/ABI/testing/sysfs-bus-pci, tsm/): what a program writes to have a device
// connected to a security manager, locked to the guest, and accepted. A table says which file leads from which state to which; who
// carries the steps out is abstract.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest/tsm/errno.h"

namespace tsm {

// A security manager that drivers register: for sessions and streams of a host's link, or for a guest's own interfaces. Never both.
struct TsmDevice {
  enum class Mode { kNone, kLink, kDevsec };
  std::string name;  // "tsm0"
  Mode mode = Mode::kNone;
};
std::string_view name_of(TsmDevice::Mode mode);

class DeviceSteps {
 public:
  virtual ~DeviceSteps() = default;
  virtual Errno connect() = 0;     // SPDM session, IDE stream and its keys
  virtual Errno disconnect() = 0;
  virtual Errno lock() = 0;        // TDISP LOCK_INTERFACE, however the technology asks for it
  virtual Errno unlock() = 0;      // DMA first, then STOP_INTERFACE
  virtual Errno accept() = 0;      // MMIO, START_INTERFACE, DMA
};

struct PciDevice {
  std::string address;      // "0000:01:00.0"
  std::string dsm_address;  // of the function that manages its security
  std::string guest;        // whom a bound interface is said to be bound to
};

class PciTsm {
 public:
  enum class State { kPlain, kConnected, kLocked, kAccepted };

  PciTsm(PciDevice device, std::vector<TsmDevice> managers, DeviceSteps& steps);
  PciTsm(const PciTsm&) = delete;
  PciTsm& operator=(const PciTsm&) = delete;

  State state() const { return state_; }
  bool driver_bound() const { return driver_bound_; }
  // A driver probes, or leaves. kBusy: one is there; kNoDevice: none is.
  Errno bind_driver();
  Errno unbind_driver();
  // The device showed an error, or was reset: whatever it was, it is no longer.
  void failed();

  // Names of the files below the device's directory: "tsm/connect" ... "authenticated".
  static const std::vector<std::string>& files();
  static bool readable(std::string_view file);
  static bool writable(std::string_view file);
  Content read(std::string_view file) const;
  Errno write(std::string_view file, base::View text);

 private:
  const TsmDevice* manager(std::string_view text, Errno& error) const;
  Errno connect(std::string_view text);
  Errno disconnect(std::string_view text);
  Errno lock(std::string_view text);
  Errno unlock(std::string_view text);
  Errno accept(std::string_view text);

  PciDevice device_;
  std::vector<TsmDevice> managers_;
  DeviceSteps& steps_;
  State state_ = State::kPlain;
  std::string link_, devsec_;  // whose it is
  bool driver_bound_ = false;
};

// As kstrtobool reads a word: 1, y, t, on and 0, n, f, off, by their first letters.
std::optional<bool> parse_bool(std::string_view text);

}  // namespace tsm
