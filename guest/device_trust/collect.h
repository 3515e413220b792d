#pragma once
// What a requester learned of a device, as the evidence that is judged.
#include "guest/device_trust/evidence.h"
#include "platform/requester/learned.h"
#include "platform/requester/tdisp.h"

namespace device_trust {

// Without an interface: of the device alone.
DeviceEvidence collect(const requester::Learned& learned);
DeviceEvidence collect(const requester::Learned& learned, const requester::Tdisp& interface, tdisp::FunctionId function);

}  // namespace device_trust
