#pragma once
// The root domain's security manager (RDSM) as CoVE-IO needs it: firmware of M mode that owns the configuration space of every root port
// and writes IDE keys there for whichever supervisor domain owns the stream. Asked by ECALLs of COVT.
//
// Promise: a stream that one domain has keyed is no other's until all of its keys are cleared; a key that is in use is not replaced.
//
// simplified: what becomes of an insecure stream's keys is seen when the key is next asked about.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "platform/protocol/cove/io.h"
#include "platform/protocol/cove/sbi.h"
#include "platform/trust/defence.h"
#include "tsm/cove/rdsm_rules.h"
#include "tsm/tio/port_firmware.h"

namespace cove {

class Rdsm {
 public:
  // The caller's memory. Nothing: the caller may not read there.
  using Memory = std::function<std::optional<base::Bytes>(std::uint64_t address, std::size_t count)>;
  struct Caller {
    std::uint8_t domain = 0;  // SDID
    Memory memory;
  };
  struct Answer {
    coveproto::SbiRet ret{};
    std::optional<trust::Refusal> refusal{};
    bool ok() const { return ret.error == coveproto::SbiError::kSuccess; }
  };

  Rdsm(trust::Defences& defences, std::string name) : defences_(defences), name_(std::move(name)) {}
  Rdsm(const Rdsm&) = delete;
  Rdsm& operator=(const Rdsm&) = delete;

  // `id`: bus, device and function of the port.
  void attach(std::uint16_t id, tio::PortFirmware& port) { ports_[id] = &port; }
  Answer ecall(const Caller& caller, const coveproto::Ecall& call);

 private:
  struct Key {
    ide::Key value{};
    bool enabled = false, held = false;  // held: disabled, and here alone
  };
  struct Stream {
    std::uint8_t domain = 0;
    std::map<std::uint32_t, Key> keys;  // by sub-stream, key set, direction
  };

  Answer refuse(std::span<const KeyStep> steps, const KeyCase& c);
  Answer program_key(const Caller& caller, const coveproto::Ecall& in);
  Answer clear_key(const Caller& caller, const coveproto::Ecall& in);
  Answer set_go(const Caller& caller, const coveproto::Ecall& in);
  Answer set_stop(const Caller& caller, const coveproto::Ecall& in);
  Answer key_status(const Caller& caller, const coveproto::Ecall& in);
  Answer program_stream(const Caller& caller, const coveproto::Ecall& in);

  tio::PortFirmware* port(std::uint64_t id) const;
  Stream* stream(std::uint64_t port, std::uint8_t stream);
  bool own(const Caller& caller, std::uint64_t port, std::uint8_t id);
  std::optional<coveproto::IdeKeyDescriptor> descriptor(const Caller& caller, const coveproto::Ecall& in, KeyCase& c);
  coveproto::IdeKeyStatus status(std::uint64_t port, const coveproto::IdeKeyDescriptor& key);

  trust::Defences& defences_;
  std::string name_;
  std::map<std::uint64_t, tio::PortFirmware*> ports_;
  std::map<std::pair<std::uint64_t, std::uint8_t>, Stream> streams_;  // by port and stream
};

std::vector<const trust::Defence*> rdsm_defences();

}  // namespace cove
