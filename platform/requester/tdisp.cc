#include "platform/requester/tdisp.h"

#include <algorithm>

#include "platform/requester/tdisp_rules.h"

namespace requester {
namespace {

constexpr std::size_t kReportBytesMax = 0xffff;
constexpr std::size_t kReportPortionsMax = 4096;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not find it by itself

}  // namespace

Tdisp::Tdisp(tdisp::FunctionId function, trust::Defences& defences, std::string at)
    : function_(function), defences_(defences), at_(std::move(at)) {}

trust::Result<> Tdisp::start(const Goal& goal) {
  outgoing_.reset();
  const auto* lock = std::get_if<Lock>(&goal);
  const TdispStartCase c{
      .has_nonce = nonce_.has_value() || !std::holds_alternative<Start>(goal),
      .has_flags = !lock || !capabilities_ || (lock->flags & ~capabilities_->lock_flags_supported) == 0};
  if (auto no = defences_.first_refusal<TdispStartCase>(kTdispStartRules, c, at_)) return *no;
  goal_ = goal;
  if (std::holds_alternative<ReadReport>(goal)) {
    report_.clear();
    report_size_ = portions_ = 0;
    decoded_report_.reset();
  }
  ask();
  return trust::ok();
}

void Tdisp::ask() {
  using tdisp::Code;
  outgoing_ = std::visit(
      Overloaded{
          [&](const GetVersion&) { return wire::encode(tdisp::GetVersion{header(Code::kGetVersion)}); },
          [&](const GetCapabilities&) { return wire::encode(tdisp::GetCapabilities{header(Code::kGetCapabilities)}); },
          [&](const Lock& g) {
            nonce_.reset();
            return wire::encode(tdisp::LockInterfaceRequest{.header = header(Code::kLockInterfaceRequest),
                                                            .flags = g.flags,
                                                            .default_stream_id = g.default_stream,
                                                            .mmio_reporting_offset = g.mmio_reporting_offset,
                                                            .bind_p2p_address_mask = g.bind_p2p_address_mask});
          },
          [&](const ReadReport& g) {
            return wire::encode(tdisp::GetDeviceInterfaceReport{.header = header(Code::kGetDeviceInterfaceReport),
                                                                .offset = static_cast<std::uint16_t>(report_.size()),
                                                                .length = g.portion});
          },
          [&](const GetState&) {
            return wire::encode(tdisp::GetDeviceInterfaceState{header(Code::kGetDeviceInterfaceState)});
          },
          [&](const Start&) {
            const tdisp::StartInterfaceRequest message{header(Code::kStartInterfaceRequest), *nonce_};
            nonce_.reset();
            return wire::encode(message);
          },
          [&](const Stop&) {
            nonce_.reset();
            return wire::encode(tdisp::StopInterfaceRequest{header(Code::kStopInterfaceRequest)});
          },
          [&](const BindP2p& g) {
            return wire::encode(tdisp::BindP2pStreamRequest{header(Code::kBindP2pStreamRequest), g.stream});
          },
          [&](const UnbindP2p& g) {
            return wire::encode(tdisp::UnbindP2pStreamRequest{header(Code::kUnbindP2pStreamRequest), g.stream});
          },
          [&](const SetMmioAttribute& g) {
            return wire::encode(tdisp::SetMmioAttributeRequest{header(Code::kSetMmioAttributeRequest), g.range});
          },
      },
      *goal_);
  const auto code = static_cast<std::uint8_t>(tdisp::header_of(*outgoing_)->code);
  expected_ = static_cast<Code>(code & 0x7f);
}

trust::Result<Progress> Tdisp::receive(base::View payload) {
  if (auto no = take(payload)) {
    outgoing_.reset();
    return *no;
  }
  return outgoing_ ? Progress::kGoOn : Progress::kDone;
}

Tdisp::No Tdisp::take(base::View payload) {
  const auto found = tdisp::header_of(payload);
  TdispResponseCase c{.expected = outgoing_.has_value(),
                      .has_header = found.has_value(),
                      .of_version = found && found->version == tdisp::kVersion10,
                      .of_function = found && found->function_id == function_,
                      .is_error = found && found->code == tdisp::Code::kError,
                      .of_kind = found && found->code == expected_,
                      .has_form = true};
  if (c.is_error && c.expected) {
    if (auto error = wire::decode<tdisp::Error>(payload)) error_ = *error;
  }
  if (auto no = defences_.first_refusal<TdispResponseCase>(kTdispResponseRules, c, at_)) return no;
  outgoing_.reset();
  return take_body(payload);
}

Tdisp::No Tdisp::take_body(base::View payload) {
  const auto formed = [&](bool has_form) {
    const TdispResponseCase c{.expected = true,
                              .has_header = true,
                              .of_version = true,
                              .of_function = true,
                              .is_error = false,
                              .of_kind = true,
                              .has_form = has_form};
    return defences_.first_refusal<TdispResponseCase>(kTdispResponseRules, c, at_);
  };
  const auto take_as = [&]<class M>(std::optional<M>& into) -> No {
    auto message = wire::decode<M>(payload);
    if (auto no = formed(static_cast<bool>(message))) return no;
    into = *std::move(message);
    return std::nullopt;
  };
  switch (expected_) {
    case tdisp::Code::kVersion: {
      if (auto no = take_as(versions_)) return no;
      const base::Bytes& all = versions_->versions;
      const TdispVersionCase c{std::find(all.begin(), all.end(), tdisp::kVersion10) != all.end()};
      return defences_.first_refusal<TdispVersionCase>(kTdispVersionRules, c, at_);
    }
    case tdisp::Code::kCapabilities:
      return take_as(capabilities_);
    case tdisp::Code::kLockInterfaceResponse: {
      std::optional<tdisp::LockInterfaceResponse> message;
      if (auto no = take_as(message)) return no;
      nonce_ = message->start_interface_nonce;
      return std::nullopt;
    }
    case tdisp::Code::kDeviceInterfaceReport:
      return take_report(payload);
    case tdisp::Code::kDeviceInterfaceState: {
      std::optional<tdisp::DeviceInterfaceState> message;
      if (auto no = take_as(message)) return no;
      const TdispStateCase c{message->tdi_state <= tdisp::State::kError};
      if (auto no = defences_.first_refusal<TdispStateCase>(kTdispStateRules, c, at_)) return no;
      state_ = message->tdi_state;
      return std::nullopt;
    }
    default:
      return formed(payload.size() == tdisp::kHeaderSize);  // the others are all header
  }
}

Tdisp::No Tdisp::take_report(base::View payload) {
  auto message = wire::decode<tdisp::DeviceInterfaceReport>(payload);
  TdispResponseCase form{.expected = true,
                         .has_header = true,
                         .of_version = true,
                         .of_function = true,
                         .is_error = false,
                         .of_kind = true,
                         .has_form = static_cast<bool>(message)};
  if (auto no = defences_.first_refusal<TdispResponseCase>(kTdispResponseRules, form, at_)) return no;
  const std::size_t size = report_.size() + message->report_bytes.size() + message->remainder_length;
  TdispReportCase c{
      .fits = !message->report_bytes.empty() && message->report_bytes.size() <= std::get<ReadReport>(*goal_).portion,
      .steady = report_size_ == 0 || report_size_ == size,
      .in_bound = size <= kReportBytesMax && ++portions_ <= kReportPortionsMax,
      .has_form = true};
  const bool is_last = message->remainder_length == 0;
  base::append(report_, message->report_bytes);
  report_size_ = size;
  auto whole = wire::decode<tdisp::InterfaceReport>(is_last ? report_ : base::Bytes{});
  if (is_last) c.has_form = static_cast<bool>(whole);
  if (auto no = defences_.first_refusal<TdispReportCase>(kTdispReportRules, c, at_)) {
    report_.clear();
    return no;
  }
  if (!is_last) {
    ask();
    return std::nullopt;
  }
  decoded_report_ = *std::move(whole);
  return std::nullopt;
}

}  // namespace requester
