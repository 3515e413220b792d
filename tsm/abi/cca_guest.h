#pragma once
// The guest's side of Arm CCA: which pages it has taken in, what it believes of its realm, its extensible measurements, and its
// attestation token.
//
// Promise: what comes back of a call is judged before it is used; a page that was taken in once is never taken in again unasked.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/protocol/cca/structures.h"
#include "platform/trust/defence.h"
#include "tsm/abi/answer.h"
#include "tsm/abi/cca_platform.h"

namespace tsm_abi {

class CcaGuest {
 public:
  static constexpr std::size_t kTokenBytesMax = 64 * 1024;
  static constexpr unsigned kChangesMax = 512;

  // `buffer_gpa` is a page of the guest's own: operands and results of the calls.
  CcaGuest(CcaPlatform& platform, std::uint64_t buffer_gpa, trust::Defences& defences, std::string at = "guest");
  CcaGuest(const CcaGuest&) = delete;
  CcaGuest& operator=(const CcaGuest&) = delete;

  // What a kernel does first: which interface the RMM speaks, and how wide the realm's addresses are.
  Answer<Done> boot();
  const ccaproto::RealmConfig& config() const { return config_; }
  std::uint64_t unprotected_bit() const { return config_.ipa_width == 0 ? 0 : std::uint64_t{1} << (config_.ipa_width - 1); }

  // Shared to private, or new; and back.
  Answer<Done> accept_page(std::uint64_t gpa);
  Answer<Done> share_page(std::uint64_t gpa);
  // Pages that were there at launch.
  void note_accepted(std::uint64_t gpa, std::uint64_t bytes);
  bool accepted(std::uint64_t gpa) const { return accepted_.contains(gpa / 4096); }
  Answer<ccaproto::Ripas> state(std::uint64_t gpa);

  // Register 0 is the initial measurement, 1 to 4 are the extensible ones; at most 64 bytes at once.
  Answer<base::Block<64>> measurement(unsigned index);
  Answer<Done> extend(unsigned index, base::View data);
  // The CCA attestation token over that challenge.
  Answer<base::Bytes> token(const base::Block<64>& challenge);

  // Asks the host something in the open: its answer is nobody's word but the host's.
  Answer<ccaproto::HostCall> host_call(const ccaproto::HostCall& call);
  // Switches the realm off; it does not come back.
  void power_off();

 private:
  ccaproto::Registers call(ccaproto::Rsi function, ccaproto::Registers in = {});
  Answer<Done> change(std::uint64_t page, ccaproto::Ripas to, bool change_destroyed);

  CcaPlatform& platform_;
  std::uint64_t buffer_gpa_;
  trust::Defences& defences_;
  std::string at_;
  ccaproto::RealmConfig config_;
  std::set<std::uint64_t> accepted_;  // guest frame numbers
  std::set<std::uint64_t> shared_;
};

// Rows of the guest's tables.
std::vector<const trust::Defence*> cca_guest_defences();

}  // namespace tsm_abi
