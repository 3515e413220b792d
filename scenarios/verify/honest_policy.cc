#include "scenarios/verify/honest_policy.h"

#include <algorithm>

#include "guest/relying_party/endorsement.h"
#include "platform/cbor/cbor.h"
#include "platform/protocol/sev/tcb.h"

namespace verify {

namespace {

class Writer {
 public:
  explicit Writer(const HonestEvidence& honest) : honest_(honest) {}

  void line(std::size_t depth, const std::string& text) { out_ += std::string(2 * depth, ' ') + text + "\n"; }
  std::string field(const std::string& name) const {
    const auto found = honest_.fields.find(name);
    return found == honest_.fields.end() ? std::string() : found->second;
  }
  std::uint64_t number(const std::string& name) const { return std::strtoull(field(name).c_str(), nullptr, 0); }
  // Nothing where the evidence has no such field.
  void line_of(std::size_t depth, const std::string& key, const std::string& name) {
    if (const auto value = field(name); !value.empty()) line(depth, key + ": " + value);
  }
  const HonestEvidence& honest() const { return honest_; }
  std::string take() { return std::move(out_); }

 private:
  const HonestEvidence& honest_;
  std::string out_;
};

constexpr std::uint64_t kAliasCheckComplete = 1 << 5, kCiphertextHiding = 1 << 4;  // PLATFORM_INFO

void write_snp(Writer& out) {
  const auto& files = out.honest().files;
  const auto leaf = files.find("vcek.pem");
  const auto certificates = leaf == files.end() ? std::nullopt : crypto::Certificate::from_pem(base::text_of(leaf->second));
  const auto product = certificates ? relying_party::product_of(certificates->front()) : std::nullopt;
  if (!product) return;
  std::string name(sev::name_of(*product));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  out.line(0, "snp:");
  out.line(1, "roots: { " + name + ": ark.pem }");
  if (const auto tcb = sev::unpack(out.number("REPORT.reported_tcb"), *product))
    out.line(1, "minimum-tcb: { bootloader: " + std::to_string(tcb->bootloader) + ", tee: " + std::to_string(tcb->tee) + ", snp: " +
                    std::to_string(tcb->snp) + ", microcode: " + std::to_string(tcb->microcode) + ", fmc: " + std::to_string(tcb->fmc) + " }");
  out.line_of(1, "measurements", "REPORT.measurement");
  out.line_of(1, "host-data", "REPORT.host_data");
  out.line_of(1, "chips", "REPORT.chip_id");
  out.line_of(1, "vmpl", "REPORT.vmpl");
  const auto platform = out.number("REPORT.platform_info");
  out.line(1, platform & kAliasCheckComplete ? "alias-check: required" : "alias-check: ignored");
  out.line(1, platform & kCiphertextHiding ? "ciphertext-hiding: required" : "ciphertext-hiding: ignored");
  out.line(1, "revocation: ignored");
}

void write_tdx(Writer& out) {
  out.line(0, "tdx:");
  out.line(1, "root: root.pem");
  const std::pair<const char*, const char*> fields[] = {{"mrtd", "mr_td"},      {"mrseam", "mr_seam"},        {"mrconfigid", "mr_config_id"},
                                                        {"mrowner", "mr_owner"}, {"mrownerconfig", "mr_owner_config"}};
  for (const auto& [key, name] : fields) out.line_of(1, key, std::string("QUOTE_CONTENT.body.") + name);
  out.line(1, "rtmr:");
  for (const char* index : {"0", "1", "2", "3"}) out.line_of(2, index, std::string("QUOTE_CONTENT.body.rtmr[") + index + "]");
}

void write_cca(Writer& out) {
  out.line(0, "cca:");
  out.line(1, "vendor-key: vendor-key.pem");
  out.line(1, "firmware:");
  for (int i = 0;; ++i) {
    const std::string one = "PLATFORM_TOKEN.2399/" + std::to_string(i);
    if (out.field(one + "/2").empty()) break;
    out.line(2, "- { measurement: " + out.field(one + "/2") + ", signer: " + out.field(one + "/5") + " }");
  }
  out.line_of(1, "implementations", "PLATFORM_TOKEN.2396");
  out.line_of(1, "instances", "PLATFORM_TOKEN.256");
  out.line_of(1, "config", "PLATFORM_TOKEN.2401");
  out.line_of(1, "rim", "REALM_TOKEN.44238");
  out.line_of(1, "personalization", "REALM_TOKEN.44235");
  out.line(1, "rem:");
  for (const char* index : {"0", "1", "2", "3"}) out.line_of(2, index, std::string("REALM_TOKEN.44239/") + index);
}

constexpr std::int64_t kComponentName = -70002, kSecurityVersion = -70005;  // Android, configuration descriptor

void write_pkvm(Writer& out) {
  out.line(0, "pkvm:");
  out.line(1, "roots: root-key.pem");
  out.line(1, "layers:");
  for (const std::string layer : {"HYPERVISOR.", "PVMFW.", "VM."}) {
    const auto bytes = base::from_hex(out.field(layer + "-4670548"));
    const auto descriptor = bytes ? cbor::decode(*bytes) : std::nullopt;
    const auto* name = descriptor ? cbor::find(*descriptor, kComponentName) : nullptr;
    const auto* version = descriptor ? cbor::find(*descriptor, kSecurityVersion) : nullptr;
    if (!name || !name->as_text()) continue;
    out.line(2, "- component: " + *name->as_text());
    out.line_of(3, "code", layer + "-4670545");
    out.line_of(3, "authority", layer + "-4670549");
    if (version) out.line(3, "version: " + cbor::print(*version));
  }
}

void write_components(Writer& out, const std::string& list) {
  for (int i = 0;; ++i) {
    const std::string one = list + "/" + std::to_string(i);
    if (out.field(one + "/1").empty()) break;
    out.line(2, "\"" + out.field(one + "/1") + "\": { svn: " + out.field(one + "/3") + ", signers: " + out.field(one + "/5") + " }");
  }
}

void write_registers(Writer& out, const std::string& list) {
  for (int i = 0;; ++i) {
    const std::string one = list + "/" + std::to_string(i);
    if (out.field(one + "/2").empty()) break;
    out.line(2, out.field(one + "/1") + ": " + out.field(one + "/2"));
  }
}

void write_cove(Writer& out) {
  out.line(0, "cove:");
  out.line(1, "root: root.pem");
  out.line_of(1, "manufacturer", "PLATFORM_TOKEN.-75002");
  out.line(1, "components:");
  write_components(out, "PLATFORM_TOKEN.-75004");
  write_components(out, "TSM_TOKEN.-75006");
  out.line(1, "initial:");
  write_registers(out, "TVM_TOKEN.-75009");
  out.line(1, "runtime:");
  write_registers(out, "TVM_TOKEN.-75010");
}

}  // namespace

std::string honest_policy(const HonestEvidence& honest) {
  Writer out(honest);
  out.line(0, "# What an owner who expects just this evidence believes: glacis verify FOLDER --policy FOLDER/policy.yaml");
  out.line(0, "format: 1");
  out.line(0, "policy: \"of the emulated owner; made by " + honest.command + "\"");
  out.line(0, "at: \"" + honest.at + "\"");
  out.line(0, "report-data: " + base::to_hex(honest.report_data));
  if (honest.technology == "snp") write_snp(out);
  else if (honest.technology == "tdx") write_tdx(out);
  else if (honest.technology == "cca") write_cca(out);
  else if (honest.technology == "pkvm") write_pkvm(out);
  else if (honest.technology == "cove") write_cove(out);
  else return {};
  return out.take();
}

}  // namespace verify
