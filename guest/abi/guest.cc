#include "guest/abi/guest.h"

namespace abi {

namespace {
constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;
}

std::uint64_t Guest::alloc(const char* name, std::uint64_t bytes, int attribute) {
  return c_.alloc(c_.self, name, bytes, attribute);
}

base::Bytes Guest::read(std::uint64_t gpa, std::uint64_t bytes) {
  base::Bytes out(bytes);
  if (c_.read(c_.self, gpa, out.data(), bytes) != GLACIS_OK) out.clear();
  return out;
}

int Guest::write(std::uint64_t gpa, base::View bytes) { return c_.write(c_.self, gpa, bytes.data(), bytes.size()); }

int Guest::convert(std::uint64_t gpa, std::uint64_t bytes, int attribute) {
  return c_.convert(c_.self, gpa, bytes, attribute);
}

base::Block<16> Guest::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  std::uint32_t words[4] = {};
  c_.cpuid(c_.self, leaf, subleaf, words);
  base::Block<16> out{};
  for (std::size_t i = 0; i < 4; ++i) base::store_le(out, i * 4, words[i]);
  return out;
}

base::Bytes Guest::random(std::uint64_t bytes) {
  base::Bytes out(bytes);
  c_.random(c_.self, out.data(), bytes);
  return out;
}

std::optional<Evidence> Guest::evidence(const base::Block<64>& report_data, int privilege_level) {
  Evidence e{base::Bytes(kAnswerBytesMax), base::Bytes(kAnswerBytesMax)};
  std::uint64_t bytes = e.report.size(), aux_bytes = e.certificates.size();
  int status = c_.evidence(c_.self, report_data.data(), privilege_level, e.report.data(), &bytes, e.certificates.data(), &aux_bytes);
  if (status != GLACIS_OK) return std::nullopt;
  e.report.resize(bytes);
  e.certificates.resize(aux_bytes);
  return e;
}

std::optional<base::Block<32>> Guest::derive_key(std::uint64_t field_select) {
  base::Block<32> key{};
  if (c_.derive_key(c_.self, field_select, key.data()) != GLACIS_OK) return std::nullopt;
  return key;
}

std::optional<base::Bytes> Guest::launch_secret() {
  base::Bytes out(kAnswerBytesMax);
  std::uint64_t bytes = out.size();
  if (c_.launch_secret(c_.self, out.data(), &bytes) != GLACIS_OK) return std::nullopt;
  out.resize(bytes);
  return out;
}

std::optional<base::Bytes> Guest::receive(const char* peer) {
  base::Bytes out(kAnswerBytesMax);
  std::uint64_t bytes = out.size();
  if (c_.receive(c_.self, peer, out.data(), &bytes) != GLACIS_OK) return std::nullopt;
  out.resize(bytes);
  return out;
}

}  // namespace abi
