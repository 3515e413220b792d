#include "guest/abi/guest.h"

#include <memory>

namespace abi {

namespace {
constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;
}

std::uint64_t Guest::alloc(const char* name, std::uint64_t bytes, int attribute) {
  return c_.alloc(c_.self, name, bytes, attribute);
}

base::Bytes Guest::read(std::uint64_t gpa, std::uint64_t bytes) {
  if (bytes > GLACIS_VM_BYTES) return {};
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
  const char* provider = c_.provider(c_.self);
  if (!provider) return std::nullopt;
  Evidence e{base::Bytes(kAnswerBytesMax), base::Bytes(kAnswerBytesMax), provider};
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

std::uint32_t Guest::device_config(const char* device, std::uint32_t offset) {
  std::uint32_t value = 0xFFFF'FFFF;
  if (c_.device_config(c_.self, device, offset, &value, 0) != GLACIS_OK) return 0xFFFF'FFFF;
  return value;
}

bool Guest::set_device_config(const char* device, std::uint32_t offset, std::uint32_t value) {
  return c_.device_config(c_.self, device, offset, &value, 1) == GLACIS_OK;
}

std::optional<base::Bytes> Guest::device_object(const char* device, base::View object) {
  std::uint64_t size = 1 << 16;
  const auto out = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  if (c_.device_object(c_.self, device, object.data(), object.size(), out.get(), &size) != GLACIS_OK) return std::nullopt;
  return base::Bytes(out.get(), out.get() + size);
}

std::optional<base::Bytes> Guest::device_read(const char* device, std::uint32_t bar, std::uint64_t offset, std::uint64_t bytes) {
  base::Bytes out(bytes);
  if (c_.device_mmio(c_.self, device, bar, offset, out.data(), out.size(), 0) != GLACIS_OK) return std::nullopt;
  return out;
}

bool Guest::device_write(const char* device, std::uint32_t bar, std::uint64_t offset, base::View bytes) {
  base::Bytes copy = base::bytes_of(bytes);
  return c_.device_mmio(c_.self, device, bar, offset, copy.data(), copy.size(), 1) == GLACIS_OK;
}

std::optional<base::Bytes> Guest::tdi_call(const char* device, std::uint32_t call, base::View in) {
  base::Bytes out(4096);
  std::uint64_t size = out.size();
  if (c_.tdi_call(c_.self, device, call, in.data(), in.size(), out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<base::Bytes> Guest::device_evidence(const char* device, std::uint32_t part) {
  base::Bytes out(1 << 16);
  std::uint64_t size = out.size();
  if (c_.device_evidence(c_.self, device, part, out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<base::Bytes> Guest::image_file(const char* name) {
  base::Bytes out(1 << 16);
  std::uint64_t size = out.size();
  if (c_.image_file(c_.self, name, out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<base::Bytes> Guest::host_data(const char* name) {
  base::Bytes out(1 << 20);
  std::uint64_t size = out.size();
  if (c_.host_data(c_.self, name, out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<std::uint64_t> Guest::clock(const char* source) {
  std::uint64_t nanoseconds = 0;
  return c_.clock(c_.self, source, &nanoseconds) == GLACIS_OK ? std::optional(nanoseconds) : std::nullopt;
}

std::optional<std::uint64_t> Guest::msr(std::uint32_t index) {
  std::uint64_t value = 0;
  return c_.msr(c_.self, index, &value, 0) == GLACIS_OK ? std::optional(value) : std::nullopt;
}

std::optional<Guest::Interrupt> Guest::interrupt() {
  Interrupt taken;
  return c_.interrupt(c_.self, &taken.vector, &taken.info) == GLACIS_OK ? std::optional(taken) : std::nullopt;
}

std::optional<base::Bytes> Guest::measured(const char* name) {
  base::Bytes out(4096);
  std::uint64_t size = out.size();
  if (c_.measured(c_.self, name, out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<base::Bytes> Guest::tpm(base::View command) {
  base::Bytes out(4096);
  std::uint64_t size = out.size();
  if (c_.tpm(c_.self, command.data(), command.size(), out.data(), &size) != GLACIS_OK) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace abi
