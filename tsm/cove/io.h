#pragma once
// CoVE-IO in the TSM: the host's functions about devices, a TVM's about the interfaces bound to it, and the TSM's own calls to the
// root domain's security manager. Devices are spoken to by the shared engine (tsm/tio); whose an interface's memory is, the table of
// device memory says.
//
// Promise: an interface acts for one TVM, and its memory and DMA are open between the two from start_interface until either side ends
// it; what a TVM learns about a device is the TSM's word, whatever the host carries.
//
// simplified: a function carries its whole SPDM conversation, where the real one returns SPDM_PENDING_REQUEST after each message and is
// called again. convention: the engine knows a TVM by the hart of its boot vCPU, so a TVM has run before it is given an interface.
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "platform/protocol/cove/io.h"
#include "tsm/cove/io_rules.h"
#include "tsm/cove/io_transcript.h"
#include "tsm/cove/rdsm.h"
#include "tsm/cove/tsm.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace cove {

// What of the rest of the TSM devices need.
class IoPlatform {
 public:
  virtual ~IoPlatform() = default;
  virtual Tvm* tvm(TvmId id) = 0;
  // Where an address leads that a device of the TVM's asks for, `host_says` whatever it says.
  virtual std::optional<std::uint64_t> device_page(TvmId id, std::uint64_t gpa, std::optional<std::uint64_t> host_says) = 0;
  virtual bool host_owns(std::uint64_t spa, std::uint64_t bytes) const = 0;
  virtual base::Bytes read_host(std::uint64_t spa, std::size_t bytes) = 0;
  virtual void write_host(std::uint64_t spa, base::View bytes) = 0;
  // Bytes of the TVM's confidential memory. An answer: the call ends, or is made again, for want of a page.
  virtual std::optional<EcallResult> copy(std::uint32_t hart, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) = 0;
  // The host is told of the call, which the TVM makes again when it is back.
  virtual EcallResult ask_host(std::uint32_t hart, const Ecall& in) = 0;
  // The host is told of the call, which was carried out.
  virtual EcallResult tell_host(std::uint32_t hart, const Ecall& in, SbiRet ret) = 0;
};

class Io {
 public:
  Io(IoPlatform& tsm, trust::Defences& defences, std::string name);
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;

  // The TSM knows the device from its manifest, and the root port that it is behind.
  void attach(tio::DeviceManager& device, tio::MmioTable& mmio, std::uint16_t root_port);

  CallResult host_call(Covh function, const Ecall& in);
  EcallResult guest_call(std::uint32_t hart, Tvm& tvm, Covg function, const Ecall& in);
  // Functions of COVT: of the host's domain as well as the TSM's.
  Rdsm::Answer rdsm_call(std::uint8_t domain, const Ecall& in);
  // The TVM is gone: nothing of a device is its any more.
  void forget(const Tvm& tvm);

 private:
  struct Region {  // of device memory, in a TVM's address space
    TvmId tvm = 0;
    std::uint64_t gpa = 0, hpa = 0, bytes = 0;
    bool accepted = false;  // by map_interface_mmio, since the binding
  };
  struct Interface {
    tdisp::FunctionId id{};
    TvmId tvm = 0, stopped_by = 0;
    std::vector<Region> regions;
  };
  struct Device;
  // The root port's end of a stream, keyed by COVT.
  class PortEnd final : public requester::PeerPort {
   public:
    PortEnd(Io& io, std::uint16_t root_port) : io_(io), root_port_(root_port) {}
    bool program(std::uint8_t stream, const requester::MirrorKey& key) override;
    bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) override;
    bool stop(std::uint8_t stream, unsigned key_set);  // those of the set that are enabled; whether the port has any of them
    void clear(std::uint8_t stream);

   private:
    SbiRet ask(coveproto::Covt function, std::uint64_t key_data = 0);

    Io& io_;
    std::uint16_t root_port_;
  };
  struct Device {
    tio::DeviceManager* firmware = nullptr;
    tio::MmioTable* mmio = nullptr;
    std::unique_ptr<PortEnd> port;
    std::uint16_t root_port = 0;
    std::vector<Interface> interfaces;
    IoTranscript transcript;
    std::optional<base::Bytes> brought;      // by the host, for the TVM that asked
    std::optional<std::uint32_t> asked_for;  // by the TVM on that hart
  };
  struct Known {
    Device* device = nullptr;
    Interface* interface = nullptr;
    explicit operator bool() const { return interface != nullptr; }
  };

  // io.cc
  Device* find(std::uint64_t device_id);
  Known find_interface(std::uint64_t device_if_id);
  CallResult refuse(std::span<const IoStep> steps, const IoCase& c);
  static CallResult result_of(const trust::Result<>& done);
  static tio::Owner owner_of(const Tvm& tvm);
  // Bound no more, whatever the device says. `wanted`: by the TVM, or it is gone.
  void release(const Known& interface, bool wanted);
  void freeze(const Known& interface, tio::Owner owner);
  static std::uint8_t stream_of(const Device& device) { return static_cast<std::uint8_t>(device.firmware->stream()); }

  // io_host.cc
  CallResult connect(const Ecall& in);
  CallResult disconnect(const Ecall& in);
  static void end_connection(Device& device);
  CallResult add_region(const Ecall& in);
  CallResult reclaim_region(const Ecall& in);
  CallResult bind(const Ecall& in);
  CallResult unbind(const Ecall& in);
  CallResult renew_session(Covh function, const Ecall& in);
  CallResult refresh_keys(const Ecall& in);
  CallResult bring_transcript(const Ecall& in);

  // io_guest.cc
  EcallResult link(const Known& interface, const IoCase& c);
  EcallResult transcript(std::uint32_t hart, const Tvm& tvm, const Known& interface, IoCase c, const Ecall& in);
  EcallResult measurements(std::uint32_t hart, const Tvm& tvm, const Known& interface, IoCase c, const Ecall& in);
  EcallResult report(std::uint32_t hart, const Tvm& tvm, const Known& interface, IoCase c, const Ecall& in);
  EcallResult state(const Known& interface, const IoCase& c);
  EcallResult map_mmio(const Known& interface, IoCase c, const Ecall& in);
  EcallResult start(const Known& interface, const IoCase& c);
  EcallResult stop(std::uint32_t hart, const Known& interface, const IoCase& c, const Ecall& in);
  EcallResult give(std::uint32_t hart, std::uint64_t gpa, std::uint64_t room, base::View bytes);

  IoPlatform& tsm_;
  trust::Defences& defences_;
  std::string name_;
  Rdsm rdsm_;
  base::Block<64> operands_{};  // the TSM's memory that a call of COVT points to
  std::deque<Device> devices_;
};

std::vector<const trust::Defence*> io_defences();

}  // namespace cove
