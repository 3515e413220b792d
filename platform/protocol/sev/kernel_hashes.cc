#include "platform/protocol/sev/kernel_hashes.h"

#include "platform/crypto/hash.h"

namespace sevproto {

KernelHashes kernel_hashes(base::View kernel, base::View initrd, std::string_view cmdline) {
  base::Bytes with_nul = base::bytes_of(cmdline);
  with_nul.push_back(0);
  KernelHashes hashes;
  hashes.cmdline.hash = crypto::sha256(with_nul);
  hashes.initrd.hash = crypto::sha256(initrd);
  hashes.kernel.hash = crypto::sha256(kernel);
  return hashes;
}

}  // namespace sevproto
