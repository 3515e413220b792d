#pragma once
// A last look at each token's claims before they are signed, by the token's name: "cove.PLATFORM_TOKEN", "cove.TSM_TOKEN",
// "cove.TVM_TOKEN", "cove.CERTIFICATE". Empty in an honest world.
#include <functional>
#include <string_view>

#include "platform/cbor/cbor.h"

namespace attest {

using Edit = std::function<void(std::string_view token, cbor::Value& claims)>;

}  // namespace attest
