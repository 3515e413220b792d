#include "scenarios/glacis/evidence.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "platform/cbor/cbor.h"
#include "platform/protocol/tdx/collateral.h"
#include "scenarios/load/names.h"

namespace glacis {

namespace {

constexpr std::size_t kReportDataBytes = 64;
constexpr const char* kGuest = "vm0";

bool is_number(const wire::FieldSpan& field) {
  return field.kind == wire::Kind::kBig || (field.kind == wire::Kind::kLittle && field.size <= 8);
}

// Of a layout whose numbers have their fixed width.
std::uint64_t fixed_number(base::View bytes, bool big_endian) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) out = out << 8 | bytes[big_endian ? i : bytes.size() - 1 - i];
  return out;
}

base::Bytes number_bytes(std::uint64_t number, const wire::FieldSpan& field) {
  base::Bytes out(field.size);
  for (std::size_t i = 0; i < out.size() && i < 8; ++i)
    out[field.kind == wire::Kind::kBig ? out.size() - 1 - i : i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

// Of CBOR, whose strings are bytes or text.
std::optional<std::string> text_at(const wire::Schema& schema, base::View message, const std::string& field) {
  auto root = schema.set_bytes != nullptr ? cbor::decode(message) : std::nullopt;
  const cbor::Value* value = root ? cbor::find_path(*root, field) : nullptr;
  return value != nullptr && value->as_text() != nullptr ? std::optional(*value->as_text()) : std::nullopt;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::string message_name(const wire::Schema& schema) { return schema.name.substr(schema.name.find('.') + 1); }

load::Text text(std::string word) { return {std::move(word), {1, 1}}; }
load::Arg arg(std::string word) {
  load::Arg out;
  out.texts.push_back(text(std::move(word)));
  return out;
}

// Each time that a message of this kind crosses. A boot may have evidence of its own before the owner's.
load::Step set_step(const char* by, const std::string& at, const std::string& message, const std::string& field) {
  load::Step step;
  step.by = text(by);
  step.at = text(at);
  step.when = load::When{};
  step.when->object = text(message);
  step.verb = text("set");
  step.args["set"] = arg(field);
  step.also = true;
  step.repeat = load::Repeat{load::kRepeatMax, {}, {1, 1}};
  return step;
}

load::Scenario scenario_of(const EvidenceRequest& request) {
  load::Scenario out;
  out.file = "glacis evidence";
  out.id = "evidence";
  out.title = text("Evidence for a test of verifiers");
  out.machines = {{"", text(request.machine)}};
  out.has_platforms = true;
  out.platforms = {request.platform};
  out.guest = {{kGuest, "", text("fetch-secret"), {}}};
  out.variants.emplace_back();
  return out;
}

// The field, and the message it is in. A name may leave out the parts it lies in ("td_attributes"), unless that leaves
// a choice.
std::pair<const engine::SignedMessage*, wire::FieldSpan> need_field(const std::vector<engine::SignedMessage>& all,
                                                                    const std::string& name) {
  std::vector<std::pair<const engine::SignedMessage*, wire::FieldSpan>> found;
  const auto full = [](const auto& one) { return message_name(one.first->schema) + "." + one.second.name; };
  load::Names known;
  for (const auto& message : all) {
    const std::string prefix = message_name(message.schema) + ".";
    for (const auto& field : message.schema.fields_of(message.bytes)) {
      known.patterns.push_back(field.name);
      known.patterns.push_back(prefix + field.name);
      if (name == prefix + field.name) return {&message, field};
      if ((prefix + field.name).ends_with("." + name)) found.emplace_back(&message, field);
    }
  }
  if (found.empty())
    throw base::UserError(fmt::format(
        "--edit: what is signed there has no field `{}`{}; `policy.json` of a set without --edit has them all", name,
        load::advice(name, known)));
  if (found.size() > 1)
    throw base::UserError(fmt::format("--edit: `{}` may be `{}` or `{}`", name, full(found[0]), full(found[1])));
  return found[0];
}

// What the edit puts there, as `set` takes it; returns it as it is printed.
std::string set_value(load::Step& step, const engine::SignedMessage& message, const wire::FieldSpan& field,
                      const std::string& edit, const std::string& value) {
  const wire::Schema& schema = message.schema;
  if (text_at(schema, message.bytes, field.name)) {
    step.args["to"] = arg(base::to_hex(base::view_of(value)));
    return value;
  }
  if (is_number(field)) {
    const auto number = parse_number(value);
    const bool fits = number && (schema.set_number != nullptr ? *number <= INT64_MAX
                                                              : field.size >= 8 || *number >> (8 * field.size) == 0);
    if (!fits)
      throw base::UserError(
          fmt::format("--edit {}: a whole number is wanted here{}", edit,
                      schema.set_number != nullptr ? "" : fmt::format(", of {} bits", 8 * field.size)));
    if (schema.set_number != nullptr)
      step.args["value"].number = number;
    else
      step.args["to"] = arg(base::to_hex(number_bytes(*number, field)));
    return std::to_string(*number);
  }
  const auto bytes = base::from_hex(value);
  if (!bytes || (schema.set_bytes == nullptr && bytes->size() != field.size))
    throw base::UserError(fmt::format("--edit {}: bytes in hexadecimal are wanted here{}", edit,
                                      schema.set_bytes != nullptr ? "" : fmt::format(", {} of them", field.size)));
  step.args["to"] = arg(base::to_hex(*bytes));
  return base::to_hex(*bytes);
}

std::vector<load::Step> edit_steps(const EvidenceRequest& request, const std::vector<engine::SignedMessage>& honest,
                                   std::vector<EvidenceEdit>& told) {
  std::vector<load::Step> out;
  for (const auto& edit : request.edits) {
    // A path of CBOR has no `=`, nor has a field's name.
    const auto at = edit.find('=');
    if (at == edit.npos || at == 0) throw base::UserError("--edit wants FIELD=VALUE, not `" + edit + "`");
    const auto [message, field] = need_field(honest, edit.substr(0, at));
    auto step = set_step("platform-firmware", "tsm0.evidence", message_name(message->schema), field.name);
    const auto to = set_value(step, *message, field, edit, edit.substr(at + 1));
    out.push_back(std::move(step));
    told.push_back({message_name(message->schema), field.name, value_text(message->schema, message->bytes, field), to});
  }
  return out;
}

load::Step nonce_step(const std::string& nonce) {
  auto bytes = base::from_hex(nonce);
  if (!bytes || bytes->empty() || bytes->size() > kReportDataBytes)
    throw base::UserError(fmt::format("--nonce wants 1 to {} bytes in hexadecimal, not `{}`", kReportDataBytes, nonce));
  bytes->resize(kReportDataBytes);
  auto step = set_step("guest-user", std::string(kGuest) + ".evidence", "EVIDENCE_REQUEST", "report_data");
  step.args["to"] = arg(base::to_hex(*bytes));
  return step;
}

engine::Verdict play(const Home& home, const EvidenceRequest& request, std::vector<load::Step> steps) {
  auto scenario = scenario_of(request);
  scenario.variants[0].steps = std::move(steps);
  const auto machine = home.machine(scenario, request.platform);
  engine::Run run;
  run.scenario = &scenario;
  run.machine = &machine;
  run.platform = request.platform;
  run.seed = request.seed;
  run.set["profile"] = "baseline";
  run.attack = !scenario.variants[0].steps.empty();
  run.capture = true;
  return engine::run(run);
}

std::string judgement(const engine::Verdict& verdict) {
  const auto ended = verdict.ends.find(kGuest);
  const std::string end = ended == verdict.ends.end() ? "" : ended->second;
  if (end == "fetched") return "accepted";
  for (const auto& spoken : verdict.spoken)
    for (const auto* defence : engine::all_defences())
      if (defence->id == spoken.defence)
        return fmt::format("refused by {}: {} [{}]", spoken.defence, defence->promise, defence->clause);
  return end.empty() ? "the guest got no answer" : "the guest ended as: " + end;
}

// As @phala/dcap-qvl and the libraries like it read it.
std::optional<std::string> collateral_json(base::View bytes) {
  const auto bundle = wire::decode<tdxproto::Collateral>(bytes);
  if (!bundle) return std::nullopt;
  const auto tcb_info = tdxproto::split(tdxproto::kTcbInfoMember, base::text_of(bundle->tcb_info));
  const auto identity = tdxproto::split(tdxproto::kQeIdentityMember, base::text_of(bundle->qe_identity));
  if (!tcb_info || !identity) return std::nullopt;
  return boost::json::serialize(
             boost::json::object{{"pck_crl_issuer_chain", base::text_of(bundle->pck_crl_issuer_chain)},
                                 {"root_ca_crl", base::to_hex(bundle->root_ca_crl)},
                                 {"pck_crl", base::to_hex(bundle->pck_crl)},
                                 {"tcb_info_issuer_chain", base::text_of(bundle->tcb_info_issuer_chain)},
                                 {"tcb_info", tcb_info->body},
                                 {"tcb_info_signature", base::to_hex(tcb_info->signature)},
                                 {"qe_identity_issuer_chain", base::text_of(bundle->qe_identity_issuer_chain)},
                                 {"qe_identity", identity->body},
                                 {"qe_identity_signature", base::to_hex(identity->signature)}}) +
         "\n";
}

// RFC 7468: what OpenSSL and everybody else reads. Kernels hand out keys as SubjectPublicKeyInfo.
std::string public_key_pem(base::View info) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string digits;
  for (std::size_t at = 0; at < info.size(); at += 3) {
    const auto byte = [&](std::size_t i) { return at + i < info.size() ? std::uint32_t{info[at + i]} : 0; };
    const std::uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (std::size_t i = 0; i < 4; ++i) digits += at + i > info.size() ? '=' : kDigits[three >> (18 - 6 * i) & 63];
  }
  std::string out = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t at = 0; at < digits.size(); at += 64) out += digits.substr(at, 64) + "\n";
  return out + "-----END PUBLIC KEY-----\n";
}

void keys_as_pem(std::map<std::string, base::Bytes>& files) {
  static constexpr std::string_view kKey = "-key.der";
  std::vector<std::string> keys;
  for (const auto& [name, bytes] : files)
    if (name.ends_with(kKey)) keys.push_back(name);
  for (const auto& name : keys) {
    files[name.substr(0, name.size() - 3) + "pem"] = base::bytes_of(public_key_pem(files.at(name)));
    files.erase(name);
  }
}

}  // namespace

std::string value_text(const wire::Schema& schema, base::View message, const wire::FieldSpan& field) {
  const base::View bytes = message.subspan(field.offset, field.size);
  if (const auto text = text_at(schema, message, field.name)) return *text;
  if (!is_number(field)) return base::to_hex(bytes);
  if (schema.set_number != nullptr) {
    const auto number = cbor::decode(bytes);
    return number ? cbor::print(*number) : base::to_hex(bytes);
  }
  return std::to_string(fixed_number(bytes, field.kind == wire::Kind::kBig));
}

EvidenceSet make_evidence(const Home& home, const EvidenceRequest& request) {
  EvidenceSet out;
  std::vector<load::Step> nonce;
  if (!request.nonce.empty()) nonce.push_back(nonce_step(request.nonce));
  auto verdict = play(home, request, nonce);
  out.honest = verdict.signed_messages;
  if (!request.edits.empty()) {
    if (out.honest.empty())
      throw base::UserError(
          fmt::format("--edit: on `{}` nothing is signed that could be edited before", request.platform));
    auto steps = edit_steps(request, out.honest, out.edits);
    auto owners = play(home, request, steps);
    out.owner = judgement(owners);
    steps.insert(steps.end(), nonce.begin(), nonce.end());
    verdict = nonce.empty() ? std::move(owners) : play(home, request, steps);
    for (auto& edit : out.edits)
      for (const auto& message : verdict.signed_messages)
        if (message_name(message.schema) == edit.message)
          if (const auto field = message.schema.find(message.bytes, edit.field))
            base::check(edit.to == value_text(message.schema, message.bytes, *field),
                        "what was signed is what the edit says");
  } else {
    out.owner = judgement(nonce.empty() ? verdict : play(home, request, {}));
  }
  const std::string prefix = std::string(kGuest) + ".";
  for (auto& [name, bytes] : verdict.artifacts)
    if (name.starts_with(prefix)) out.files[name.substr(prefix.size())] = std::move(bytes);
  if (out.files.empty())
    throw base::UserError(
        fmt::format("a guest on `{}` has no evidence to show ({})", request.platform,
                    verdict.ends.contains(kGuest) ? "it ended as: " + verdict.ends.at(kGuest) : verdict.sentence()));
  if (const auto data = out.files.find("report-data.bin"); data != out.files.end()) {
    out.report_data = data->second;
    out.files.erase(data);
  }
  if (const auto collateral = out.files.find("collateral.bin"); collateral != out.files.end())
    if (const auto json = collateral_json(collateral->second)) out.files["collateral.json"] = base::bytes_of(*json);
  keys_as_pem(out.files);
  return out;
}

}  // namespace glacis
