#include "platform/protocol/tdx/collateral.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

namespace tdxproto {
namespace {

namespace json = boost::json;

struct StatusName {
  TcbStatus status;
  std::string_view name;
};
constexpr StatusName kStatusNames[] = {
    {TcbStatus::kUpToDate, "UpToDate"},
    {TcbStatus::kSwHardeningNeeded, "SWHardeningNeeded"},
    {TcbStatus::kConfigurationNeeded, "ConfigurationNeeded"},
    {TcbStatus::kConfigurationAndSwHardeningNeeded, "ConfigurationAndSWHardeningNeeded"},
    {TcbStatus::kOutOfDate, "OutOfDate"},
    {TcbStatus::kOutOfDateConfigurationNeeded, "OutOfDateConfigurationNeeded"},
    {TcbStatus::kRevoked, "Revoked"},
};

// ---- what we write ----

json::string text(std::string_view from) { return json::string(json::string_view(from.data(), from.size())); }

std::string iso_time(crypto::CalendarTime time) {
  using namespace std::chrono;
  const sys_seconds at{seconds(time)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

json::string hex(base::View bytes) {
  std::string out = base::to_hex(bytes);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text(out);
}

void add_state(json::object& to, const TcbLevelState& state) {
  to["tcbDate"] = text(iso_time(state.date));
  to["tcbStatus"] = text(name_of(state.status));
  if (state.advisories.empty()) return;
  json::array ids;
  for (const std::string& id : state.advisories) ids.emplace_back(text(id));
  to["advisoryIDs"] = std::move(ids);
}

json::array components(const std::array<TcbComponent, 16>& from) {
  json::array out;
  for (const TcbComponent& component : from) {
    json::object one;
    one["svn"] = component.svn;
    if (!component.category.empty()) one["category"] = text(component.category);
    if (!component.type.empty()) one["type"] = text(component.type);
    out.push_back(std::move(one));
  }
  return out;
}

void add_module(json::object& to, const TdxModule& module) {
  to["mrsigner"] = hex(module.mr_signer);
  to["attributes"] = hex(module.attributes);
  to["attributesMask"] = hex(module.attributes_mask);
}

json::array levels_of(const std::vector<SvnTcbLevel>& levels) {
  json::array out;
  for (const SvnTcbLevel& level : levels) {
    json::object one;
    one["tcb"] = json::object{{"isvsvn", level.isv_svn}};
    add_state(one, level.state);
    out.push_back(std::move(one));
  }
  return out;
}

// ---- what others wrote ----

std::optional<crypto::CalendarTime> time_of(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return std::nullopt;
  }
  auto number = [&](std::size_t at, std::size_t size) {
    unsigned out = 0;
    for (char c : text.substr(at, size)) out = 10 * out + static_cast<unsigned>(c - '0');
    return out;
  };
  const auto time = crypto::calendar_time(static_cast<int>(number(0, 4)), number(5, 2), number(8, 2), number(11, 2),
                                          number(14, 2), number(17, 2));
  if (iso_time(time) != text) return std::nullopt;  // a 31st of June
  return time;
}

// Takes an object apart member by member. After the first member that is missing or of another kind, `ok` is false and
// whatever is read has no meaning.
class Reader {
 public:
  Reader(const json::value* value, bool& ok) : object_(value ? value->if_object() : nullptr), ok_(ok) {
    if (!object_) ok_ = false;
  }

  bool has(std::string_view name) const {
    return object_ && object_->contains(json::string_view(name.data(), name.size()));
  }
  const json::value* member(std::string_view name) {
    const json::value* found = object_ ? object_->if_contains(json::string_view(name.data(), name.size())) : nullptr;
    if (!found) ok_ = false;
    return found;
  }
  std::string text(std::string_view name) {
    const json::value* value = member(name);
    const json::string* found = value ? value->if_string() : nullptr;
    if (!found) ok_ = false;
    return found ? std::string(found->begin(), found->end()) : std::string();
  }
  // What may be left out.
  std::string text_or_nothing(std::string_view name) { return has(name) ? text(name) : std::string(); }
  template <class T>
  void number(std::string_view name, T& into) {
    const json::value* value = member(name);
    const std::int64_t* found = value ? value->if_int64() : nullptr;
    if (!found || *found < 0 || static_cast<std::uint64_t>(*found) > std::numeric_limits<T>::max())
      ok_ = false;
    else
      into = static_cast<T>(*found);
  }
  template <std::size_t N>
  void hex(std::string_view name, std::array<std::uint8_t, N>& into) {
    auto bytes = base::from_hex(text(name));
    if (!bytes || bytes->size() != N)
      ok_ = false;
    else
      std::ranges::copy(*bytes, into.begin());
  }
  void time(std::string_view name, crypto::CalendarTime& into) {
    auto found = time_of(text(name));
    if (!found) ok_ = false;
    into = found.value_or(0);
  }
  Reader object(std::string_view name) { return Reader(member(name), ok_); }
  // Calls `read` with each object of a list.
  template <class Read>
  void each(std::string_view name, Read read) {
    const json::value* value = member(name);
    const json::array* list = value ? value->if_array() : nullptr;
    if (!list) {
      ok_ = false;
      return;
    }
    for (const json::value& item : *list) {
      Reader one(&item, ok_);
      read(one);
    }
  }
  const json::array* list(std::string_view name) {
    const json::value* value = member(name);
    const json::array* found = value ? value->if_array() : nullptr;
    if (!found) ok_ = false;
    return found;
  }
  void fail() { ok_ = false; }

 private:
  const json::object* object_;
  bool& ok_;
};

TcbLevelState read_state(Reader& from) {
  TcbLevelState out;
  from.time("tcbDate", out.date);
  auto status = tcb_status_of(from.text("tcbStatus"));
  if (!status) from.fail();
  out.status = status.value_or(TcbStatus::kRevoked);
  if (!from.has("advisoryIDs")) return out;
  if (const json::array* ids = from.list("advisoryIDs")) {
    for (const json::value& id : *ids) {
      if (!id.is_string())
        from.fail();
      else
        out.advisories.emplace_back(id.get_string().begin(), id.get_string().end());
    }
  }
  return out;
}

void read_components(Reader& from, std::string_view name, std::array<TcbComponent, 16>& into) {
  std::size_t count = 0;
  from.each(name, [&](Reader& one) {
    if (count < into.size()) {
      one.number("svn", into[count].svn);
      into[count].category = one.text_or_nothing("category");
      into[count].type = one.text_or_nothing("type");
    }
    ++count;
  });
  if (count != into.size()) from.fail();
}

TdxModule read_module(Reader& from) {
  TdxModule out;
  from.hex("mrsigner", out.mr_signer);
  from.hex("attributes", out.attributes);
  from.hex("attributesMask", out.attributes_mask);
  return out;
}

std::vector<SvnTcbLevel> read_levels(Reader& from) {
  std::vector<SvnTcbLevel> out;
  from.each("tcbLevels", [&](Reader& one) {
    SvnTcbLevel level;
    Reader tcb = one.object("tcb");
    tcb.number("isvsvn", level.isv_svn);
    level.state = read_state(one);
    out.push_back(std::move(level));
  });
  return out;
}

// The value when `text` is one value in the spelling that we would give it ourselves.
std::optional<json::value> read_canonical(std::string_view text) {
  if (text.size() > kJsonSizeMax) return std::nullopt;
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || json::serialize(value) != text) return std::nullopt;
  return value;
}

}  // namespace

std::string_view name_of(TcbStatus status) {
  for (const auto& [known, name] : kStatusNames)
    if (known == status) return name;
  return "?";
}
std::optional<TcbStatus> tcb_status_of(std::string_view name) {
  for (const auto& [status, known] : kStatusNames)
    if (known == name) return status;
  return std::nullopt;
}

std::string module_identity_id(std::uint8_t major_version) {
  char out[8];
  std::snprintf(out, sizeof out, "TDX_%02X", major_version);
  return out;
}

std::string to_json(const TcbInfo& info) {
  json::object out;
  out["id"] = text(info.id);
  out["version"] = info.version;
  out["issueDate"] = text(iso_time(info.issue_date));
  out["nextUpdate"] = text(iso_time(info.next_update));
  out["fmspc"] = hex(info.fmspc);
  out["pceId"] = hex(info.pce_id);
  out["tcbType"] = info.tcb_type;
  out["tcbEvaluationDataNumber"] = info.tcb_evaluation_data_number;
  json::object module;
  add_module(module, info.module);
  out["tdxModule"] = std::move(module);
  json::array identities;
  for (const TdxModuleIdentity& identity : info.module_identities) {
    json::object one;
    one["id"] = text(identity.id);
    add_module(one, identity.module);
    one["tcbLevels"] = levels_of(identity.levels);
    identities.push_back(std::move(one));
  }
  out["tdxModuleIdentities"] = std::move(identities);
  json::array levels;
  for (const PlatformTcbLevel& level : info.levels) {
    json::object tcb, one;
    tcb["sgxtcbcomponents"] = components(level.sgx_components);
    tcb["pcesvn"] = level.pce_svn;
    tcb["tdxtcbcomponents"] = components(level.tdx_components);
    one["tcb"] = std::move(tcb);
    add_state(one, level.state);
    levels.push_back(std::move(one));
  }
  out["tcbLevels"] = std::move(levels);
  return json::serialize(out);
}

std::string to_json(const QeIdentity& identity) {
  json::object out;
  out["id"] = text(identity.id);
  out["version"] = identity.version;
  out["issueDate"] = text(iso_time(identity.issue_date));
  out["nextUpdate"] = text(iso_time(identity.next_update));
  out["tcbEvaluationDataNumber"] = identity.tcb_evaluation_data_number;
  out["miscselect"] = hex(identity.misc_select);
  out["miscselectMask"] = hex(identity.misc_select_mask);
  out["attributes"] = hex(identity.attributes);
  out["attributesMask"] = hex(identity.attributes_mask);
  out["mrsigner"] = hex(identity.mr_signer);
  out["isvprodid"] = identity.isv_prod_id;
  out["tcbLevels"] = levels_of(identity.levels);
  return json::serialize(out);
}

std::optional<TcbInfo> tcb_info_from_json(std::string_view text) {
  auto value = read_canonical(text);
  if (!value) return std::nullopt;
  bool ok = true;
  Reader in(&*value, ok);
  TcbInfo out;
  out.id = in.text("id");
  in.number("version", out.version);
  in.time("issueDate", out.issue_date);
  in.time("nextUpdate", out.next_update);
  in.hex("fmspc", out.fmspc);
  in.hex("pceId", out.pce_id);
  in.number("tcbType", out.tcb_type);
  in.number("tcbEvaluationDataNumber", out.tcb_evaluation_data_number);
  Reader module = in.object("tdxModule");
  out.module = read_module(module);
  // A vendor that knows one module only has no list of them.
  if (in.has("tdxModuleIdentities")) {
    in.each("tdxModuleIdentities", [&](Reader& one) {
      TdxModuleIdentity identity;
      identity.id = one.text("id");
      identity.module = read_module(one);
      identity.levels = read_levels(one);
      out.module_identities.push_back(std::move(identity));
    });
  }
  in.each("tcbLevels", [&](Reader& one) {
    PlatformTcbLevel level;
    Reader tcb = one.object("tcb");
    read_components(tcb, "sgxtcbcomponents", level.sgx_components);
    tcb.number("pcesvn", level.pce_svn);
    read_components(tcb, "tdxtcbcomponents", level.tdx_components);
    level.state = read_state(one);
    out.levels.push_back(std::move(level));
  });
  if (!ok) return std::nullopt;
  return out;
}

std::optional<QeIdentity> qe_identity_from_json(std::string_view text) {
  auto value = read_canonical(text);
  if (!value) return std::nullopt;
  bool ok = true;
  Reader in(&*value, ok);
  QeIdentity out;
  out.id = in.text("id");
  in.number("version", out.version);
  in.time("issueDate", out.issue_date);
  in.time("nextUpdate", out.next_update);
  in.number("tcbEvaluationDataNumber", out.tcb_evaluation_data_number);
  in.hex("miscselect", out.misc_select);
  in.hex("miscselectMask", out.misc_select_mask);
  in.hex("attributes", out.attributes);
  in.hex("attributesMask", out.attributes_mask);
  in.hex("mrsigner", out.mr_signer);
  in.number("isvprodid", out.isv_prod_id);
  out.levels = read_levels(in);
  if (!ok) return std::nullopt;
  return out;
}

std::string join(std::string_view member, const SignedJson& document) {
  return "{\"" + std::string(member) + "\":" + document.body + ",\"signature\":\"" + base::to_hex(document.signature) +
         "\"}";
}

std::optional<SignedJson> split(std::string_view member, std::string_view text) {
  const std::string front = "{\"" + std::string(member) + "\":";
  constexpr std::string_view kMiddle = ",\"signature\":\"";
  constexpr std::string_view kBack = "\"}";
  SignedJson out;
  const std::size_t digits = 2 * out.signature.size();
  const std::size_t around = front.size() + kMiddle.size() + digits + kBack.size();
  if (text.size() < around || text.size() > kJsonSizeMax || !text.starts_with(front) || !text.ends_with(kBack)) {
    return std::nullopt;
  }
  const std::string_view behind = text.substr(text.size() - digits - kBack.size() - kMiddle.size());
  auto signature = base::from_hex(behind.substr(kMiddle.size(), digits));
  if (!behind.starts_with(kMiddle) || !signature) return std::nullopt;
  std::ranges::copy(*signature, out.signature.begin());
  out.body = text.substr(front.size(), text.size() - around);
  return out;
}

Collateral sized(Collateral collateral) {
  auto size = [](const base::Bytes& bytes) { return static_cast<std::uint32_t>(bytes.size()); };
  collateral.pck_crl_issuer_chain_size = size(collateral.pck_crl_issuer_chain);
  collateral.root_ca_crl_size = size(collateral.root_ca_crl);
  collateral.pck_crl_size = size(collateral.pck_crl);
  collateral.tcb_info_issuer_chain_size = size(collateral.tcb_info_issuer_chain);
  collateral.tcb_info_size = size(collateral.tcb_info);
  collateral.qe_identity_issuer_chain_size = size(collateral.qe_identity_issuer_chain);
  collateral.qe_identity_size = size(collateral.qe_identity);
  return collateral;
}

}  // namespace tdxproto
