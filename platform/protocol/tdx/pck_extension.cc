#include "platform/protocol/tdx/pck_extension.h"

#include <algorithm>
#include <string>
#include <vector>

#include "platform/crypto/der.h"

namespace tdxproto {
namespace {

namespace der = crypto::der;

constexpr std::uint8_t kEnumerated = 0x0a;
constexpr int kPceSvnArc = 17;
constexpr int kCpuSvnArc = 18;

// The object id below the extension's own: "2.17".
base::Bytes oid(const std::string& suffix) { return der::object_id(std::string(kSgxExtensionOid) + "." + suffix); }

base::Bytes entry(const std::string& suffix, base::View value) { return der::sequence({oid(suffix), value}); }
base::Bytes octets(const std::string& suffix, base::View value) {
  return entry(suffix, der::element(der::kOctetString, value));
}
base::Bytes boolean(const std::string& suffix, bool value) {
  return entry(suffix, der::element(der::kBoolean, base::Bytes{static_cast<std::uint8_t>(value ? 0xff : 0)}));
}

// A sequence of {object id, value}, taken apart.
struct Entry {
  base::View oid;
  der::Element value;
};
std::optional<std::vector<Entry>> entries_of(base::View content) {
  std::vector<Entry> out;
  while (!content.empty()) {
    auto pair = der::read(content);
    if (!pair || pair->tag != der::kSequence) return std::nullopt;
    base::View inside = pair->content;
    auto name = der::read(inside);
    if (!name || name->tag != der::kObjectId) return std::nullopt;
    auto value = der::read(inside);
    if (!value || !inside.empty()) return std::nullopt;
    out.push_back({name->whole, *value});
  }
  return out;
}

// Null unless it is there exactly once.
const der::Element* find(const std::vector<Entry>& entries, const std::string& suffix) {
  const base::Bytes wanted = oid(suffix);
  const der::Element* found = nullptr;
  for (const Entry& e : entries) {
    if (!std::ranges::equal(e.oid, wanted)) continue;
    if (found) return nullptr;
    found = &e.value;
  }
  return found;
}
bool has(const std::vector<Entry>& entries, const std::string& suffix) {
  const base::Bytes wanted = oid(suffix);
  return std::ranges::any_of(entries, [&](const Entry& e) { return std::ranges::equal(e.oid, wanted); });
}

template <std::size_t N>
bool read_octets(const std::vector<Entry>& entries, const std::string& suffix, std::array<std::uint8_t, N>& into) {
  const der::Element* value = find(entries, suffix);
  if (!value || value->tag != der::kOctetString || value->content.size() != N) return false;
  std::ranges::copy(value->content, into.begin());
  return true;
}
std::optional<std::uint64_t> read_number(const std::vector<Entry>& entries, const std::string& suffix,
                                         std::uint64_t max) {
  const der::Element* value = find(entries, suffix);
  if (!value) return std::nullopt;
  auto number = der::read_integer(value->whole);
  return number && *number <= max ? number : std::nullopt;
}
bool read_boolean(const std::vector<Entry>& entries, const std::string& suffix, bool& into) {
  const der::Element* value = find(entries, suffix);
  if (!value || value->tag != der::kBoolean || value->content.size() != 1) return false;
  into = value->content[0] == 0xff;
  return into || value->content[0] == 0;
}

bool read_tcb(const std::vector<Entry>& entries, PckExtension& out) {
  for (std::size_t i = 0; i < out.tcb.components.size(); ++i) {
    auto svn = read_number(entries, "2." + std::to_string(i + 1), 0xff);
    if (!svn) return false;
    out.tcb.components[i] = static_cast<std::uint8_t>(*svn);
  }
  auto pce = read_number(entries, "2." + std::to_string(kPceSvnArc), 0xffff);
  if (!pce) return false;
  out.tcb.pce_svn = static_cast<std::uint16_t>(*pce);
  return read_octets(entries, "2." + std::to_string(kCpuSvnArc), out.cpu_svn);
}

// Both parts that only registered packages have, or neither.
bool read_instance(const std::vector<Entry>& entries, PckExtension& out) {
  if (!has(entries, "6")) return !has(entries, "7");
  const der::Element* configuration = find(entries, "7");
  if (!configuration || configuration->tag != der::kSequence) return false;
  auto inside = entries_of(configuration->content);
  return inside && read_octets(entries, "6", out.platform_instance_id.emplace()) &&
         read_boolean(*inside, "7.1", out.dynamic_platform) && read_boolean(*inside, "7.2", out.cached_keys) &&
         read_boolean(*inside, "7.3", out.smt_enabled);
}

}  // namespace

base::Bytes encode_pck_extension(const PckExtension& extension) {
  base::Bytes levels;
  for (std::size_t i = 0; i < extension.tcb.components.size(); ++i)
    base::append(levels, entry("2." + std::to_string(i + 1), der::integer(std::uint64_t{extension.tcb.components[i]})));
  base::append(levels, entry("2." + std::to_string(kPceSvnArc), der::integer(std::uint64_t{extension.tcb.pce_svn})));
  base::append(levels, octets("2." + std::to_string(kCpuSvnArc), extension.cpu_svn));

  const base::Bytes type{static_cast<std::uint8_t>(extension.sgx_type)};
  base::Bytes out =
      der::joined({octets("1", extension.ppid), entry("2", der::sequence({levels})), octets("3", extension.pce_id),
                   octets("4", extension.fmspc), entry("5", der::element(kEnumerated, type))});
  if (extension.platform_instance_id) {
    base::append(out, octets("6", *extension.platform_instance_id));
    const base::Bytes configuration =
        der::sequence({boolean("7.1", extension.dynamic_platform), boolean("7.2", extension.cached_keys),
                       boolean("7.3", extension.smt_enabled)});
    base::append(out, entry("7", configuration));
  }
  return der::sequence({out});
}

std::optional<PckExtension> decode_pck_extension(base::View raw) {
  auto outer = der::read(raw);
  if (!outer || !raw.empty() || outer->tag != der::kSequence) return std::nullopt;
  auto entries = entries_of(outer->content);
  if (!entries) return std::nullopt;
  PckExtension out;
  const der::Element* tcb = find(*entries, "2");
  if (!tcb || tcb->tag != der::kSequence) return std::nullopt;
  auto levels = entries_of(tcb->content);
  const der::Element* type = find(*entries, "5");
  if (!levels || !type || type->tag != kEnumerated || type->content.size() != 1) return std::nullopt;
  out.sgx_type = static_cast<SgxType>(type->content[0]);
  if (!read_octets(*entries, "1", out.ppid) || !read_tcb(*levels, out) || !read_octets(*entries, "3", out.pce_id) ||
      !read_octets(*entries, "4", out.fmspc) || !read_instance(*entries, out))
    return std::nullopt;
  return out;
}

}  // namespace tdxproto
