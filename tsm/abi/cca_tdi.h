#pragma once
// A realm's side of device assignment: what a guest asks about a device that platform firmware speaks to (platform/protocol/tio), in
// the calls of Arm CCA. The host is asked over the Realm Host Interface, the RMM by RSI calls.
//
// Promise: an interface is used as it was when the realm looked at it: the nonces of that moment go with every later call.
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "platform/protocol/cca/da.h"
#include "platform/protocol/tio/managed.h"
#include "tsm/abi/cca_guest.h"

namespace tsm_abi {

class CcaTdi {
 public:
  // The certificates of the interface's device, as the host carries them (GET_CERTIFICATE of the slot).
  using Certificates = std::function<base::Bytes(std::uint16_t function)>;
  // `buffer_gpa` is a page of the guest's own, which `guest` uses as well.
  CcaTdi(CcaGuest& guest, CcaPlatform& platform, std::uint64_t buffer_gpa, Certificates certificates, trust::Defences& defences, std::string at);

  // The answer of the call, which may be empty; nothing where it was refused.
  std::optional<base::Bytes> call(tio::ManagedCall call, base::View in, std::uint16_t function);

 private:
  bool host_does(ccaproto::Rhi call, std::uint16_t function, ccaproto::TdiState state = {});
  bool bind(std::uint16_t function);
  std::optional<ccaproto::VdevInfo> read(std::uint16_t function);
  std::optional<base::Bytes> look(std::uint16_t function);
  bool validate(std::uint16_t function, const tio::MmioRange& range);
  bool empty(std::uint64_t base, std::uint64_t top);
  bool dma(std::uint16_t function, bool enable);

  CcaGuest& guest_;
  CcaPlatform& platform_;
  std::uint64_t buffer_gpa_;
  Certificates certificates_;
  trust::Defences& defences_;
  std::string at_;
  std::map<std::uint16_t, ccaproto::VdevInfo> seen_;  // when it looked
};

std::vector<const trust::Defence*> cca_tdi_defences();

}  // namespace tsm_abi
