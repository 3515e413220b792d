#pragma once
// SHA-1, for lists that Linux still keeps by it. No promise of ours rests on it.
#include "platform/base/bytes.h"

namespace crypto {

base::Block<20> sha1(base::View data);

}  // namespace crypto
