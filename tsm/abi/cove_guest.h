#pragma once
// The guest's side of CoVE: which pages it shares, which interrupts it takes, its run-time measurements and evidence about itself.
//
// Promise: nothing that the host hands over is used where it can still be altered: it is copied out of shared memory first, and measured
// in the copy.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/protocol/cove/measurement.h"
#include "platform/trust/defence.h"
#include "tsm/abi/answer.h"
#include "tsm/abi/cove_platform.h"

namespace tsm_abi {

// Where operands of the attestation calls lie: pages of confidential memory that nothing else is in.
struct CoveLayout {
  std::uint64_t first_gpa = 0, second_gpa = 0;
};

class CoveGuest {
 public:
  CoveGuest(CovePlatform& platform, const CoveLayout& layout, trust::Defences& defences, std::string at = "guest");
  CoveGuest(const CoveGuest&) = delete;
  CoveGuest& operator=(const CoveGuest&) = delete;

  // What a kernel does first: looks whether its TSM can measure and attest.
  Answer<Done> boot();
  const coveproto::AttestationCapabilities& capabilities() const { return capabilities_; }

  // Confidential to shared and back; what the page held is lost both ways. A page that was never shared is only noted.
  Answer<Done> share_page(std::uint64_t gpa);
  Answer<Done> accept_page(std::uint64_t gpa);
  void note_accepted(std::uint64_t gpa, std::uint64_t bytes);
  bool accepted(std::uint64_t gpa) const { return accepted_.contains(gpa / coveproto::kPageSize); }
  bool shared(std::uint64_t gpa) const { return shared_.contains(gpa / coveproto::kPageSize); }

  // Takes in a page that the host laid out at that address: through shared memory, copied, measured into a run-time register and
  // noted in the log, and only then part of the guest. The bytes.
  Answer<base::Bytes> take_in(std::uint64_t gpa, unsigned register_index, std::string_view what);
  // The same of a page that is compared with something else instead.
  Answer<base::Bytes> take_in_unmeasured(std::uint64_t gpa);

  Answer<Done> add_mmio_region(std::uint64_t gpa, std::uint64_t bytes);
  Answer<Done> remove_mmio_region(std::uint64_t gpa, std::uint64_t bytes);
  Answer<Done> allow_interrupt(std::uint64_t id);
  Answer<Done> deny_interrupt(std::uint64_t id);
  bool expects_interrupts() const { return expects_interrupts_; }

  Answer<Done> extend(unsigned register_index, const coveproto::Digest& digest, std::string_view what);
  Answer<coveproto::Digest> read_measurement(unsigned register_index);
  const coveproto::EventLog& log() const { return log_; }
  // A certificate over that challenge. The key in it is the guest's own, made for this.
  Answer<base::Bytes> get_evidence(const coveproto::Challenge& challenge, std::uint32_t format = coveproto::kCertificateCbor);

 private:
  coveproto::SbiRet call(coveproto::Covg function, std::uint64_t a0 = 0, std::uint64_t a1 = 0, std::uint64_t a2 = 0, std::uint64_t a3 = 0,
                         std::uint64_t a4 = 0, std::uint64_t a5 = 0);
  Answer<Done> simple(coveproto::Covg function, std::uint64_t a0, std::uint64_t a1 = 0);

  CovePlatform& platform_;
  CoveLayout layout_;
  trust::Defences& defences_;
  std::string at_;
  coveproto::AttestationCapabilities capabilities_;
  std::set<std::uint64_t> accepted_, shared_;  // guest frame numbers
  bool expects_interrupts_ = false;
  coveproto::EventLog log_;
};

// Rows of the guest's tables.
std::vector<const trust::Defence*> cove_guest_defences();

}  // namespace tsm_abi
