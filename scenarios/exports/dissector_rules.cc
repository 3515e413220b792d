#include <algorithm>
#include <array>

#include "scenarios/exports/dissector.h"

namespace exports {

namespace {

struct Rule {
  std::string_view name, lua;
};

// `m` has the fields of the message that come earlier, `s` what was agreed on before (spdm::Shape); `bits(number, lowest, count)` and
// `ones(number)` are the walker's. What member functions say in C++ cannot be read off a layout, so it is said again here; a
// test has both readers read the same bytes.
constexpr std::array kRules{
    Rule{"doe::Object::content_size", "bits(m.header.length - 1, 0, 18) == 0 and 0 or (bits(m.header.length - 1, 0, 18) - 1) * 4"},
    Rule{"ide::Packet::has_mac", "bits(m.prefix.flags, 2, 1) == 1"},
    Rule{"ide::Packet::has_pcrc", "bits(m.prefix.flags, 3, 1) == 1"},
    Rule{"ide::Prefix::is_ide", "m.type == 0x92"},
    Rule{"spdm::AlgorithmTable::external_count", "bits(m.count, 0, 4)"},
    Rule{"spdm::AlgorithmsResponse::table_count", "m.header.param1"},
    Rule{"spdm::Capabilities::has_algorithms", "m.header.version >= 0x13 and bits(m.header.param1, 0, 1) == 1"},
    Rule{"spdm::Capabilities::has_sizes", "m.header.version >= 0x12"},
    Rule{"spdm::Challenge::has_context", "m.header.version >= 0x13"},
    Rule{"spdm::ChallengeAuth::digest_size", "s.digest"},
    Rule{"spdm::ChallengeAuth::has_context", "m.header.version >= 0x13"},
    Rule{"spdm::ChallengeAuth::signature_size", "s.signature"},
    Rule{"spdm::ChallengeAuth::summary_size", "s.summary and s.digest or 0"},
    Rule{"spdm::Chunk::is_first", "m.chunk_seq_no == 0"},
    Rule{"spdm::Digests::digests_size", "ones(m.header.param2) * s.digest"},
    Rule{"spdm::Digests::key_count", "m.header.version >= 0x13 and s.multi_key and ones(m.header.param2) or 0"},
    Rule{"spdm::EncapsulatedResponseAck::has_ack", "m.header.version >= 0x12"},
    Rule{"spdm::Error::extended_size",
         "(m.header.param1 == 0x42 or m.header.param1 == 0x0d) and 4 or m.header.param1 == 0x0f and 1 or 0"},
    Rule{"spdm::Error::is_standard", "m.header.param1 ~= 0xff"},
    Rule{"spdm::Error::is_vendor_defined", "m.header.param1 == 0xff"},
    Rule{"spdm::Finish::signature_size", "bits(m.header.param1, 0, 1) == 1 and s.requester_signature or 0"},
    Rule{"spdm::Finish::verify_size", "s.digest"},
    Rule{"spdm::FinishResponse::verify_size", "s.clear and s.digest or 0"},
    Rule{"spdm::GetCapabilities::has_flags", "m.header.version >= 0x11"},
    Rule{"spdm::GetCapabilities::has_sizes", "m.header.version >= 0x12"},
    Rule{"spdm::GetMeasurements::has_context", "m.header.version >= 0x13"},
    Rule{"spdm::GetMeasurements::has_slot", "bits(m.header.param1, 0, 1) == 1 and m.header.version >= 0x11"},
    Rule{"spdm::GetMeasurements::wants_signature", "bits(m.header.param1, 0, 1) == 1"},
    Rule{"spdm::KeyExchange::exchange_size", "s.exchange"},
    Rule{"spdm::KeyExchangeResponse::exchange_size", "s.exchange"},
    Rule{"spdm::KeyExchangeResponse::signature_size", "s.signature"},
    Rule{"spdm::KeyExchangeResponse::summary_size", "s.summary and s.digest or 0"},
    Rule{"spdm::KeyExchangeResponse::verify_size", "s.clear and 0 or s.digest"},
    Rule{"spdm::Measurements::has_context", "m.header.version >= 0x13"},
    Rule{"spdm::Measurements::signature_size", "s.signed and s.signature or 0"},
    Rule{"spdm::NegotiateAlgorithms::table_count", "m.header.param1"},
    Rule{"spdm::PskExchangeResponse::summary_size", "s.summary and s.digest or 0"},
    Rule{"spdm::PskExchangeResponse::verify_size", "s.digest"},
    Rule{"spdm::PskFinish::verify_size", "s.digest"},
    Rule{"tlp::Tlp::address_is_32", "m.type == 0x00 or m.type == 0x40 or m.type == 0x02 or m.type == 0x42"},
    Rule{"tlp::Tlp::address_is_64", "m.type == 0x20 or m.type == 0x60"},
    Rule{"tlp::Tlp::has_digest", "bits(m.length_bits, 15, 1) == 1"},
    Rule{"tlp::Tlp::is_completion", "is_completion(m)"},
    Rule{"tlp::Tlp::is_config", "is_config(m)"},
    Rule{"tlp::Tlp::is_enabled_request", "not is_completion(m) and not is_message(m)"},
    Rule{"tlp::Tlp::is_message", "is_message(m)"},
    Rule{"tlp::Tlp::is_request", "not is_completion(m)"},
    Rule{"tlp::Tlp::known",
         "is_completion(m) or is_config(m) or is_message(m) or m.type == 0x00 or m.type == 0x20 or m.type == 0x40 or "
         "m.type == 0x60 or m.type == 0x02 or m.type == 0x42"},
    Rule{"tlp::Tlp::payload_size", "bits(m.type, 6, 1) == 1 and 4 * (bits(m.length_bits - 1, 0, 10) + 1) or 0"},
};

}  // namespace

std::string_view lua_rule(std::string_view name) {
  const auto found = std::ranges::find(kRules, name, &Rule::name);
  return found == kRules.end() ? std::string_view{} : found->lua;
}

}  // namespace exports
