// GET_VERSION, GET_CAPABILITIES, NEGOTIATE_ALGORITHMS.
#include "platform/requester/spdm_connect_rules.h"

#include <algorithm>
#include <bit>

#include "platform/requester/spdm.h"

namespace requester {
namespace {

// Flags that a requester of this version may set.
std::uint32_t flags_known_to(spdm::Version version) {
  if (version < spdm::Version::k11) return 0;
  if (version < spdm::Version::k12) return spdm::kCapPublicKeyId * 2 - 1;
  if (version < spdm::Version::k13) return spdm::kCapCertInstallReset * 2 - 1;
  return ~std::uint32_t{0};
}

// The highest of `wanted` that is offered, alphas left out.
std::optional<spdm::Version> best_of(const std::vector<spdm::Version>& wanted,
                                     const std::vector<spdm::VersionNumber>& offered) {
  std::optional<spdm::Version> best;
  for (spdm::VersionNumber number : offered) {
    const spdm::Version version = spdm::version_of(number);
    if (spdm::is_alpha(number) || std::find(wanted.begin(), wanted.end(), version) == wanted.end()) continue;
    if (!best || *best < version) best = version;
  }
  return best;
}

template <class T>
bool within(T chosen, T offered) {
  return (chosen & ~offered) == 0;
}

bool within_offer(const spdm::AlgorithmsResponse& response, const spdm::NegotiateAlgorithms& request) {
  for (const spdm::AlgorithmTable& table : response.tables)
    if (!within(table.supported, spdm::supported_in(request.tables, table.type))) return false;
  return within(response.measurement_specification_sel, request.measurement_specification) &&
         within(response.other_params_selection, request.other_params_support) &&
         within(response.base_asym_sel, request.base_asym_algo) &&
         within(response.base_hash_sel, request.base_hash_algo);
}

bool is_computable(const spdm::Algorithms& a, bool signs) {
  const auto at_most_one = [](auto bits) { return std::popcount(bits) <= 1; };
  if (!at_most_one(a.measurement_specification) || !at_most_one(a.measurement_hash) || !at_most_one(a.base_asym) ||
      !at_most_one(a.dhe) || !at_most_one(a.aead) || !at_most_one(a.requester_asym) || !at_most_one(a.key_schedule) ||
      !at_most_one(static_cast<std::uint8_t>(a.other_params & (spdm::kOpaqueFormat0 | spdm::kOpaqueFormat1))))
    return false;
  return spdm::digest_of(a.base_hash) && (spdm::signature_size(a.base_asym) != 0 || (a.base_asym == 0 && !signs)) &&
         (a.dhe == 0 || spdm::dhe_curve_of(a.dhe)) && (a.aead == 0 || spdm::aead_of(a.aead)) &&
         within<std::uint16_t>(a.key_schedule, spdm::kKeyScheduleSpdm);
}

}  // namespace

base::Bytes Spdm::ask_version() { return wire::encode(spdm::GetVersion{}); }

Spdm::No Spdm::take_version(base::View response) {
  doe::Padded<spdm::VersionResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::VersionResponse{}, message)})) return no;
  using spdm::Version;
  static const std::vector<Version> kKnown{Version::k10, Version::k11, Version::k12, Version::k13};
  learned_.versions_offered = message.message.version_number_entries;
  const auto wanted = best_of(settings_.versions, learned_.versions_offered);
  const auto known = best_of(kKnown, learned_.versions_offered);
  if (auto no = refused<VersionCase>(kVersionRules, {.has_wanted = wanted.has_value(), .has_known = known.has_value()}))
    return no;
  learned_.version = wanted ? *wanted : *known;
  learned_.vca = request_;
  base::append(learned_.vca, message.raw);
  begin(Step::kCapabilities);
  return std::nullopt;
}

base::Bytes Spdm::ask_capabilities() {
  learned_.own_capabilities = settings_.capabilities & flags_known_to(learned_.version);
  const bool chunks = (learned_.own_capabilities & spdm::kCapChunk) != 0;
  return wire::encode(
      spdm::GetCapabilities{.header = header(spdm::Code::kGetCapabilities),
                            .ct_exponent = settings_.ct_exponent,
                            .flags = learned_.own_capabilities,
                            .data_transfer_size = settings_.data_transfer_size,
                            .max_spdm_msg_size = chunks ? settings_.max_spdm_msg_size : settings_.data_transfer_size});
}

Spdm::No Spdm::take_capabilities(base::View response) {
  doe::Padded<spdm::Capabilities> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::Capabilities{}, message)})) return no;
  if (auto no = refused<CapabilitiesCase>(kCapabilitiesRules, {message.message})) return no;
  learned_.capabilities = message.message.flags;
  learned_.ct_exponent = message.message.ct_exponent;
  learned_.data_transfer_size = message.message.data_transfer_size;
  learned_.max_spdm_msg_size = message.message.max_spdm_msg_size;
  base::append(learned_.vca, request_);
  base::append(learned_.vca, message.raw);
  begin(Step::kAlgorithms);
  return std::nullopt;
}

base::Bytes Spdm::ask_algorithms() {
  const Offer& offer = settings_.offer;
  spdm::NegotiateAlgorithms message{.header = header(spdm::Code::kNegotiateAlgorithms),
                                    .measurement_specification = offer.measurement_specification,
                                    .base_asym_algo = offer.base_asym,
                                    .base_hash_algo = offer.base_hash};
  if (learned_.version >= spdm::Version::k12) message.other_params_support = offer.other_params;
  const auto add = [&](spdm::TableType type, std::uint16_t supported) {
    if (learned_.version >= spdm::Version::k11 && supported != 0)
      message.tables.push_back({.type = type, .supported = supported});
  };
  add(spdm::TableType::kDhe, offer.dhe);
  add(spdm::TableType::kAead, offer.aead);
  add(spdm::TableType::kRequesterAsymmetric, offer.requester_asym);
  add(spdm::TableType::kKeySchedule, offer.key_schedule);
  message.header.param1 = static_cast<std::uint8_t>(message.tables.size());
  message.length = spdm::length_of(message);
  return wire::encode(message);
}

Spdm::No Spdm::take_algorithms(base::View response) {
  doe::Padded<spdm::AlgorithmsResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::AlgorithmsResponse{}, message)})) return no;
  const spdm::AlgorithmsResponse& found = message.message;
  const auto request = wire::decode<spdm::NegotiateAlgorithms>(request_);
  spdm::Algorithms algorithms = spdm::algorithms_of(found);
  if (learned_.version < spdm::Version::k12) algorithms.other_params = 0;
  const bool signs = (learned_.capabilities & (spdm::kCapCert | spdm::kCapChallenge | spdm::kCapKeyExchange |
                                               spdm::kCapMeasurementsSigned)) != 0;
  const bool has_externals = !found.ext_asym_sel.empty() || !found.ext_hash_sel.empty();
  const AlgorithmsCase c{.has_length = found.length == message.raw.size() && !has_externals,
                         .within_offer = within_offer(found, *request),
                         .is_computable = is_computable(algorithms, signs)};
  if (auto no = refused(kAlgorithmsRules, c)) return no;
  learned_.algorithms = algorithms;
  base::append(learned_.vca, request_);
  base::append(learned_.vca, message.raw);
  connected_ = true;
  return std::nullopt;
}

}  // namespace requester
