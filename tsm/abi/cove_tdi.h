#pragma once
// A TVM's part in CoVE-IO: what it asks for about an interface (platform/protocol/tio/managed.h) in calls of COVG. What it learns about the
// device it reads from the TSM itself, and measures in its own memory; measurements are taken with a nonce of its own.
//
// Promise: nothing is said about an interface that was not read from the TSM since the interface was locked for this TVM.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "platform/protocol/cove/io.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/protocol/tio/managed.h"
#include "tsm/abi/cove_guest.h"

namespace tsm_abi {

class CoveTdi {
 public:
  CoveTdi(CovePlatform& platform, const CoveLayout& layout) : platform_(platform), layout_(layout) {}
  CoveTdi(const CoveTdi&) = delete;
  CoveTdi& operator=(const CoveTdi&) = delete;

  // `function`: the interface's number on the bus. Nothing: refused, or not what the TVM asked for.
  std::optional<base::Bytes> call(tio::ManagedCall call, base::View in, std::uint16_t function);

 private:
  coveproto::SbiRet ask(coveproto::Covg function, std::uint64_t a0, std::uint64_t a1 = 0, std::uint64_t a2 = 0, std::uint64_t a3 = 0,
                        std::uint64_t a4 = 0);
  bool ask_host(coveproto::HostDevices what, std::uint16_t function);
  // What the TSM wrote into the operand page.
  std::optional<base::Bytes> written(const coveproto::SbiRet& ret);
  std::optional<base::Bytes> element(std::uint64_t interface, coveproto::TranscriptElement which);
  bool is_in(std::uint64_t interface, coveproto::InterfaceState state);
  std::optional<tdisp::InterfaceReport> report(std::uint64_t interface, base::Bytes* bytes);
  std::optional<base::Bytes> info(std::uint64_t interface);
  bool start(std::uint64_t interface);
  bool stop(std::uint64_t interface);
  bool validate(std::uint64_t interface, base::View in) const;

  CovePlatform& platform_;
  CoveLayout layout_;
  std::map<std::uint64_t, std::vector<tdisp::MmioRange>> accepted_;  // by interface
  std::set<std::uint64_t> taken_;                                    // and not stopped since
};

}  // namespace tsm_abi
