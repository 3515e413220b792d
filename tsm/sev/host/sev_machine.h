#pragma once
// A machine of the SEV family behind the neutral face of a technology: its RMP, save areas and security processor, and the
// host's procedures with them (what KVM and the ccp driver do). The host speaks to the security processor over `calls` only.
//
// simplified: one vCPU a VM; pages are 4 KiB; buffers of commands that the real interface puts behind addresses are described in
// tsm/sev/commands.h.
#include <memory>
#include <string>

#include "platform/cpu/technology.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/sev/psp.h"
#include "tsm/sev/registers.h"
#include "tsm/sev/rmp.h"
#include "tsm/tio/device_host.h"

namespace sev {

// The guest policy that such a launch asks of SNP: what its owner has in mind, and the host asks for.
std::uint64_t snp_policy(const cpu::Launch& launch);

class SevMachine final : public cpu::Technology {
 public:
  SevMachine(const Chip& chip, const PspSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls,
             trust::Defences& defences, crypto::Library& library, std::uint64_t seed);
  ~SevMachine() override;

  memory::OwnershipTable& table() override;
  std::string boot() override;
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  std::optional<base::Bytes> call(cpu::Vm& vm, const std::string& name,
                                  const std::map<std::string, std::uint64_t>& args) override;
  void leave(cpu::Vm& vm, base::View registers) override;
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  trust::Result<cpu::Delivered> deliver(cpu::Vm& vm, const cpu::Event& event) override;
  std::uint32_t accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) override;
  std::uint32_t grant(cpu::Vm& vm, std::uint64_t gpa, std::uint8_t level, std::uint8_t permissions, bool save_area) override;

  Psp& psp() { return *psp_; }
  Rmp* rmp() { return rmp_.get(); }
  // What firmware really knows of an SNP guest, for whoever judges. Empty: there is no such guest.
  std::optional<GuestContext> context(const cpu::Vm& vm) const;
  // The host's certificate table for extended requests.
  void set_certificates(base::Bytes table) { certificates_ = std::move(table); }
  // Messages between this guest and the security processor cross `by` from now on; its far side is the security processor.
  void carry_requests(const cpu::Vm& vm, trust::Boundary& by);
  // SEV-TIO: firmware has that device from now on. Empty, or the command that is refused.
  std::string attach_device(const tio::Attachment& device);
  // Legacy guests: what LAUNCH_MEASURE gave, for the owner; and the owner's packet, to be put at `gpa`.
  base::Bytes measurement(const cpu::Vm& vm) const;
  std::string inject(cpu::Vm& vm, std::uint64_t gpa, base::View packet, std::uint32_t length);
  std::string finish(cpu::Vm& vm);

 private:
  struct Guest {
    std::uint64_t gctx = 0;
    std::uint32_t handle = 0;
    base::Bytes measurement;
    const trust::Boundary* requests = nullptr;
    std::uint64_t request_page = 0, response_page = 0;  // the host's own, which the security processor reads and writes
    std::uint32_t device = 0;  // that its last exit named
  };

  CallResult ask(sevproto::Command command, base::View buffer);
  void take_back(std::uint64_t spa);
  std::string launch_snp(cpu::Vm& vm, const cpu::Launch& launch);
  std::string launch_legacy(cpu::Vm& vm, const cpu::Launch& launch);
  void change_page_states(cpu::Vm& vm, cpu::Exit& answer);
  void device_op(cpu::Vm& vm, const cpu::Exit& exit, cpu::Exit& answer);
  struct TioDevice {
    tio::DeviceHost* host = nullptr;
    std::uint64_t dev_ctx = 0;
    std::uint8_t stream = 0;
    bool connected = false;
  };
  struct TioInterface {
    std::size_t device = 0;  // in tio_devices_
    std::uint64_t tdi_ctx = 0;
    std::uint16_t function = 0;
  };
  TioInterface* find_interface(std::uint32_t function);
  CallResult unbind_device(const cpu::Vm& vm, const TioInterface& interface);
  CallResult bind_device(const Guest& guest, const TioInterface& interface, std::uint16_t run_flags);
  void disconnect_device(const cpu::Vm& vm, std::size_t device);
  CallResult take_device(const cpu::Vm& vm, const Guest& guest, const TioInterface& interface);
  void relay(cpu::Vm& vm, const cpu::Exit& exit, cpu::Exit& answer);
  std::optional<trust::Message> ask_for(Guest& guest, const trust::Message& request);
  bool read_shared(cpu::Vm& vm, std::uint64_t gpa, std::span<std::uint8_t> out);
  bool write_shared(cpu::Vm& vm, std::uint64_t gpa, base::View bytes);

  vmm::Hypervisor& host_;
  const trust::Boundary& calls_;
  trust::Defences& defences_;
  PspSettings settings_;
  std::unique_ptr<Rmp> rmp_;
  memory::NoOwnership no_table_;
  std::unique_ptr<SaveAreas> save_areas_;
  std::unique_ptr<Psp> psp_;
  std::map<std::string, Guest> guests_;
  base::Bytes certificates_;
  std::vector<TioDevice> tio_devices_;
  std::vector<TioInterface> tio_interfaces_;
  sevproto::Status request_status_{};  // of the last guest request
};

}  // namespace sev
