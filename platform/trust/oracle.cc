#include "platform/trust/oracle.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace trust {

std::string_view name_of(Promise promise) {
  switch (promise) {
    case Promise::kConfidentiality: return "confidentiality";
    case Promise::kIntegrity: return "integrity";
    case Promise::kFreshness: return "freshness";
    case Promise::kAuthenticity: return "authenticity";
    case Promise::kIsolation: return "isolation";
    case Promise::kAuthority: return "authority";
    case Promise::kOwn: return "own";
  }
  return "?";
}

namespace {

template <std::size_t N>
std::bitset<N> ones(std::uint64_t from, std::uint64_t count) {
  return count == 0 ? std::bitset<N>{} : (~std::bitset<N>{} >> (N - count)) << from;
}

}  // namespace

void Oracle::wrote(std::string_view vm, std::uint64_t gpa, base::View bytes) {
  auto& truth = truth_[std::string(vm)];
  base::Bytes before(bytes.size());
  bool known = true;
  for (std::size_t i = 0; i < bytes.size();) {
    Cells& cells = truth[(gpa + i) / kCells];
    const std::uint64_t from = (gpa + i) % kCells, count = std::min<std::uint64_t>(kCells - from, bytes.size() - i);
    const auto touched = ones<kCells>(from, count);
    known = known && (~cells.known & touched).none();
    cells.known |= touched;
    std::copy_n(cells.bytes.begin() + from, count, before.begin() + static_cast<std::ptrdiff_t>(i));
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i), count, cells.bytes.begin() + from);
    i += count;
  }
  if (known) history_[std::string(vm)].push_back({gpa, std::move(before)});
}

void Oracle::read(std::string_view vm, std::uint64_t gpa, base::View bytes, std::uint64_t time) {
  auto truth = truth_.find(vm);
  if (truth == truth_.end()) return;
  bool differs = false;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto cells = truth->second.find((gpa + i) / kCells);
    const std::uint64_t from = (gpa + i) % kCells, count = std::min<std::uint64_t>(kCells - from, bytes.size() - i);
    if (cells != truth->second.end() && !std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + count), cells->second.bytes.begin() + from))
      for (std::uint64_t at = from; at < from + count; ++at)
        differs = differs || (cells->second.known[at] && cells->second.bytes[at] != bytes[i + at - from]);
    i += count;
  }
  if (!differs) return;
  // Yesterday's bytes at their own place break freshness; anything else breaks integrity.
  for (const auto& past : history_[std::string(vm)])
    if (past.gpa == gpa && past.bytes.size() == bytes.size() && std::equal(bytes.begin(), bytes.end(), past.bytes.begin())) {
      report_once(Promise::kFreshness, std::string(vm) + " read an older value of its private memory", time);
      return;
    }
  report_once(Promise::kIntegrity, std::string(vm) + " read private memory that it had not written so", time);
}

void Oracle::forgot(std::string_view vm, std::uint64_t gpa, std::uint64_t count) {
  auto truth = truth_.find(vm);
  if (truth == truth_.end()) return;
  for (auto it = truth->second.lower_bound(gpa / kCells); it != truth->second.end();) {
    const std::uint64_t start = it->first * kCells;
    if (start >= gpa + count) return;
    for (std::uint64_t at = 0; at < kCells; ++at)
      if (start + at >= gpa && start + at < gpa + count) it->second.known.reset(at);
    it = it->second.known.none() ? truth->second.erase(it) : std::next(it);
  }
}

void Oracle::resumed(std::string_view vm, base::View before, base::View after, bool seen_before, std::uint64_t time) {
  if (std::equal(before.begin(), before.end(), after.begin(), after.end())) return;
  if (seen_before) report_once(Promise::kFreshness, std::string(vm) + " resumed with registers of an earlier exit", time);
  else report_once(Promise::kIntegrity, std::string(vm) + " resumed with registers that it had not saved", time);
}

void Oracle::secret(std::string name, base::Bytes bytes) { secrets_[std::move(name)] = std::move(bytes); }

void Oracle::seen(std::string_view place, std::uint64_t address, base::View bytes, std::uint64_t time) {
  if (bytes.empty()) return;
  bytes_seen_ += bytes.size();
  auto here = first_seen_.find(place);
  if (here == first_seen_.end()) here = first_seen_.try_emplace(std::string(place)).first;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    auto& known = here->second[address + at];
    pattern_.push_back(known.try_emplace(base::bytes_of(bytes.subspan(at, std::min<std::size_t>(16, bytes.size() - at))), known.size()).first->second);
  }
  for (const auto& [name, value] : secrets_) {
    const std::size_t part = std::min<std::size_t>(value.size(), 16);
    for (std::size_t at = 0; part != 0 && at + part <= value.size(); at += part) {
      if (!memmem(bytes.data(), bytes.size(), value.data() + at, part)) continue;
      if (!lost_.contains(name)) breach(Promise::kConfidentiality, "the adversary saw " + name + " in the clear (bytes)", time);
      lost_[name].insert(at);
    }
  }
}

std::map<std::string, Oracle::Known> Oracle::known() const {
  std::map<std::string, Known> out;
  for (const auto& [name, value] : secrets_) {
    const auto lost = lost_.find(name);
    const std::size_t parts = lost == lost_.end() ? 0 : lost->second.size();
    out[name] = {parts * std::min<std::size_t>(value.size(), 16), value.size(), parts != 0};
  }
  return out;
}

std::vector<std::string> Oracle::places() const {
  std::vector<std::string> out;
  for (const auto& [place, seen] : first_seen_) out.push_back(place);
  return out;
}

void Oracle::sealed(base::View key, base::View iv, base::View plaintext, std::uint64_t time) {
  const auto [known, fresh] = sealed_.try_emplace({base::bytes_of(key), base::bytes_of(iv)}, base::bytes_of(plaintext));
  if (fresh || std::equal(plaintext.begin(), plaintext.end(), known->second.begin(), known->second.end())) return;
  report_once(Promise::kConfidentiality, "two messages were sealed under one key and IV (computed)", time);
}

void Oracle::breach(Promise promise, std::string what, std::uint64_t time) {
  breaches_.push_back({promise, std::move(what), time});
}

void Oracle::report_once(Promise promise, std::string what, std::uint64_t time) {
  for (const auto& known : breaches_)
    if (known.promise == promise && known.what == what) return;
  breach(promise, std::move(what), time);
}

}  // namespace trust
