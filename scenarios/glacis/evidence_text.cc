// What a set of evidence says of itself.
#include <algorithm>
#include <ctime>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "scenarios/glacis/evidence.h"
#include "scenarios/report/json_text.h"
#include "scenarios/verify/honest_policy.h"

namespace glacis {

namespace json = boost::json;

namespace {

constexpr const char* kWarning = "The keys, the certificates and the roots in this folder are an emulator's.";
constexpr const char* kAdvice = "No real verifier trusts them, and none should be made to.";

struct About {
  const char* platform;  // "" for any
  const char* name;
  const char* what;
};
constexpr About kFiles[] = {
    {"snp", "report.bin", "ATTESTATION_REPORT (SNP ABI 1.58, 7.3), signed"},
    {"snp", "report.signed.bin", "the part of it that the signature covers"},
    {"snp", "report.signature.der", "the signature, as OpenSSL takes it"},
    {"snp", "vcek.pem", "the chip's key at its TCB; it signs the report"},
    {"snp", "ask.pem", "signs the VCEK"},
    {"snp", "ark.pem", "the root: the only anchor a verifier of this set needs"},
    {"tdx", "quote.bin", "TD quote, version 4, with the PCK chain in it"},
    {"tdx", "report.bin", "TDREPORT that the quote was made from"},
    {"tdx", "collateral.json", "TCB info, QE identity and revocation lists, as @phala/dcap-qvl takes them"},
    {"tdx", "collateral.bin", "the same, as it crossed the emulated network"},
    {"tdx", "ccel.bin", "event log, in TCG's format, of what run-time registers measure"},
    {"tdx", "pck.pem", "the platform's certificate; it signs the quoting enclave's report"},
    {"tdx", "pck-ca.pem", "signs the PCK certificate"},
    {"tdx", "root.pem", "the root: the only anchor a verifier of this set needs"},
    {"cca", "token.cbor", "CCA attestation token (RMM 1.0): the platform's and the realm's, each a COSE_Sign1"},
    {"cca", "platform-key.pem",
     "the platform attestation key, which signs the platform's token: an anchor for one machine"},
    {"cca", "vendor-key.pem",
     "the silicon vendor's key, which signs the endorsement: the anchor for all of its machines"},
    {"cca", "endorsement.cbor",
     "COSE_Sign1 in which the vendor names the platform's key; its form is the emulator's own"},
    {"cca", "ccel.bin", "event log, in TCG's format, of what the realm's extensible measurements hold"},
    {"pkvm", "dice-chain.cbor",
     "DICE chain (Android Profile for DICE): the device's root key, then a COSE_Sign1 a layer"},
    {"pkvm", "evidence.cbor",
     "COSE_Sign1 over the challenge by the last key of the chain; its form is the emulator's own"},
    {"pkvm", "root-key.pem", "the device's root key, as its maker published it: the anchor"},
    {"cove", "evidence.cbor", "the tokens of platform, TSM and TVM (CoVE 0.7)"},
    {"cove", "event-log.cbor", "what the TVM extended its run-time registers by"},
    {"cove", "rot.pem", "the platform's root of trust; its key signs the platform's token"},
    {"cove", "root.pem", "the vendor's root: the only anchor a verifier of this set needs"},
    {"", "launch-measure.bin", "LAUNCH_MEASURE: HMAC-SHA-256 (32 bytes), then MNONCE (SEV API 0.24)"},
    {"", "launch-measured.bin", "what the MAC covers: 04h, API version, build, policy, digest, MNONCE"},
    {"", "launch-digest.bin", "SHA-256 of what the owner meant to have launched"},
    {"", "launch-tik.bin", "the owner's transport integrity key, the MAC's key"},
};

std::string about(const std::string& platform, const std::string& name) {
  for (const auto& one : kFiles)
    if (name == one.name && (platform == one.platform || *one.platform == 0)) return one.what;
  if (name.ends_with(".pem")) return "a certificate";
  if (name.ends_with(".cbor")) return "a part of the evidence, in CBOR";
  if (name.ends_with(".json")) return "a part of the evidence, in JSON";
  return "a part of the evidence";
}

std::string utc(crypto::CalendarTime at) {
  const std::time_t seconds = at;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// Commands that anybody can type in the folder.
std::vector<std::string> trials(const EvidenceSet& set) {
  const auto has = [&](const char* name) { return set.files.contains(name); };
  const auto now = engine::calendar();
  std::vector<std::string> out;
  if (has("vcek.pem") && has("report.signature.der")) {
    out.push_back(fmt::format("openssl verify -attime {} -CAfile ark.pem -untrusted ask.pem vcek.pem", now));
    out.push_back("openssl x509 -in vcek.pem -noout -pubkey -out vcek.pub");
    out.push_back("openssl dgst -sha384 -verify vcek.pub -signature report.signature.der report.signed.bin");
  }
  if (has("pck.pem")) {
    out.push_back(fmt::format("openssl verify -attime {} -CAfile root.pem -untrusted pck-ca.pem pck.pem", now));
    out.push_back("openssl x509 -in root.pem -outform DER -out root.der");
  }
  if (has("rot.pem")) out.push_back(fmt::format("openssl verify -attime {} -CAfile root.pem rot.pem", now));
  for (const auto& [name, bytes] : set.files)
    if (name.ends_with("-key.pem")) out.push_back("openssl pkey -pubin -in " + name + " -noout -text");
  if (has("launch-tik.bin"))
    out.push_back(fmt::format("openssl dgst -sha256 -mac HMAC -macopt hexkey:{} launch-measured.bin",
                              base::to_hex(set.files.at("launch-tik.bin"))));
  return out;
}

}  // namespace

std::string readme_of(const EvidenceRequest& request, const EvidenceSet& set) {
  const auto now = engine::calendar();
  std::string out =
      fmt::format("Evidence of an emulated guest on {}\n\nNOT REAL. {}\n{}\n\n", request.platform, kWarning, kAdvice);
  out += fmt::format("Made by Glacis {} with\n    {}\nThe same command gives the same bytes.\n\n", kVersion,
                     request.command);
  out += "To test a verifier, give it this folder's anchor and no other, and this time as its clock:\n";
  out += fmt::format("    {} ({} seconds since 1970)\n\n", utc(now), now);
  if (!set.report_data.empty())
    out += fmt::format("The guest asked for evidence with these report data{}:\n    {}\n    {}\n\n",
                       request.nonce.empty() ? " (its owner's challenge and its key)" : " (--nonce, and zeroes)",
                       base::to_hex(base::View(set.report_data).first(set.report_data.size() / 2)),
                       base::to_hex(base::View(set.report_data).subspan(set.report_data.size() / 2)));
  for (std::size_t i = 0; i < set.edits.size(); ++i) {
    const auto& edit = set.edits[i];
    out += fmt::format("{}    {}.{}\n        was  {}\n        is   {}\n", i ? "" : "Altered before it was signed:\n",
                       edit.message, edit.field, edit.from, edit.to);
  }
  if (!set.edits.empty()) out += "\n";
  out += fmt::format("The owner of the emulated guest {} it{}\n\n",
                     set.owner == "accepted" ? "accepted" : "did not accept",
                     set.owner == "accepted" ? "." : ":\n    " + set.owner);

  std::size_t width = 0;
  for (const auto& [name, bytes] : set.files) width = std::max(width, name.size());
  out += "Files\n";
  for (const auto& [name, bytes] : set.files)
    out += fmt::format("    {:<{}}  {}\n", name, width, about(request.platform, name));
  out += fmt::format("    {:<{}}  what an honest guest's evidence says, field by field, and the above for programs\n",
                     "policy.json", width);
  if (!verify_policy_of(request, set).empty())
    out += fmt::format("    {:<{}}  the same expectations as a policy for `glacis verify`\n", "policy.yaml", width);
  const auto commands = trials(set);
  if (!commands.empty()) out += "\nTry, in this folder\n";
  for (const auto& line : commands) out += "    " + line + "\n";
  if (set.files.contains("collateral.json"))
    out += "and give quote.bin, collateral.json and root.der to a verifier of quotes.\n";
  if (set.files.contains("launch-tik.bin"))
    out += set.edits.empty() ? "(the same 32 bytes begin launch-measure.bin)\n"
                             : "(launch-measure.bin begins with other 32 bytes, the MAC of what was edited)\n";
  return out;
}

std::string verify_policy_of(const EvidenceRequest& request, const EvidenceSet& set) {
  verify::HonestEvidence honest{.technology = request.platform, .command = request.command, .fields = {}, .files = set.files,
                                .at = utc(engine::calendar()), .report_data = set.report_data};
  for (const auto& message : set.honest)
    for (const auto& field : message.schema.fields_of(message.bytes))
      if (field.kind != wire::Kind::kReserved)
        honest.fields[message.schema.name.substr(message.schema.name.find('.') + 1) + "." + field.name] = value_text(message.schema, message.bytes, field);
  return verify::honest_policy(honest);
}

std::string policy_of(const EvidenceRequest& request, const EvidenceSet& set) {
  const auto now = engine::calendar();
  json::object out{{"format", 1},
                   {"emulated", true},
                   {"warning", fmt::format("{} {}", kWarning, kAdvice)},
                   {"version", std::string(kVersion)},
                   {"command", request.command},
                   {"platform", request.platform},
                   {"machine", request.machine},
                   {"seed", request.seed},
                   {"verify_at", utc(now)},
                   {"verify_at_seconds", now}};
  if (!set.report_data.empty()) out["report_data"] = base::to_hex(set.report_data);
  json::object expect;
  for (const auto& message : set.honest) {
    json::object fields;
    for (const auto& field : message.schema.fields_of(message.bytes))
      if (field.kind != wire::Kind::kReserved) {
        const auto text = value_text(message.schema, message.bytes, field);
        const bool number = field.kind == wire::Kind::kBig || (field.kind == wire::Kind::kLittle && field.size <= 8);
        fields[field.name] = number ? json::parse(text) : json::value(text);
      }
    expect[message.schema.name.substr(message.schema.name.find('.') + 1)] = std::move(fields);
  }
  out["expect"] = std::move(expect);
  json::array edits;
  for (const auto& edit : set.edits)
    edits.push_back(
        json::object{{"message", edit.message}, {"field", edit.field}, {"from", edit.from}, {"to", edit.to}});
  out["edits"] = std::move(edits);
  out["owner"] = set.owner;
  json::object files;
  for (const auto& [name, bytes] : set.files) files[name] = about(request.platform, name);
  out["files"] = std::move(files);
  return report::indented(out);
}

}  // namespace glacis
