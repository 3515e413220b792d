#pragma once
// The guest's side of TDX: which pages it has accepted, what it believes of its processor, its run-time measurements and reports, and
// what it asks of the host.
//
// Promise: what the host answers is judged before it is used; what lies in shared memory is copied once and judged in the copy.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/protocol/tdx/connect.h"
#include "platform/protocol/tdx/td_params.h"
#include "platform/trust/defence.h"
#include "tsm/abi/answer.h"
#include "tsm/abi/tdx_platform.h"

namespace tsm_abi {

// Where things lie in guest physical memory, without the SHARED bit.
struct TdxLayout {
  std::uint64_t report_gpa = 0;   // private and accepted, a page: operands of the measurement calls
  std::uint64_t quote_gpa = 0;    // shared: `quote_pages` pages for GetQuote
  std::uint32_t quote_pages = 0;
};

class TdxGuest {
 public:
  static constexpr unsigned kMapRetriesMax = 3;      // Linux: that often without progress
  static constexpr unsigned kQuotePollsMax = 30;     // Linux: every second for half a minute

  TdxGuest(TdxPlatform& platform, const TdxLayout& layout, trust::Defences& defences, std::string at = "guest");
  TdxGuest(const TdxGuest&) = delete;
  TdxGuest& operator=(const TdxGuest&) = delete;

  // What a kernel does first: where the SHARED bit is (TDG.VP.INFO, not the host's word), and whether the host could raise #VE on a
  // private page.
  Answer<Done> boot();
  std::uint64_t attributes() const { return attributes_; }
  std::uint64_t shared_bit() const { return shared_bit_; }

  // Shared to private, or new: MapGPA where it was shared, then TDG.MEM.PAGE.ACCEPT; and back. Also what the #VE handler does on a
  // page that is pending.
  Answer<Done> accept_page(std::uint64_t gpa);
  Answer<Done> share_page(std::uint64_t gpa);
  // Pages that were added at launch.
  void note_accepted(std::uint64_t gpa, std::uint64_t bytes);
  bool accepted(std::uint64_t gpa) const { return accepted_.contains(gpa / 4096); }

  // Why the last #VE came; reading it makes room for the next.
  Answer<tdxproto::VeInfo> ve_info();
  // The instruction, and its #VE handler: what is the hypervisor's to define is asked of it, any other leaf is zero.
  Answer<CpuidResult> cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0);

  Answer<Done> extend_rtmr(unsigned index, const base::Block<48>& digest);
  // The 1024 bytes of a TDREPORT, good on this machine only.
  Answer<base::Bytes> get_report(const base::Block<64>& report_data);
  // Whether a REPORTMACSTRUCT (256 bytes) was made on this machine.
  Answer<bool> verify_report(base::View report_mac_struct);
  // A quote over that report, as the host brings it.
  Answer<base::Bytes> get_quote(base::View report);

  // TDX Connect: what the host is asked to do with a device, and the data it answers with, of at most `most` bytes.
  Answer<base::Bytes> ask_about_device(tdxproto::TdcmOp operation, std::uint16_t function, std::size_t most = 0);
  // The module's calls about its interface.
  Answer<std::uint64_t> read_interface(std::uint16_t function, std::uint64_t field);
  Answer<Done> accept_dma(std::uint16_t function);
  Answer<Done> accept_device_memory(std::uint16_t function, std::uint64_t range, std::uint64_t gpa, std::uint32_t pages);
  Answer<Done> take_interface(std::uint16_t function, std::uint64_t session);

  // Tells the host why the guest stops; it will not go on.
  void report_fatal_error(std::uint64_t code);

 private:
  tdxproto::Registers call(tdxproto::Tdcall leaf, tdxproto::Registers in = {});
  tdxproto::Registers vmcall(tdxproto::Tdvmcall function, std::uint64_t r12 = 0, std::uint64_t r13 = 0, std::uint64_t r14 = 0,
                             std::uint64_t r15 = 0);
  Answer<Done> do_call(tdxproto::Tdcall leaf, const tdxproto::Registers& in);
  Answer<Done> map_gpa(std::uint64_t gpa, std::uint64_t bytes, bool shared);

  TdxPlatform& platform_;
  TdxLayout layout_;
  trust::Defences& defences_;
  std::string at_;
  std::uint64_t attributes_ = 0;
  std::uint64_t shared_bit_ = tdxproto::shared_bit(false);
  std::set<std::uint64_t> accepted_;  // guest frame numbers
  std::set<std::uint64_t> shared_;
};

// Rows of the guest's tables.
std::vector<const trust::Defence*> tdx_guest_defences();

}  // namespace tsm_abi
