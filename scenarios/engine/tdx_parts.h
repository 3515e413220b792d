#pragma once
// What a TDX server has beside its module: the processor's own seal on reports, the quoting enclave on the host's side, and the
// vendor's documents about the platform; and what a TD's owner asks for.
#include <memory>
#include <optional>

#include "guest/relying_party/tdx_policy.h"
#include "tsm/tdx/host/tdx_machine.h"
#include "tsm/tdx/quoting/provisioning.h"
#include "tsm/tdx/quoting/quoting_enclave.h"

namespace engine {

class World;
struct VmState;

class TdxParts final : public tdx::ReportUnit {
 public:
  // `chip` is the server's seed.
  TdxParts(World& world, const std::string& chip);

  std::unique_ptr<tdx::TdxMachine> make_machine();
  // Of the vendor's service, as the host fetched it.
  const base::Bytes& collateral() const { return collateral_; }
  relying_party::TdxPolicy policy() const;
  std::vector<std::pair<std::string, crypto::Certificate>> chain() const;  // PCK, its CA, root

  // tdx::ReportUnit
  base::Bytes make(const tdxproto::ReportContent& content) override;
  bool verify(base::View report_mac_struct) override;

 private:
  World& world_;
  quoting::Platform platform_;
  quoting::Provisioning vendor_;
  quoting::QuotingEnclave enclave_;
  base::Bytes collateral_;
};

// What a TD that is built from this image will measure as MRTD, and what its firmware extends into RTMR[1] and RTMR[2].
tdxproto::Measurement golden_mr_td(const VmState& vm);
// What a host that hands over this configuration says in MRCONFIGID.
tdxproto::Measurement config_id(base::View configuration);
tdxproto::EventLog boot_events(base::View kernel, std::string_view command_line);

}  // namespace engine
