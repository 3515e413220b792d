// Policies on evidence that ends in a vendor's X.509 chain: SNP reports and TD quotes.
#include <algorithm>
#include <map>

#include "guest/relying_party/snp_verifier.h"
#include "guest/relying_party/tdx_verifier.h"
#include "scenarios/load/values.h"
#include "scenarios/verify/policy.h"
#include "scenarios/verify/reader.h"

namespace verify {

namespace {

sev::Tcb tcb_of(const load::Node* node) {
  sev::Tcb out;
  if (!node) return out;
  const std::map<std::string, std::uint8_t*> components = {
      {"bootloader", &out.bootloader}, {"tee", &out.tee}, {"snp", &out.snp}, {"microcode", &out.microcode}, {"fmc", &out.fmc}};
  load::Names known;
  for (const auto& [name, version] : components) known.patterns.push_back(name);
  for (const auto& entry : load::need_map(*node, "minimum-tcb").entries) {
    load::need_known(entry.place, "component", entry.key, known);
    const auto version = load::need_count(entry.value, entry.key);
    if (version > 255) load::fail(entry.value.place, "a version is at most 255");
    *components.at(entry.key) = static_cast<std::uint8_t>(version);
  }
  return out;
}

std::map<sev::Product, relying_party::AcceptedProduct> products_of(const load::Node& roots, const sev::Tcb& floor) {
  static const std::map<std::string, sev::Product> kProducts = {
      {"milan", sev::Product::kMilan}, {"genoa", sev::Product::kGenoa}, {"turin", sev::Product::kTurin}};
  load::Names known;
  for (const auto& [name, product] : kProducts) known.patterns.push_back(name);
  std::map<sev::Product, relying_party::AcceptedProduct> out;
  for (const auto& entry : load::need_map(roots, "roots").entries) {
    load::need_known(entry.place, "product", entry.key, known);
    out.emplace(kProducts.at(entry.key), relying_party::AcceptedProduct{certificate_of(entry.value), floor});
  }
  if (out.empty()) load::fail(roots.place, "`roots` names no product");
  return out;
}

}  // namespace

MakeAppraiser read_snp(const load::Node& section) {
  const Reader in(section, "snp", kSnpKeys);
  relying_party::Policy out;
  out.products = products_of(*in.find("roots"), tcb_of(in.find("minimum-tcb")));
  out.measurements = in.blocks<48>("measurements");
  out.allow_debug = in.says("debug", "allowed");
  out.allow_migration_agent = in.says("migration-agent", "allowed");
  out.vmpl = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.count("vmpl", 0), UINT32_MAX));
  out.chips = in.blocks_if_any<64>("chips");
  out.host_data = in.block<32>("host-data");
  out.id_keys = in.blocks<48>("id-keys");
  out.author_keys = in.blocks<48>("author-keys");
  if (in.has("provider")) out.provider = in.text("provider");
  out.require_alias_check = in.says("alias-check", "required");
  out.require_ciphertext_hiding = in.says("ciphertext-hiding", "required");
  out.require_committed_tcb = in.says("committed-tcb", "required");
  out.require_launch_tcb = in.says("launch-tcb", "required");
  out.require_revocation_list = in.says("revocation", "required");
  out.revocation_list = in.revocation_list("revocation-list");
  return [policy = std::move(out)](trust::Defences& defences) { return relying_party::snp_appraiser(policy, defences); };
}

MakeAppraiser read_tdx(const load::Node& section) {
  const Reader in(section, "tdx", kTdxKeys);
  relying_party::TdxPolicy out;
  out.root = in.certificate("root");
  out.mr_tds = in.blocks<48>("mrtd");
  out.mr_seams = in.blocks<48>("mrseam");
  if (in.has("status")) out.accepted_statuses.clear();
  for (const auto& word : in.words("status")) out.accepted_statuses.insert(*tdxproto::tcb_status_of(word));
  out.minimum_tcb_evaluation_data_number = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.count("minimum-evaluation", 0), UINT32_MAX));
  out.allow_debug = in.says("debug", "allowed");
  out.allow_migration = in.says("migration", "allowed");
  out.require_sept_ve_disable = in.says("sept-ve-disable", "required");
  out.require_revocation_lists = in.says("revocation", "required");
  out.xfam_required = in.count("xfam-required", out.xfam_required);
  out.xfam_allowed = in.count("xfam-allowed", out.xfam_allowed);
  out.mr_config_id = in.block<48>("mrconfigid");
  out.mr_owner = in.block<48>("mrowner");
  out.mr_owner_config = in.block<48>("mrownerconfig");
  if (const auto hash = in.block<48>("service-td")) out.mr_service_td = *hash;
  out.platforms = in.blocks_if_any<16>("platforms");
  for (const auto& [index, values] : in.registers("rtmr", out.rtmrs.size()))
    for (const auto& value : values) out.rtmrs[index].values.insert(Reader::block_of<48>(value));
  return [policy = std::move(out)](trust::Defences& defences) { return relying_party::tdx_appraiser(policy, defences); };
}

}  // namespace verify
