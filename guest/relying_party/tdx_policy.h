#pragma once
// What the owner of a TD is willing to believe. Plain data, as policy.h is for SNP: an unset optional or an empty set
// means that the owner does not ask, except for the root and for MRTD, where nothing is accepted unasked.
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "guest/relying_party/event_policy.h"
#include "platform/base/bytes.h"
#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/tdx/collateral.h"
#include "platform/protocol/tdx/event_log.h"

namespace relying_party {

using TdxEventPolicy = EventPolicy<tdxproto::Measurement>;
struct TdxRegisterPolicy {
  std::set<tdxproto::Measurement> values;
  std::optional<TdxEventPolicy> events;
};

struct TdxPolicy {
  std::optional<crypto::Certificate> root;  // the vendor's, obtained out of band: its key is the only anchor
  std::set<tdxproto::Measurement> mr_tds;

  // Endorsement.
  bool require_revocation_lists = true;  // of the root and of the PCK authority, both current
  // The owner's own copies count beside the host's, which may be old ones that are still current.
  std::optional<crypto::RevocationList> root_ca_crl, pck_crl;
  std::optional<std::set<base::Block<16>>> platforms;  // PPID

  // The platform.
  std::set<tdxproto::TcbStatus> accepted_statuses{tdxproto::TcbStatus::kUpToDate};
  std::uint32_t minimum_tcb_evaluation_data_number = 0;
  std::set<tdxproto::Measurement> mr_seams;

  // The TD as it was built.
  bool allow_debug = false;
  bool allow_migration = false;
  bool require_sept_ve_disable = true;
  // Every feature in `xfam_required` is on, and none outside of `xfam_allowed`.
  std::uint64_t xfam_required = 0x3;     // x87 and SSE
  std::uint64_t xfam_allowed = 0x6dbe7;  // those, AVX, AVX-512, PT, PKRU, PASID, CET, ULI, LBR and AMX
  std::optional<tdxproto::Measurement> mr_config_id, mr_owner, mr_owner_config;
  // Service TDs, such as one that migrates it; zero stands for none.
  tdxproto::Measurement mr_service_td{};

  // The TD as it measured itself.
  std::array<TdxRegisterPolicy, tdxproto::kRtmrCount> rtmrs;
};

}  // namespace relying_party
