#pragma once
// How a platform's versions are held against the vendor's lists (Intel PCS API 4, Get TDX TCB Info, algorithm): a list
// goes from the newest level to the oldest, and the first one that is reached in each component counts.
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/protocol/tdx/collateral.h"
#include "platform/protocol/tdx/pck_extension.h"

namespace relying_party {

// Worse statuses are greater.
struct TdxTcbVerdict {
  tdxproto::TcbStatus status = tdxproto::TcbStatus::kUpToDate;
  std::vector<std::string> advisories;
  void join(const tdxproto::TcbLevelState& level);
  void join(const TdxTcbVerdict& other);
};

// Of the platform and of its TDX module. Empty when a list has no level as low as this platform, or knows no such
// module.
std::optional<TdxTcbVerdict> platform_tcb(const tdxproto::TcbInfo& info, const tdxproto::PlatformTcb& platform,
                                          const base::Block<16>& tee_tcb_svn);
// Of an enclave.
std::optional<TdxTcbVerdict> enclave_tcb(const std::vector<tdxproto::SvnTcbLevel>& levels, std::uint32_t isv_svn);

// What the vendor demands of a module of this major version; null when it knows none.
const tdxproto::TdxModule* module_of(const tdxproto::TcbInfo& info, std::uint8_t major_version);

}  // namespace relying_party
