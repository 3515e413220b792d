#include "tsm/tdx/quoting/platform.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace quoting {
namespace {

base::Block<16> id_of(base::View seed, std::string_view what) {
  base::Block<16> out{};
  std::ranges::copy(crypto::hkdf_sha384(seed, {}, base::view_of(what), out.size()), out.begin());
  return out;
}

}  // namespace

Platform Platform::from_seed(base::View seed, const tdxproto::PlatformTcb& tcb) {
  Platform out;
  out.ppid = id_of(seed, "ppid");
  out.instance_id = id_of(seed, "platform instance id");
  out.tcb = tcb;
  out.secret = crypto::hmac_sha256(seed, base::view_of("platform secret"));
  return out;
}

ReportKey Platform::report_key() const { return ReportKey(secret, cpu_svn()); }

tdxproto::PckExtension Platform::pck_extension() const {
  tdxproto::PckExtension out;
  out.ppid = ppid;
  out.tcb = tcb;
  out.cpu_svn = cpu_svn();
  out.pce_id = pce_id;
  out.fmspc = fmspc;
  if (authority == PckAuthority::kPlatform) {
    out.platform_instance_id = instance_id;
    out.dynamic_platform = out.cached_keys = out.smt_enabled = true;
  }
  return out;
}

crypto::EcKey Platform::pck_key() const {
  base::Bytes seed = base::bytes_of(base::View(secret));
  base::append(seed, tcb.components);
  base::append_le(seed, tcb.pce_svn);
  return crypto::EcKey::derive(crypto::Curve::kP256, seed, "pck");
}

}  // namespace quoting
