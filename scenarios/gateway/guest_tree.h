#pragma once
// The files of guest/tsm over a guest that runs: its reports, its measurement registers, and the steps by which it takes a device.
#include <memory>
#include <string>
#include <vector>

#include "guest/abi/guest.h"
#include "guest/abi/guest_defences.h"
#include "guest/programs/device_taking.h"
#include "guest/tsm/pcr_map.h"
#include "guest/tsm/tree.h"

namespace gateway {

class GuestTree final : public tsm::Platform, public tsm::RegisterPlatform {
 public:
  // `devices` by their names in the machine file. Throws base::UserError where the guest has no reports to give.
  GuestTree(abi::Guest& guest, const std::vector<std::string>& devices, tsm::PcrMap pcr_map);
  ~GuestTree() override;
  GuestTree(const GuestTree&) = delete;
  GuestTree& operator=(const GuestTree&) = delete;

  tsm::Tree& tree() { return *tree_; }
  const std::string& provider() const { return provider_; }

 private:
  class Device;

  tsm::Made make_report(const tsm::Asked& asked) override;
  tsm::Errno refresh(std::vector<base::Bytes>& values) override;
  tsm::Errno extend(std::size_t index, base::View digest) override;
  std::vector<tsm::Register> registers_of_guest();

  abi::Guest& guest_;
  std::string provider_;
  tsm::Reports reports_;
  std::vector<tsm::Register> list_;
  std::unique_ptr<tsm::Measurements> registers_;
  abi::GuestDefences defences_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::unique_ptr<tsm::Tree> tree_;
};

}  // namespace gateway
