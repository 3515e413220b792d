#pragma once
// SNP guests from GCTX_CREATE to DECOMMISSION: contexts, keys, the launch digest, and the identity block.
#include "tsm/sev/commands.h"
#include "tsm/sev/psp_state.h"

namespace sev {

class Launch {
 public:
  explicit Launch(PspState& psp) : psp_(psp) {}

  CallResult gctx_create(const command::Guest& request);
  CallResult start(const command::LaunchStart& request);
  CallResult activate(const command::Activate& request);
  // A CPUID page that does not tell the truth comes back corrected, in its place and in the result.
  CallResult update(const command::LaunchUpdate& request);
  CallResult finish(const command::LaunchFinish& request);
  CallResult status(const command::Guest& request);
  CallResult decommission(const command::Guest& request);

 private:
  base::Bytes secrets_page(const GuestContext& context) const;

  PspState& psp_;
};

// The page as the processor would fill it in: a leaf that the processor does not have is zero, feature words keep only
// bits that it has. simplified: the firmware's policy differs leaf by leaf in ways that are not public.
sevproto::CpuidPage truthful(const sevproto::CpuidPage& page, const std::vector<sevproto::CpuidFunction>& truth);

}  // namespace sev
