// Policies on evidence in CBOR: CCA tokens, DICE chains, CoVE evidence.
#include <algorithm>
#include <map>

#include "guest/relying_party/cca_verifier.h"
#include "guest/relying_party/cove_verifier.h"
#include "guest/relying_party/pkvm_verifier.h"
#include "scenarios/load/values.h"
#include "scenarios/verify/policy.h"
#include "scenarios/verify/reader.h"

namespace verify {

namespace {

relying_party::PkvmLayer layer_of(const load::Node& node) {
  const Reader in(node, "layer", kLayerKeys);
  const auto version = in.count("version", 0);
  if (version > INT64_MAX) load::fail(in.find("version")->place, "a security version is a number of 63 bits");
  return {.component = in.text("component"),
          .code_hashes = in.blocks<64>("code"),
          .authorities = in.blocks<64>("authority"),
          .minimum_version = static_cast<std::int64_t>(version)};
}

}  // namespace

MakeAppraiser read_cca(const load::Node& section) {
  const Reader in(section, "cca", kCcaKeys);
  relying_party::CcaPolicy out;
  const auto keys = in.public_keys("vendor-key");
  if (keys.size() != 1) load::fail(in.find("vendor-key")->place, "`vendor-key` is one key");
  out.vendor_key = *keys.begin();
  for (const auto& item : load::need_list(*in.find("firmware"), "firmware").items) {
    const Reader one(item, "firmware", kFirmwareKeys);
    out.firmware.insert({*one.hex("measurement"), *one.hex("signer")});
  }
  out.implementations = in.blocks<32>("implementations");
  out.instances = in.blocks_if_any<33>("instances");
  out.withdrawn = in.blocks<33>("withdrawn");
  out.config = in.hex("config");
  out.allow_debug = in.says("debug", "allowed");
  if (const auto words = in.words("hash-algorithms"); !words.empty()) out.hash_algorithms = {words.begin(), words.end()};
  out.rims = in.hexes("rim");
  out.personalization = in.block<64>("personalization");
  for (auto& [index, values] : in.registers("rem", out.rems.size())) out.rems[index].values = values;
  return [policy = std::move(out)](trust::Defences& defences) { return relying_party::cca_appraiser(policy, defences); };
}

MakeAppraiser read_pkvm(const load::Node& section) {
  const Reader in(section, "pkvm", kPkvmKeys);
  relying_party::PkvmPolicy out;
  out.endorsed_roots = in.public_keys("roots");
  for (const auto& item : load::need_list(*in.find("layers"), "layers").items) out.layers.push_back(layer_of(item));
  if (out.layers.empty()) load::fail(in.find("layers")->place, "`layers` is empty");
  if (const auto* node = in.find("configuration")) out.configuration = layer_of(*node);
  out.allow_debug = in.says("debug", "allowed");
  if (in.has("devices")) out.devices = in.public_keys("devices");
  return [policy = std::move(out)](trust::Defences& defences) { return relying_party::pkvm_appraiser(policy, defences); };
}

MakeAppraiser read_cove(const load::Node& section) {
  using coveproto::PlatformState;
  static const std::map<std::string, PlatformState> kStates = {{"secured", PlatformState::kSecured},
                                                               {"not-configured", PlatformState::kNotConfigured},
                                                               {"debug", PlatformState::kDebug},
                                                               {"recovery", PlatformState::kRecovery}};
  const Reader in(section, "cove", kCoveKeys);
  relying_party::CovePolicy out;
  out.root = in.certificate("root");
  out.revocation_list = in.revocation_list("revocation-list");
  if (const auto* node = in.find("platforms")) {
    out.platforms.emplace();
    for (const auto* one : load::need_texts(*node, "platforms")) out.platforms->insert(one->text);
  }
  out.manufacturer = in.block<64>("manufacturer");
  if (in.has("states")) out.states.clear();
  for (const auto& word : in.words("states")) out.states.insert(kStates.at(word));
  if (const auto* node = in.find("components"))
    for (const auto& entry : load::need_map(*node, "components").entries) {
      const Reader one(entry.value, entry.key, kComponentKeys);
      out.components[entry.key] = {.svn_min = one.count("svn", 0), .measurements = one.hexes("measurements"), .signers = one.hexes("signers")};
    }
  for (const auto& [index, values] : in.registers("initial", coveproto::kInitialRegisters))
    for (const auto& value : values) out.initial[index].insert(Reader::block_of<48>(value));
  for (const auto& [index, values] : in.registers("runtime", coveproto::kRegisters))
    for (const auto& value : values) out.runtime[index].values.insert(Reader::block_of<48>(value));
  out.identity = in.block<64>("identity");
  return [policy = std::move(out)](trust::Defences& defences) { return relying_party::cove_appraiser(policy, defences); };
}

}  // namespace verify
