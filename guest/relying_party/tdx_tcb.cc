#include "guest/relying_party/tdx_tcb.h"

#include <algorithm>

namespace relying_party {

namespace {

// In TEE_TCB_SVN: a module of major version 1 or later has its own list, and its own two numbers are not compared here.
constexpr std::size_t kModuleSvn = 0;
constexpr std::size_t kModuleMajor = 1;
constexpr std::size_t kBehindModule = 2;

bool reaches(base::View svns, const std::array<tdxproto::TcbComponent, 16>& level, std::size_t from) {
  for (std::size_t i = from; i < level.size(); ++i)
    if (svns[i] < level[i].svn) return false;
  return true;
}

const tdxproto::TdxModuleIdentity* identity_of(const tdxproto::TcbInfo& info, std::uint8_t major_version) {
  const std::string id = tdxproto::module_identity_id(major_version);
  auto at = std::ranges::find(info.module_identities, id, &tdxproto::TdxModuleIdentity::id);
  return at == info.module_identities.end() ? nullptr : &*at;
}

}  // namespace

void TdxTcbVerdict::join(const tdxproto::TcbLevelState& level) {
  join(TdxTcbVerdict{.status = level.status, .advisories = level.advisories});
}

void TdxTcbVerdict::join(const TdxTcbVerdict& other) {
  status = std::max(status, other.status);
  for (const std::string& id : other.advisories)
    if (std::ranges::find(advisories, id) == advisories.end()) advisories.push_back(id);
}

std::optional<TdxTcbVerdict> platform_tcb(const tdxproto::TcbInfo& info, const tdxproto::PlatformTcb& platform,
                                          const base::Block<16>& tee_tcb_svn) {
  const std::uint8_t major = tee_tcb_svn[kModuleMajor];
  TdxTcbVerdict out;
  if (major > 0) {
    const auto* identity = identity_of(info, major);
    if (!identity) return std::nullopt;
    auto module = enclave_tcb(identity->levels, tee_tcb_svn[kModuleSvn]);
    if (!module) return std::nullopt;
    out.join(*module);
  }
  for (const auto& level : info.levels) {
    if (!reaches(platform.components, level.sgx_components, 0) || platform.pce_svn < level.pce_svn ||
        !reaches(tee_tcb_svn, level.tdx_components, major > 0 ? kBehindModule : 0))
      continue;
    out.join(level.state);
    return out;
  }
  return std::nullopt;
}

std::optional<TdxTcbVerdict> enclave_tcb(const std::vector<tdxproto::SvnTcbLevel>& levels, std::uint32_t isv_svn) {
  auto reached = [&](const tdxproto::SvnTcbLevel& level) { return level.isv_svn <= isv_svn; };
  auto at = std::ranges::find_if(levels, reached);
  if (at == levels.end()) return std::nullopt;
  TdxTcbVerdict out;
  out.join(at->state);
  return out;
}

const tdxproto::TdxModule* module_of(const tdxproto::TcbInfo& info, std::uint8_t major_version) {
  if (major_version == 0) return &info.module;
  const auto* identity = identity_of(info, major_version);
  return identity ? &identity->module : nullptr;
}

}  // namespace relying_party
