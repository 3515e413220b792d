#pragma once
// A guest beside an emulated device, without a machine round them: guest memory is an array that both reach. What the device says of
// itself can be altered on its way.
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "devices/virtio/function.h"
#include "guest/abi/guest.h"

namespace virtio_guest {

struct TestCalls {
  glacis_guest calls_{};
};

class TestBench final : private TestCalls, public virtio::GuestMemory, public virtio::Outlet {
 public:
  TestBench(std::unique_ptr<virtio::Backend> (*make)(TestBench&), const virtio::FunctionSettings& settings)
      : memory(1 << 20), function(make(*this), settings, *this, *this), guest(calls_) {
    calls_.self = this;
    calls_.alloc = [](void* self, const char* name, std::uint64_t bytes, int) {
      auto& b = of(self);
      const auto at = b.next_;
      b.pages[name] = at;
      b.next_ += (bytes + 4095) / 4096 * 4096;
      return at;
    };
    calls_.read = [](void* self, std::uint64_t gpa, void* out, std::uint64_t bytes) -> int {
      return of(self).read(gpa, {static_cast<std::uint8_t*>(out), bytes}) ? GLACIS_OK : GLACIS_BAD_ARGUMENT;
    };
    calls_.write = [](void* self, std::uint64_t gpa, const void* bytes, std::uint64_t count) -> int {
      return of(self).write(gpa, {static_cast<const std::uint8_t*>(bytes), count}) ? GLACIS_OK : GLACIS_BAD_ARGUMENT;
    };
    calls_.convert = [](void*, std::uint64_t, std::uint64_t, int) -> int { return GLACIS_OK; };
    calls_.yield = [](void*) -> int { return GLACIS_OK; };
    calls_.moment = [](void*, const char*) {};
    calls_.device_accept = [](void*, const char*, std::uint16_t) {};
    calls_.device_share = [](void*, const char*, std::uint64_t, std::uint64_t) -> int { return GLACIS_OK; };
    calls_.defend = [](void* self, const char* row, int holds) -> int {
      if (!holds) of(self).spoke.insert(row);
      return holds;
    };
    calls_.device_config = [](void* self, const char*, std::uint32_t offset, std::uint32_t* value, int write) -> int {
      auto& b = of(self);
      if (write) return b.function.config().write(offset, 4, *value), GLACIS_OK;
      *value = b.function.config().read(offset, 4);
      if (b.alter_config) b.alter_config(offset, *value);
      return GLACIS_OK;
    };
    calls_.device_mmio = [](void* self, const char*, std::uint32_t bar, std::uint64_t offset, void* bytes, std::uint64_t count, int write) -> int {
      auto& b = of(self);
      if (bar != virtio::kBar || offset > virtio::kBarSize - count) return GLACIS_REFUSED;
      auto* data = static_cast<std::uint8_t*>(bytes);
      if (write) return b.function.write(offset, {data, count}), GLACIS_OK;
      auto got = b.function.read(offset, count);
      if (b.alter_register) b.alter_register(b.function.register_at(offset), got);
      std::memcpy(bytes, got.data(), count);
      return GLACIS_OK;
    };
    calls_.image_file = [](void* self, const char* name, void* out, std::uint64_t* bytes) -> int {
      if (std::string(name) != "device-filter") return GLACIS_NO_SUCH;
      const std::string line = "dev0 " + std::to_string(virtio::id_of(of(self).function.backend().type())) + "\n";
      if (*bytes < line.size()) return *bytes = line.size(), GLACIS_TOO_SMALL;
      std::memcpy(out, line.data(), *bytes = line.size());
      return GLACIS_OK;
    };
    function.config().write(0x20, 4, 0xC000'0000);
  }

  bool read(std::uint64_t gpa, std::span<std::uint8_t> out) override {
    if (gpa > memory.size() || out.size() > memory.size() - gpa) return std::fill(out.begin(), out.end(), 0), false;
    std::copy_n(memory.begin() + static_cast<std::ptrdiff_t>(gpa), out.size(), out.begin());
    return true;
  }
  bool write(std::uint64_t gpa, base::View bytes) override {
    if (gpa > memory.size() || bytes.size() > memory.size() - gpa) return false;
    std::copy(bytes.begin(), bytes.end(), memory.begin() + static_cast<std::ptrdiff_t>(gpa));
    return true;
  }
  bool passes(std::string_view object, base::Bytes& bytes, const wire::Schema& schema) override {
    return !alter || alter(object, bytes, schema);
  }

  std::function<void(unsigned, std::uint32_t&)> alter_config;
  std::function<void(const std::string&, base::Bytes&)> alter_register;
  std::function<bool(std::string_view, base::Bytes&, const wire::Schema&)> alter;
  std::set<std::string> spoke;
  std::map<std::string, std::uint64_t> pages;
  base::Bytes memory;
  virtio::Function function;
  abi::Guest guest;

 private:
  static TestBench& of(void* self) { return *static_cast<TestBench*>(self); }
  std::uint64_t next_ = 0x1000;
};

}  // namespace virtio_guest
