#pragma once
// The emulated vendor's RSA-4096 keys, compiled in. They are published with the source and protect nothing.
#include "platform/crypto/rsa_key.h"

namespace sev {

const crypto::RsaKey& ark_key();
const crypto::RsaKey& ask_key();
const crypto::RsaKey& asvk_key();
const crypto::RsaKey& retired_ask_key();

}  // namespace sev
