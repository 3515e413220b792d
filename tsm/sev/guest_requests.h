#pragma once
// SNP_GUEST_REQUEST: opens a guest's sealed message, answers it, and seals the answer.
#include "platform/protocol/sev/guest_message.h"
#include "tsm/sev/commands.h"
#include "tsm/sev/psp_state.h"
#include "tsm/sev/tio.h"

namespace sev {

class GuestRequests {
 public:
  GuestRequests(PspState& psp, Tio& tio) : psp_(psp), tio_(tio) {}

  CallResult handle(const command::GuestRequest& request) { return exchange(request, false); }
  // About an interface, which the host names.
  CallResult handle_tio(const command::TioGuestRequest& request);

 private:
  struct Answer {
    base::Bytes payload;
    std::optional<trust::Refusal> refusal{};
  };
  CallResult exchange(const command::GuestRequest& request, bool about_tdi);
  // Empty when the firmware does not know the message or its payload is malformed.
  std::optional<Answer> answer(const GuestContext& context, const sevproto::MessageHeader& header, base::View payload);
  Answer report(const GuestContext& context, std::uint8_t vmpck, const sevproto::ReportRequest& request);
  Answer derived_key(const GuestContext& context, std::uint8_t vmpck, const sevproto::KeyRequest& request,
                     std::uint64_t launch_mit_vector);
  sevproto::Report unsigned_report(const GuestContext& context, const sevproto::ReportRequest& request) const;

  PspState& psp_;
  Tio& tio_;
};

}  // namespace sev
