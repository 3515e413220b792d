#pragma once
// Fat platform firmware for TEE-I/O: it speaks SPDM, IDE_KM and TDISP with one device itself, through a mailbox that the host works
// for it, keys the root port's stream without anyone seeing the keys, and tells guests what it found. It judges no device: whether
// certificates, measurements and report are to be liked is the guest's to say. A device has one session and one stream; its interfaces
// are bound one by one, each to a guest of its own. Promise: an interface acts for one guest at a time, and for none before that guest
// enabled its DMA.
//
// simplified: the host re-issues a real command until the device's conversation is over; here a command carries all of it at once.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/tio/evidence.h"
#include "platform/requester/assignment.h"
#include "tsm/tio/port_firmware.h"

namespace tio {

class DeviceManager {
 public:
  // A function of the device, by its bus number on the link and by the name that TDISP has for it.
  struct Function {
    tlp::RequesterId id = 0;
    tdisp::FunctionId interface{};
  };
  // `functions`: the first one has the mailbox.
  DeviceManager(std::string at, std::vector<Function> functions, PortFirmware& port, requester::Random random, requester::CarryObject carry,
                trust::Defences& defences);

  // ---- the host's commands ----
  // A session with the key of that slot, and keys for the stream. What the device is, is read and kept.
  trust::Result<> connect(std::uint8_t slot, ide::StreamId stream);
  // The same in steps, for firmware whose host asks for one after the other. Whatever was known before `identify` is forgotten; without a
  // key of somebody's choice, the one in the certificate is the device's.
  trust::Result<> identify(std::uint8_t slot);
  void use_key(base::Bytes public_key_info);
  trust::Result<> open_session();
  trust::Result<> key_stream(ide::StreamId stream);
  void erase_keys();  // at our end
  // The first, the third and measurements at once.
  trust::Result<> open(std::uint8_t slot);
  trust::Result<> disconnect(bool force);  // forced: whatever the device says to it
  // The same for one interface, of which this is the evidence then, whatever is measured for others later.
  trust::Result<> measure(tdisp::FunctionId interface, const std::optional<spdm::Nonce>& nonce = {}, bool raw = false);
  trust::Result<> measure(const std::optional<spdm::Nonce>& nonce = {}, bool raw = false);  // anew, signed
  // Locks the interface for this guest and reads its report. Measurements are old for it from then on.
  trust::Result<> bind(tdisp::FunctionId interface, Owner owner, std::uint16_t lock_flags);
  // The same in two steps.
  trust::Result<> lock(tdisp::FunctionId interface, Owner owner, std::uint16_t lock_flags);
  trust::Result<> read_report(tdisp::FunctionId interface);
  trust::Result<> run(tdisp::FunctionId interface);
  trust::Result<> unbind(tdisp::FunctionId interface);
  trust::Result<> roll_keys();
  trust::Result<> heartbeat();
  trust::Result<> update_session_keys();
  trust::Result<> stop_stream();  // the device's end of it has no keys any more
  // What the host may carry to a guest of that interface. Empty: there is none yet.
  base::Bytes evidence(tdisp::FunctionId interface, EvidencePart part) const;

  // ---- the guest's messages ----
  struct Info {
    bool measured = false, fresh = false;  // measured at all; and since the binding
    std::uint16_t lock_flags = 0;
    spdm::Algorithms algorithms{};
    base::Block<48> certificates{}, measurements{}, report{};  // SHA-384
    std::uint64_t report_count = 0;
  };
  // Refused unless the interface is bound to this guest.
  trust::Result<Info> info(tdisp::FunctionId interface, Owner owner) const;
  trust::Result<> may_change(tdisp::FunctionId interface, Owner owner) const;
  trust::Result<> enable_dma(tdisp::FunctionId interface, Owner owner);
  trust::Result<> disable_dma(tdisp::FunctionId interface, Owner owner);
  // As the device says now.
  trust::Result<tdisp::State> state(tdisp::FunctionId interface);
  // Firmware's own: where the interface's trusted requests find their pages, in place of the IOMMU's table.
  void lead(tdisp::FunctionId interface, pcie::Iommu::Walk walk);
  // Null: none was read.
  const tdisp::InterfaceReport* report(tdisp::FunctionId interface) const;

  // ---- firmware that is made of several parts
  // The root port's end of the stream is keyed through this one, which outlives the manager.
  void key_through(requester::PeerPort& end) { end_ = &end; }
  void on_exchange(requester::Spdm::Heard heard);
  const requester::Learned& learned() const { return device_->learned(); }
  base::Bytes report_bytes(tdisp::FunctionId interface) const { return has(interface) ? at(interface).report : base::Bytes{}; }
  bool running(tdisp::FunctionId interface) const { return has(interface) && at(interface).running; }
  ide::StreamId stream() const { return stream_; }
  unsigned key_set() const { return key_set_; }
  std::uint8_t slot() const { return slot_; }
  PortFirmware& port() { return port_; }

  bool connected() const { return device_ && device_->in_session(); }
  tlp::RequesterId id() const { return functions_.front().id; }
  const std::vector<Function>& functions() const { return functions_; }
  bool has(tdisp::FunctionId interface) const { return bound_.contains(interface.bits); }
  Owner owner(tdisp::FunctionId interface) const;  // 0: nobody
  bool dma_enabled(tdisp::FunctionId interface) const;

 private:
  struct Bound {  // or not
    tlp::RequesterId id = 0;
    Owner owner = 0;
    std::uint64_t reports = 0;
    std::uint16_t lock_flags = 0;
    bool fresh = false, running = false, dma = false;
    base::Bytes report, measurements{};  // measurements: of its own, where there are any
    std::optional<tdisp::InterfaceReport> decoded;
  };
  trust::Result<> in_order(bool holds) const;
  trust::Result<> key_current_set();
  bool any_bound() const;
  void start_over();
  Bound& at(tdisp::FunctionId interface) { return bound_.at(interface.bits); }
  const Bound& at(tdisp::FunctionId interface) const { return bound_.at(interface.bits); }

  std::string at_;
  std::vector<Function> functions_;
  PortFirmware& port_;
  requester::Random random_;
  requester::CarryObject carry_;
  trust::Defences& defences_;
  requester::PeerPort* end_ = nullptr;
  requester::Spdm::Heard heard_;
  std::optional<requester::Assignment> device_;
  std::uint8_t slot_ = 0;
  ide::StreamId stream_ = 0;
  unsigned key_set_ = 0;
  bool keyed_ = false;
  std::map<std::uint32_t, Bound> bound_;  // by FunctionId.bits
};

std::vector<const trust::Defence*> manager_defences();

}  // namespace tio
