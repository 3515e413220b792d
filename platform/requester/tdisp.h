#pragma once
// A TDISP requester (PCIe 6.1, chapter 11) for one interface. Messages are payloads for SendVendorDefined, from the
// protocol id on; answers are the payloads that come back. What the report says is for the caller to judge.
#include <optional>
#include <string>
#include <variant>

#include "platform/protocol/tdisp/tdisp.h"
#include "platform/requester/message.h"
#include "platform/trust/defence.h"

namespace requester {

class Tdisp {
 public:
  struct GetVersion {};
  struct GetCapabilities {};
  struct Lock {
    std::uint16_t flags = 0;
    std::uint8_t default_stream = 0;
    std::uint64_t mmio_reporting_offset = 0;  // two's complement
    std::uint64_t bind_p2p_address_mask = 0;
  };
  struct ReadReport {
    std::uint16_t portion = tdisp::kWholeReport;  // bytes asked for at once
  };
  struct GetState {};
  struct Start {};  // with the nonce of the last Lock, which is forgotten then
  struct Stop {};
  struct BindP2p {
    std::uint8_t stream = 0;
  };
  struct UnbindP2p {
    std::uint8_t stream = 0;
  };
  struct SetMmioAttribute {
    tdisp::MmioRange range{};
  };
  using Goal = std::variant<GetVersion, GetCapabilities, Lock, ReadReport, GetState, Start, Stop, BindP2p, UnbindP2p,
                            SetMmioAttribute>;

  Tdisp(tdisp::FunctionId function, trust::Defences& defences, std::string at);

  trust::Result<> start(const Goal& goal);
  std::optional<base::Bytes> next() const { return outgoing_; }
  trust::Result<Progress> receive(base::View payload);

  const std::optional<tdisp::Version>& versions() const { return versions_; }
  const std::optional<tdisp::Capabilities>& capabilities() const { return capabilities_; }
  const std::optional<tdisp::Nonce>& nonce() const { return nonce_; }
  const base::Bytes& report_bytes() const { return report_; }
  const std::optional<tdisp::InterfaceReport>& report() const { return decoded_report_; }
  std::optional<tdisp::State> state() const { return state_; }  // as the device said last
  const std::optional<tdisp::Error>& last_error() const { return error_; }

 private:
  using No = std::optional<trust::Refusal>;
  tdisp::Header header(tdisp::Code code) const { return {.code = code, .function_id = function_}; }
  void ask();
  No take(base::View payload);
  No take_body(base::View payload);
  No take_report(base::View payload);

  const tdisp::FunctionId function_;
  trust::Defences& defences_;
  const std::string at_;
  std::optional<Goal> goal_{};
  std::optional<base::Bytes> outgoing_{};
  tdisp::Code expected_{};
  std::optional<tdisp::Version> versions_{};
  std::optional<tdisp::Capabilities> capabilities_{};
  std::optional<tdisp::Nonce> nonce_{};
  base::Bytes report_{};
  std::size_t report_size_ = 0;  // once the first portion told it
  std::size_t portions_ = 0;
  std::optional<tdisp::InterfaceReport> decoded_report_{};
  std::optional<tdisp::State> state_{};
  std::optional<tdisp::Error> error_{};
};

}  // namespace requester
