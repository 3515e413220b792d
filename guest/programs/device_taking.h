#pragma once
// How a guest takes a device into its trust boundary and gives it back: by speaking to the device itself, or through firmware that
// does. Either way it is the guest that judges.
#include <memory>
#include <optional>

#include "guest/abi/guest.h"
#include "guest/device_trust/judge.h"
#include "guest/programs/device_look.h"

namespace programs {

class Taking {
 public:
  virtual ~Taking() = default;
  // Up to a device that is started and accepted; false: it was not, and nothing of it is held. With `before` it has to be the device of
  // that time.
  virtual bool take(const std::optional<device_trust::Remembered>& before) = 0;
  // Private pages that the device may reach from now on.
  virtual bool lend(std::uint64_t gpa, std::uint64_t bytes, bool writable) = 0;
  // What the last page needs before the device works.
  virtual bool lent() { return true; }
  virtual bool new_keys() = 0;
  virtual bool give_back() = 0;
  virtual void let_go() = 0;  // of whatever is held, whatever the device says
  const device_trust::Remembered& remembered() const { return remembered_; }

 protected:
  device_trust::Remembered remembered_;
};

// The way that this machine has, under the policy that the image holds for the device. Null: it says nothing of the device. The name
// outlives what is returned.
std::unique_ptr<Taking> taking_of(abi::Guest& guest, const std::string& device, trust::Defences& defences);

// The same, step by step, for whoever works a device by the files of guest/tsm/pci_tsm.h. A step that fails leaves what was before it.
class TakingSteps {
 public:
  virtual ~TakingSteps() = default;
  virtual bool connect() = 0;     // to a stream that is keyed
  virtual bool lock() = 0;        // and its report read
  virtual bool accept() = 0;      // judged, started, and the guest's from here on
  virtual bool unlock() = 0;
  virtual bool disconnect() = 0;
  virtual device_trust::DeviceEvidence told() const = 0;
};
// Null: the image says nothing of the device, or firmware speaks to it in the guest's place. The name outlives what is returned.
std::unique_ptr<TakingSteps> steps_of(abi::Guest& guest, const std::string& device, trust::Defences& defences);

// What its owner's image says of a device, and its name.
struct Wanted {
  const char* device;
  device_trust::Policy policy;
  tdisp::FunctionId function;
  std::uint8_t stream = 1;  // of IDE, that the host sets up for it
};
std::unique_ptr<Taking> own_taking(abi::Guest& guest, Wanted wanted, trust::Defences& defences);
std::unique_ptr<Taking> managed_taking(abi::Guest& guest, Wanted wanted, trust::Defences& defences);

}  // namespace programs
