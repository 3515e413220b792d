#pragma once
// The device's side of TDISP's messages (PCIe 6.1, 11.3): checks each request by its tables (tdisp_rules.h), in order
// of length, version, interface, support, owner, state and fields, and lets the interface carry it out.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/dsm/tdi.h"

namespace dsm {

inline constexpr std::size_t kReportPortionMax = 1024;

class TdispResponder {
 public:
  using Interfaces = std::vector<std::unique_ptr<Tdi>>;
  TdispResponder(std::string at, trust::Defences& defences, const Interfaces& interfaces)
      : at_(std::move(at)), defences_(defences), interfaces_(interfaces) {}
  TdispResponder(const TdispResponder&) = delete;
  TdispResponder& operator=(const TdispResponder&) = delete;

  // Payload in, payload out, protocol id included. Nothing: dropped without an answer.
  std::optional<base::Bytes> answer(SessionId session, base::View payload);

 private:
  Tdi* find(tdisp::FunctionId id) const;
  base::Bytes capabilities(const Tdi& tdi, const tdisp::Header& header) const;
  base::Bytes lock(SessionId session, Tdi& tdi, base::View payload);
  base::Bytes report(Tdi& tdi, base::View payload);
  base::Bytes start(Tdi& tdi, base::View payload);
  base::Bytes bind(SessionId session, Tdi& tdi, base::View payload);
  base::Bytes unbind(Tdi& tdi, base::View payload);
  base::Bytes set_attribute(Tdi& tdi, base::View payload);

  std::string at_;
  trust::Defences& defences_;
  const Interfaces& interfaces_;
};

}  // namespace dsm
