#pragma once
// Fat platform firmware for TEE-I/O: it speaks SPDM, IDE_KM and TDISP with one device itself, through a mailbox that the host works
// for it, keys the root port's stream without anyone seeing the keys, and tells guests what it found. It judges no device: whether
// certificates, measurements and report are to be liked is the guest's to say. Promise: an interface acts for one guest at a time, and
// for none before that guest enabled its DMA.
//
// simplified: the host re-issues a real command until the device's conversation is over; here a command carries all of it at once.
#include <optional>
#include <string>

#include "platform/protocol/tio/evidence.h"
#include "platform/requester/assignment.h"
#include "tsm/tio/port_firmware.h"

namespace tio {

class DeviceManager {
 public:
  // The device function, by its bus number on the link and by the name that TDISP has for it.
  struct Function {
    tlp::RequesterId id = 0;
    tdisp::FunctionId interface{};
  };
  DeviceManager(std::string at, Function function, PortFirmware& port, requester::Random random, requester::CarryObject carry,
                trust::Defences& defences);

  // ---- the host's commands ----
  // A session with the key of that slot, and keys for the stream. What the device is, is read and kept.
  trust::Result<> connect(std::uint8_t slot, ide::StreamId stream);
  trust::Result<> disconnect(bool force);  // forced: whatever the device says to it
  trust::Result<> measure();  // anew, signed
  // Locks the interface for this guest and reads its report. The id is new at each binding, and measurements are old from then on.
  trust::Result<std::uint64_t> bind(Owner owner, std::uint16_t lock_flags);
  trust::Result<> run();
  trust::Result<> unbind();
  trust::Result<> roll_keys();
  // What the host may carry to a guest. Empty: there is none yet.
  base::Bytes evidence(EvidencePart part) const;

  // ---- the guest's messages ----
  struct Info {
    bool measured = false, fresh = false;  // measured at all; and since the binding
    std::uint16_t lock_flags = 0;
    spdm::Algorithms algorithms{};
    base::Block<48> certificates{}, measurements{}, report{};  // SHA-384
    std::uint64_t report_count = 0;
  };
  bool knows(std::uint64_t tdi) const { return tdi != 0 && tdi == tdi_; }
  // Refused unless the interface is bound to this guest.
  trust::Result<Info> info(Owner owner) const;
  trust::Result<> may_change(Owner owner) const;
  trust::Result<> enable_dma(Owner owner);
  trust::Result<> disable_dma(Owner owner);
  const std::optional<tdisp::InterfaceReport>& report() const { return device_->interface().report(); }

  bool connected() const { return device_ && device_->in_session(); }
  Owner owner() const { return owner_; }
  bool dma_enabled() const { return dma_; }

 private:
  trust::Result<> in_order(bool holds) const;
  void start_over();

  std::string at_;
  Function function_;
  PortFirmware& port_;
  requester::Random random_;
  requester::CarryObject carry_;
  trust::Defences& defences_;
  std::optional<requester::Assignment> device_;
  std::uint8_t slot_ = 0;
  ide::StreamId stream_ = 0;
  unsigned key_set_ = 0;
  Owner owner_ = 0;
  std::uint64_t tdi_ = 0, bindings_ = 0, reports_ = 0;
  std::uint16_t lock_flags_ = 0;
  bool fresh_ = false, running_ = false, dma_ = false;
};

std::vector<const trust::Defence*> manager_defences();

}  // namespace tio
