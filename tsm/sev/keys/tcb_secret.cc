#include "tsm/sev/keys/tcb_secret.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/crypto/memo.h"

namespace sev {
namespace {

struct Chain {
  std::uint8_t Tcb::*version;
  std::string_view name;
};
constexpr std::array<Chain, 5> kChains{{
    {&Tcb::bootloader, "bootloader"},
    {&Tcb::tee, "tee"},
    {&Tcb::snp, "snp"},
    {&Tcb::microcode, "microcode"},
    {&Tcb::fmc, "fmc"},
}};

base::Block<32> step(base::Block<32> link, int times) {
  for (; times > 0; --times) link = crypto::sha256(link);
  return link;
}

}  // namespace

// The memo's: a thousand hashes for what every world with the same chip asks for.
TcbSecret TcbSecret::from_root(const base::Block<32>& root, std::string_view label, const Tcb& tcb) {
  TcbSecret out;
  out.tcb_ = tcb;
  crypto::MemoKey key("sev TCB secret");
  key.add(root).add(base::view_of(label));
  for (const Chain& chain : kChains) key.add({&(tcb.*chain.version), 1});
  const base::Bytes links = crypto::memo(key, [&] {
    base::Bytes walked;
    for (const Chain& chain : kChains) {
      const std::string start = std::string(label) + "/" + std::string(chain.name);
      base::append(walked, step(crypto::hmac_sha256(root, base::view_of(start)), 255 - tcb.*chain.version));
    }
    return walked;
  });
  for (std::size_t i = 0; i < kChains.size(); ++i) std::copy_n(links.begin() + static_cast<std::ptrdiff_t>(32 * i), 32, out.links_[i].begin());
  return out;
}

std::optional<TcbSecret> TcbSecret::lowered_to(const Tcb& tcb) const {
  if (!at_least(tcb_, tcb)) return std::nullopt;
  TcbSecret out = *this;
  for (std::size_t i = 0; i < kChains.size(); ++i) {
    out.links_[i] = step(links_[i], tcb_.*kChains[i].version - tcb.*kChains[i].version);
  }
  out.tcb_ = tcb;
  return out;
}

crypto::EcKey TcbSecret::key() const {
  base::Bytes seed;
  for (const base::Block<32>& link : links_) base::append(seed, link);
  return crypto::EcKey::derive(crypto::Curve::kP384, seed, "sev endorsement key");
}

}  // namespace sev
