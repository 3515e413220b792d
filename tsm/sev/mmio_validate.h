#pragma once
// MMIO_VALIDATE of an interface that is bound to the guest: sets or clears VALIDATED of pages that are the guest's, frozen, and where it
// says, and touches none otherwise. `changed`: a page's bit is another one now.
#include "platform/protocol/sev/tio.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "tsm/tio/mmio_table.h"

namespace sev {

sevproto::MmioStatus validate_range(tio::MmioTable& table, const tdisp::InterfaceReport& report, std::uint32_t guest,
                                    const sevproto::MmioValidateRequest& request, bool& changed);

}  // namespace sev
