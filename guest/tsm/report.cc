#include "guest/tsm/report.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tsm {

namespace {

Content text_of(std::string text) {
  text += '\n';
  return {.bytes = base::bytes_of(base::view_of(text))};
}

std::string_view view(base::View bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

const std::vector<AttributeKind>& attribute_kinds() {
  static const std::vector<AttributeKind> kAll = {
      {Attribute::kGeneration, "generation", true, false, false},
      {Attribute::kProvider, "provider", true, false, false},
      {Attribute::kPrivlevel, "privlevel", false, true, false},
      {Attribute::kPrivlevelFloor, "privlevel_floor", true, false, false},
      {Attribute::kServiceProvider, "service_provider", false, true, false},
      {Attribute::kServiceGuid, "service_guid", false, true, false},
      {Attribute::kServiceManifestVersion, "service_manifest_version", false, true, false},
      {Attribute::kInblob, "inblob", false, true, true},
      {Attribute::kOutblob, "outblob", true, false, true},
      {Attribute::kAuxblob, "auxblob", true, false, true},
      {Attribute::kManifestblob, "manifestblob", true, false, true},
  };
  return kAll;
}

const AttributeKind* find_attribute(std::string_view name) {
  const auto found = std::ranges::find(attribute_kinds(), name, &AttributeKind::name);
  return found == attribute_kinds().end() ? nullptr : &*found;
}

std::optional<std::uint32_t> parse_number(std::string_view text, Errno& error) {
  text = without_line_end(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) base = 16, text.remove_prefix(2);
  else if (text.size() > 1 && text.starts_with('0')) base = 8, text.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [end, what] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  error = Errno::kOk;
  if (what == std::errc::result_out_of_range) error = Errno::kRange;
  else if (what != std::errc{} || end != text.data() + text.size()) error = Errno::kInvalid;
  return error == Errno::kOk ? std::optional(value) : std::nullopt;
}

std::optional<base::Block<16>> parse_guid(std::string_view text) {
  // Where each two digits go: the first three fields lie little-endian.
  static constexpr int kAt[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  text = without_line_end(text);
  if (text.size() != 36) return std::nullopt;
  base::Block<16> guid{};
  std::size_t byte = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    guid[static_cast<std::size_t>(kAt[byte++])] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return guid;
}

Errno Reports::register_provider(const Provider& provider) {
  if (provider_ || !items_.empty()) return Errno::kBusy;
  provider_ = provider;
  return Errno::kOk;
}

Errno Reports::unregister_provider(const Platform& platform) {
  if (!provider_ || provider_->platform != &platform) return Errno::kBusy;
  provider_.reset();
  return Errno::kOk;
}

Errno Reports::make_item(std::string_view name, Generations first) {
  if (name.empty() || name.find('/') != std::string_view::npos || name == "." || name == "..") return Errno::kInvalid;
  if (name.size() > kNameMax) return Errno::kNameTooLong;
  if (items_.contains(name)) return Errno::kExists;
  if (!provider_) return Errno::kNoDevice;
  const auto item = std::make_shared<Item>();
  item->write_generation = first.written, item->read_generation = first.read;
  items_.emplace(name, item);
  return Errno::kOk;
}

Errno Reports::remove_item(std::string_view name) {
  const auto found = items_.find(name);
  if (found == items_.end()) return Errno::kNoEntry;
  items_.erase(found);
  return Errno::kOk;
}

std::vector<std::string> Reports::items() const {
  std::vector<std::string> out;
  for (const auto& [name, item] : items_) out.push_back(name);
  return out;
}

bool Reports::visible(Attribute attribute) const {
  if (!provider_) return false;
  switch (attribute) {
    case Attribute::kPrivlevel:
    case Attribute::kPrivlevelFloor: return provider_->kind->has_levels;
    case Attribute::kServiceProvider:
    case Attribute::kServiceGuid:
    case Attribute::kServiceManifestVersion:
    case Attribute::kManifestblob: return provider_->has_services;
    default: return true;
  }
}

std::shared_ptr<Reports::Item> Reports::find(std::string_view name) const {
  const auto found = items_.find(name);
  return found == items_.end() ? nullptr : found->second;
}

// One write short of the generation that the last report was made at, as they count modulo 2^64, nothing is written any more: else a
// report of long ago would pass for one of now.
Errno Reports::advance(Item& item) {
  if (item.write_generation == item.read_generation - 1) return Errno::kBusy;
  ++item.write_generation;
  return Errno::kOk;
}

Errno Reports::write(std::string_view name, Attribute attribute, base::View value) {
  const auto item = find(name);
  if (!item) return Errno::kNoEntry;
  const auto* kind = &*std::ranges::find(attribute_kinds(), attribute, &AttributeKind::attribute);
  if (!kind->writable) return Errno::kAccess;
  if (value.size() > (kind->binary ? kInblobMax : kTextMax)) return Errno::kTooBig;
  if (value.empty() && !kind->binary) return Errno::kOk;  // nothing was written
  const std::string_view text = view(value);
  Errno error = Errno::kOk;
  switch (attribute) {
    case Attribute::kInblob:
      if (error = advance(*item); error == Errno::kOk) item->asked.inblob = base::bytes_of(value);
      return error;
    case Attribute::kPrivlevel: {
      const auto level = parse_number(text, error);
      if (!level) return error;
      if (!provider_) return Errno::kNoDevice;
      if (*level < provider_->privlevel_floor || *level > kPrivlevelMax) return Errno::kInvalid;
      if (error = advance(*item); error == Errno::kOk) item->asked.privlevel = *level;
      return error;
    }
    case Attribute::kServiceProvider:
      if (error = advance(*item); error == Errno::kOk) item->asked.service_provider = std::string(without_line_end(text));
      return error;
    case Attribute::kServiceGuid: {
      if (error = advance(*item); error != Errno::kOk) return error;  // counts even where the text is no GUID
      const auto guid = parse_guid(text);
      item->asked.service_guid = guid.value_or(base::Block<16>{});
      return guid ? Errno::kOk : Errno::kInvalid;
    }
    case Attribute::kServiceManifestVersion: {
      const auto version = parse_number(text, error);
      if (!version) return error;
      if (error = advance(*item); error == Errno::kOk) item->asked.service_manifest_version = *version;
      return error;
    }
    default: return Errno::kAccess;
  }
}

Errno Reports::make_report(Item& item) {
  if (!provider_) return Errno::kNoDevice;
  item.made = false;
  item.outblob.clear(), item.auxblob.clear(), item.manifestblob.clear();
  const auto& kind = *provider_->kind;
  if (item.asked.inblob.size() < kind.inblob_min || item.asked.inblob.size() > kind.inblob_max) return Errno::kInvalid;
  // An older generation than what is asked for by the time that it is made: then the next read makes another.
  const std::uint64_t generation = item.write_generation;
  auto made = provider_->platform->make_report(item.asked);
  if (made.failure != Failure::kNone) return kind.error_of(made.failure);
  item.outblob = std::move(made.outblob);
  item.auxblob = std::move(made.auxblob);
  item.manifestblob = std::move(made.manifestblob);
  item.made = true;
  item.read_generation = generation;
  return Errno::kOk;
}

const base::Bytes& Reports::blob_of(const Item& item, Attribute attribute) const {
  if (attribute == Attribute::kOutblob) return item.outblob;
  return attribute == Attribute::kAuxblob ? item.auxblob : item.manifestblob;
}

Content Reports::read(std::string_view name, Attribute attribute) {
  const auto item = find(name);
  if (!item) return {Errno::kNoEntry};
  switch (attribute) {
    case Attribute::kGeneration: return text_of(std::to_string(item->write_generation));
    case Attribute::kProvider: return provider_ ? text_of(std::string(provider_->kind->name)) : Content{Errno::kNoDevice};
    case Attribute::kPrivlevelFloor:
      return provider_ ? text_of(std::to_string(provider_->privlevel_floor)) : Content{Errno::kNoDevice};
    case Attribute::kOutblob:
    case Attribute::kAuxblob:
    case Attribute::kManifestblob: break;
    default: return {Errno::kAccess};
  }
  if (item->asked.inblob.empty()) return {Errno::kInvalid};
  if (!item->made || item->read_generation != item->write_generation) {
    const Errno error = make_report(*item);
    if (error != Errno::kOk) return {error};
  }
  const auto& blob = blob_of(*item, attribute);
  if (blob.size() > kOutblobMax) return {Errno::kTooBig};
  return {.bytes = blob};
}

}  // namespace tsm
