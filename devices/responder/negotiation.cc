#include <algorithm>

#include "devices/responder/capability_rules.h"
#include "devices/responder/state.h"
#include "platform/protocol/spdm/version.h"

namespace responder {
namespace {

constexpr std::uint32_t kAllBits = ~0u;

// Flags that a version knows: of later ones nothing is told, and nothing heard.
constexpr std::uint32_t flags_of(spdm::Version version) {
  switch (version) {
    case spdm::Version::k10: return spdm::kCapMeasurementsFresh * 2 - 1;
    case spdm::Version::k11: return spdm::kCapPublicKeyId * 2 - 1;
    case spdm::Version::k12: return spdm::kCapCertInstallReset * 2 - 1;
    case spdm::Version::k13: return spdm::kCapSetKeyPairInfo * 4 - 1;
  }
  return kAllBits;
}

template <class T>
T first_common(const std::vector<T>& ours, T theirs) {
  const auto found = std::ranges::find_if(ours, [&](T bit) { return (bit & theirs) != 0; });
  return found == ours.end() ? T{0} : *found;
}
template <class T>
T all_of(const std::vector<T>& bits) {
  T out = 0;
  for (T bit : bits) out = static_cast<T>(out | bit);
  return out;
}

std::uint32_t asym_of(crypto::Curve curve) {
  return curve == crypto::Curve::kP256   ? spdm::kAsymEcdsaP256
         : curve == crypto::Curve::kP384 ? spdm::kAsymEcdsaP384
                                         : spdm::kAsymEcdsaP521;
}

// In the order of the slots.
std::vector<std::uint32_t> signatures_of(const identity::Identity& identity) {
  std::vector<std::uint32_t> out;
  for (const auto& slot : identity.slots)
    if (slot) out.push_back(asym_of(slot->key.curve()));
  return out;
}

std::vector<spdm::AlgorithmTable> tables_of(const Settings& settings) {
  return {{.type = spdm::TableType::kDhe, .supported = all_of(settings.dhe)},
          {.type = spdm::TableType::kAead, .supported = all_of(settings.aead)},
          {.type = spdm::TableType::kRequesterAsymmetric, .supported = all_of(settings.requester_asym)},
          {.type = spdm::TableType::kKeySchedule, .supported = spdm::kKeyScheduleSpdm}};
}

spdm::AlgorithmsBlock block_of(const Settings& settings, const identity::Identity& identity) {
  constexpr std::size_t kTableSize = 4;
  spdm::AlgorithmsBlock block;
  block.tables = tables_of(settings);
  block.param1 = static_cast<std::uint8_t>(block.tables.size());
  block.length = static_cast<std::uint16_t>(wire::min_size<spdm::AlgorithmsBlock>() + block.tables.size() * kTableSize);
  block.measurement_specification = spdm::kMeasurementSpecificationDmtf;
  block.other_params_support = spdm::kOpaqueFormat1;
  block.base_asym_algo = all_of(signatures_of(identity));
  block.base_hash_algo = all_of(settings.base_hash);
  return block;
}

}  // namespace

base::Bytes Responder::State::get_version(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::GetVersion>(request, no);
  if (!asked) return no;
  end_all(SessionEnd::kGetVersion);
  connection = {};
  chunks_in.reset();
  chunks_out.reset();
  encapsulated.reset();
  if (put_off && put_off->told) put_off.reset();

  spdm::VersionResponse response;
  for (spdm::Version version : settings.versions)
    response.version_number_entries.push_back(spdm::version_number(version));
  response.version_number_entry_count = static_cast<std::uint8_t>(response.version_number_entries.size());
  base::Bytes reply = wire::encode(response);
  base::append(connection.vca, asked->raw);
  base::append(connection.vca, reply);
  connection.state = ConnectionState::kAfterVersion;
  return reply;
}

base::Bytes Responder::State::get_capabilities(const Request& request) {
  connection.version = request.header.version;  // an ERROR to its fields already speaks it
  base::Bytes no;
  const auto asked = decode<spdm::GetCapabilities>(request, no);
  if (!asked) return no;
  const spdm::GetCapabilities& message = asked->message;
  if (auto refused = refusal<CapabilitiesCase>(kCapabilitiesRules, {message}, request.header.code)) return *refused;

  connection.capabilities = settings.capabilities & flags_of(connection.version);
  connection.requester_capabilities =
      connection.version == spdm::Version::k10 ? 0 : message.flags & flags_of(connection.version);
  connection.data_transfer_size = message.data_transfer_size;
  connection.max_spdm_msg_size = message.max_spdm_msg_size;

  spdm::Capabilities response{.header = header(Code::kCapabilities),
                              .ct_exponent = settings.ct_exponent,
                              .flags = connection.capabilities,
                              .data_transfer_size = settings.data_transfer_size,
                              .max_spdm_msg_size = settings.max_spdm_msg_size};
  if (connection.version >= spdm::Version::k13 && (message.header.param1 & spdm::kSupportedAlgorithms) != 0 &&
      (common_capabilities() & spdm::kCapChunk) != 0) {
    response.header.param1 = spdm::kSupportedAlgorithms;
    response.supported_algorithms = block_of(settings, identity);
  }
  base::Bytes reply = wire::encode(response);
  base::append(connection.vca, asked->raw);
  base::append(connection.vca, reply);
  connection.state = ConnectionState::kAfterCapabilities;
  return reply;
}

base::Bytes Responder::State::negotiate_algorithms(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::NegotiateAlgorithms>(request, no);
  if (!asked) return no;
  const spdm::NegotiateAlgorithms& message = asked->message;
  const auto table = [&](spdm::TableType type) { return spdm::supported_in(message.tables, type); };
  const bool measurements = (connection.capabilities & spdm::kCapMeasurementsMask) != 0;
  const bool multi_key = connection.version >= spdm::Version::k13 &&
                         (connection.requester_capabilities & spdm::kCapMultiKeyMask) == spdm::kCapMultiKeyOnly;

  spdm::Algorithms chosen{
      .version = connection.version, .dhe = 0, .aead = 0, .requester_asym = 0, .key_schedule = 0};
  chosen.measurement_specification =
      measurements ? message.measurement_specification & spdm::kMeasurementSpecificationDmtf : 0;
  chosen.measurement_hash = chosen.measurement_specification != 0 ? settings.measurement_hash.front() : 0;
  chosen.base_asym = first_common(signatures_of(identity), message.base_asym_algo);
  chosen.base_hash = first_common(settings.base_hash, message.base_hash_algo);
  // What our capabilities have no use for is not chosen.
  constexpr std::uint32_t kSession = spdm::kCapKeyExchange | spdm::kCapPskMask;
  if ((connection.capabilities & spdm::kCapKeyExchange) != 0)
    chosen.dhe = first_common(settings.dhe, table(spdm::TableType::kDhe));
  if ((connection.capabilities & kSession) != 0) {
    chosen.aead = first_common(settings.aead, table(spdm::TableType::kAead));
    chosen.key_schedule = table(spdm::TableType::kKeySchedule) & spdm::kKeyScheduleSpdm;
  }
  if ((connection.capabilities & spdm::kCapMutualAuth) != 0)
    chosen.requester_asym = first_common(settings.requester_asym, table(spdm::TableType::kRequesterAsymmetric));
  chosen.other_params = 0;
  if (connection.version >= spdm::Version::k12)
    chosen.other_params = static_cast<std::uint8_t>((message.other_params_support & spdm::kOpaqueFormat1) |
                                                    (multi_key ? spdm::kMultiKeyConnection : 0));

  constexpr std::uint32_t kSigning = spdm::kCapCert | spdm::kCapChallenge;
  const NegotiateCase c{message, chosen, measurements, (common_capabilities() & kSession) != 0,
                        (connection.capabilities & kSigning) != 0};
  if (auto refused = refusal<NegotiateCase>(kNegotiateRules, c, request.header.code)) return *refused;

  spdm::AlgorithmsResponse response = spdm::algorithms_response(chosen);
  // Tables that were not asked for are not answered.
  std::erase_if(response.tables, [&](const auto& t) { return table(t.type) == 0; });
  response.header.param1 = static_cast<std::uint8_t>(response.tables.size());
  response.length = spdm::length_of(response);
  base::Bytes reply = wire::encode(response);
  connection.algorithms = chosen;
  connection.requester_multi_key = multi_key;
  base::append(connection.vca, asked->raw);
  base::append(connection.vca, reply);
  connection.state = ConnectionState::kNegotiated;
  return reply;
}

}  // namespace responder
