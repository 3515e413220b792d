#include "scenarios/verify/evidence_files.h"

#include <filesystem>
#include <map>

#include <boost/json.hpp>

#include "guest/relying_party/cca_messages.h"
#include "guest/relying_party/cove_messages.h"
#include "guest/relying_party/tdx_messages.h"
#include "platform/base/user_error.h"
#include "platform/crypto/certificate.h"
#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/tdx/collateral.h"
#include "scenarios/load/document.h"

namespace verify {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using relying_party::EvidenceKind;

struct Technology {
  EvidenceKind kind;
  const char* file;  // the evidence itself
};
const std::map<std::string, Technology>& technologies() {
  static const std::map<std::string, Technology> kAll = {{"snp", {EvidenceKind::kSnpReport, "report.bin"}},
                                                         {"tdx", {EvidenceKind::kTdQuote, "quote.bin"}},
                                                         {"cca", {EvidenceKind::kCcaToken, "token.cbor"}},
                                                         {"pkvm", {EvidenceKind::kDiceChain, "evidence.cbor"}},
                                                         {"cove", {EvidenceKind::kCoveEvidence, "evidence.cbor"}}};
  return kAll;
}

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  // Empty when there is no such file.
  base::Bytes bytes(const std::string& name) const {
    std::error_code error;
    if (!fs::is_regular_file(path_ / name, error)) return {};
    return base::bytes_of(base::view_of(load::read_text((path_ / name).string())));
  }
  // NAME.pem or NAME.der, as DER; of a chain in PEM the first one.
  base::Bytes certificate(const std::string& name) const {
    if (const auto pem = crypto::Certificate::from_pem(base::text_of(bytes(name + ".pem")))) return pem->front().to_der();
    return bytes(name + ".der");
  }

 private:
  fs::path path_;
};

base::Bytes cert_table(const Folder& from) {
  if (auto table = from.bytes("certificates.bin"); !table.empty()) return table;
  const std::pair<const char*, sevproto::Guid> kNames[] = {{"ark", sevproto::kGuidArk},   {"ask", sevproto::kGuidAsk},
                                                           {"asvk", sevproto::kGuidAsk},  {"vcek", sevproto::kGuidVcek},
                                                           {"vlek", sevproto::kGuidVlek}};
  std::vector<sevproto::CertEntry> entries;
  for (const auto& [name, guid] : kNames)
    if (auto der = from.certificate(name); !der.empty()) entries.push_back({guid, std::move(der)});
  if (auto list = from.bytes("crl.der"); !list.empty()) entries.push_back({sevproto::kGuidCrl, std::move(list)});
  return sevproto::encode_cert_table(entries);
}

// A member that is no text is as good as absent.
std::string member(const json::object& of, std::string_view name) {
  const auto* found = of.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

base::Bytes hex_member(const json::object& of, std::string_view name) { return base::from_hex(member(of, name)).value_or(base::Bytes{}); }

std::string signed_document(const json::object& of, const std::string& name, std::string_view as) {
  tdxproto::SignedJson out{.body = member(of, name), .signature = {}};
  const auto signature = hex_member(of, name + "_signature");
  if (signature.size() == out.signature.size()) std::copy(signature.begin(), signature.end(), out.signature.begin());
  return tdxproto::join(as, out);
}

base::Bytes collateral_of(const Folder& from) {
  if (auto bundle = from.bytes("collateral.bin"); !bundle.empty()) return bundle;
  boost::system::error_code error;
  const auto parsed = json::parse(base::text_of(from.bytes("collateral.json")), error);
  if (error || !parsed.is_object()) return {};
  const auto& of = parsed.get_object();
  tdxproto::Collateral out;
  const auto put = [](base::Bytes& to, std::uint32_t& size, base::Bytes bytes) {
    to = std::move(bytes);
    size = static_cast<std::uint32_t>(to.size());
  };
  const auto text = [](const std::string& text) { return base::bytes_of(base::view_of(text)); };
  put(out.pck_crl_issuer_chain, out.pck_crl_issuer_chain_size, text(member(of, "pck_crl_issuer_chain")));
  put(out.root_ca_crl, out.root_ca_crl_size, hex_member(of, "root_ca_crl"));
  put(out.pck_crl, out.pck_crl_size, hex_member(of, "pck_crl"));
  put(out.tcb_info_issuer_chain, out.tcb_info_issuer_chain_size, text(member(of, "tcb_info_issuer_chain")));
  put(out.tcb_info, out.tcb_info_size, text(signed_document(of, "tcb_info", tdxproto::kTcbInfoMember)));
  put(out.qe_identity_issuer_chain, out.qe_identity_issuer_chain_size, text(member(of, "qe_identity_issuer_chain")));
  put(out.qe_identity, out.qe_identity_size, text(signed_document(of, "qe_identity", tdxproto::kQeIdentityMember)));
  return wire::encode(out);
}

std::uint32_t size_of(const base::Bytes& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

base::Bytes beside(const Folder& from, EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kSnpReport: return cert_table(from);
    case EvidenceKind::kDiceChain: return from.bytes("dice-chain.cbor");
    case EvidenceKind::kTdQuote: {
      relying_party::TdxAttachment out;
      out.collateral = collateral_of(from), out.collateral_size = size_of(out.collateral);
      out.event_log = from.bytes("ccel.bin"), out.event_log_size = size_of(out.event_log);
      return wire::encode(out);
    }
    case EvidenceKind::kCcaToken: {
      relying_party::CcaAttachment out;
      out.endorsement = from.bytes("endorsement.cbor"), out.endorsement_size = size_of(out.endorsement);
      out.event_log = from.bytes("ccel.bin"), out.event_log_size = size_of(out.event_log);
      return wire::encode(out);
    }
    case EvidenceKind::kCoveEvidence: {
      relying_party::CoveAttachment out;
      out.endorsement = from.certificate("rot"), out.endorsement_size = size_of(out.endorsement);
      out.event_log = from.bytes("event-log.cbor"), out.event_log_size = size_of(out.event_log);
      return wire::encode(out);
    }
  }
  return {};
}

}  // namespace

relying_party::Evidence read_evidence(const std::string& path, const std::string& technology) {
  const auto& [kind, name] = technologies().at(technology);
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  const fs::path file = is_folder ? fs::path(path) / name : fs::path(path);
  if (!fs::is_regular_file(file, error))
    throw base::UserError("there is no evidence `" + file.string() + "`" + (is_folder ? "; a policy on " + technology + " looks for it in the folder" : ""));
  const Folder folder(file.has_parent_path() ? file.parent_path() : fs::path("."));
  relying_party::Evidence out;
  out.kind = kind;
  out.report = base::bytes_of(base::view_of(load::read_text(file.string())));
  out.report_size = size_of(out.report);
  out.certificates = beside(folder, kind);
  out.certificates_size = size_of(out.certificates);
  return out;
}

}  // namespace verify
