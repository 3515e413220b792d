#pragma once
// The guest's side of SEV: which pages it has accepted, what it believes of its processor, and its channel to the
// security processor, which the hypervisor carries.
//
// Promise: a VMPCK and its message count are read from the secrets page in private memory for each request and written
// back there; no copy is kept. Whatever lies in shared memory is copied once and judged in the copy.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/protocol/sev/guest_message.h"
#include "platform/protocol/sev/tio.h"
#include "platform/trust/defence.h"
#include "tsm/abi/answer.h"
#include "tsm/abi/sev_platform.h"

namespace tsm_abi {

// Where things lie in guest physical memory.
struct SevLayout {
  bool snp = true;  // else there are neither secrets nor CPUID page
  std::uint8_t vmpl = 0;
  std::uint64_t secrets_gpa = 0;   // private
  std::uint64_t cpuid_gpa = 0;     // private
  std::uint64_t psc_gpa = 0;       // shared: the GHCB's buffer, 2032 bytes
  std::uint64_t request_gpa = 0;   // shared, a page
  std::uint64_t response_gpa = 0;  // shared, a page
  std::uint64_t cert_gpa = 0;      // shared: `cert_pages` pages for an extended request
  std::uint32_t cert_pages = 0;
};

struct DerivedKeyRequest {
  bool from_vmrk = false;
  std::uint64_t guest_field_select = 0;  // sevproto::kMix...
  std::uint32_t vmpl = 0;
  std::uint32_t guest_svn = 0;
  std::uint64_t tcb_version = 0;
};

struct ReportWithCertificates {
  base::Bytes report;
  base::Bytes certificates;  // the hypervisor's word
};

class SevGuest {
 public:
  static constexpr unsigned kBusyRetriesMax = 30;  // Linux: every 2 s for a minute

  SevGuest(Platform& platform, const SevLayout& layout, trust::Defences& defences, std::string at = "guest");
  SevGuest(const SevGuest&) = delete;
  SevGuest& operator=(const SevGuest&) = delete;

  // The secrets page is there and of a version that is known.
  Answer<Done> boot_read_secrets();

  // Shared to private: page state change, then PVALIDATE; and back. Also what the #VC handler does on a page that is
  // not validated (0x404). On machines without page ownership both are the hypervisor's affair and succeed.
  Answer<Done> accept_page(std::uint64_t gpa);
  Answer<Done> share_page(std::uint64_t gpa);
  // Pages that firmware validated at launch.
  void note_accepted(std::uint64_t gpa, std::uint64_t bytes);
  bool accepted(std::uint64_t gpa) const { return accepted_.contains(gpa / 4096); }
  // For a less privileged level, or a save area of this level.
  Answer<Done> grant(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa = false);

  // From the CPUID page where there is one, and there alone: a leaf that it lacks is zero. Else what the hypervisor
  // says.
  Answer<CpuidResult> cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0);

  // Opened payload of the answer to `payload`, sealed under the key of this guest's level.
  Answer<base::Bytes> guest_request(sevproto::MessageType type, base::View payload);
  // The 1184 bytes of an attestation report.
  Answer<base::Bytes> get_report(const base::Block<64>& report_data, std::uint32_t vmpl,
                                 sevproto::ReportKey key = sevproto::ReportKey::kAuto);
  // And with the host's certificate table, through the extended request.
  Answer<ReportWithCertificates> get_extended_report(const base::Block<64>& report_data, std::uint32_t vmpl,
                                                     sevproto::ReportKey key = sevproto::ReportKey::kAuto);
  // About a device that firmware speaks to: a message of platform/protocol/sev/tio.h, and what only the hypervisor can do. The answer
  // of kBind is the interface's new id.
  Answer<base::Bytes> tio_request(sevproto::MessageType type, base::View payload, std::uint32_t device);
  Answer<std::uint64_t> tio_op(sevproto::TioOp op, std::uint32_t device);
  Answer<base::Block<32>> derive_key(const DerivedKeyRequest& request);

 private:
  std::uint64_t key_gpa() const;
  std::uint64_t count_gpa() const;
  bool page_state_change(std::uint64_t gpa, sevproto::PageOp operation);
  struct Way {  // by which exit, and what goes along
    sevproto::ExitCode exit = sevproto::ExitCode::kGuestRequest;
    std::uint32_t device = 0;
    base::Bytes* certificates = nullptr;
  };
  Answer<base::Bytes> exchange(sevproto::MessageType type, base::View payload, const Way& way);
  // Reads the answer out of shared memory and judges it.
  Answer<base::Bytes> open_answer(const sevproto::Vmpck& key, const sevproto::MessageHeader& request);
  Answer<base::Bytes> report_of(const Answer<base::Bytes>& payload) const;
  Answer<base::Bytes> failed(Answer<base::Bytes> answer);

  Platform& platform_;
  SevLayout layout_;
  trust::Defences& defences_;
  std::string at_;
  std::set<std::uint64_t> accepted_;  // guest frame numbers
  bool exchange_failed_ = false;
};

// Rows of the guest's tables.
std::vector<const trust::Defence*> sev_guest_defences();

}  // namespace tsm_abi
