#pragma once
// The C++ face of the guest ABI: the same calls with C++ types. Holds no state of its own.
#include <optional>
#include <string>

#include "guest/abi/glacis_guest.h"
#include "platform/base/bytes.h"

namespace abi {

struct Evidence {
  base::Bytes report;
  base::Bytes certificates;  // from the host, untrusted
  std::string provider;      // whose it is: "sev_guest", "tdx_guest"
};

class Guest {
 public:
  explicit Guest(const glacis_guest& calls) : c_(calls) {}

  std::uint64_t alloc(const char* name, std::uint64_t bytes, int attribute = GLACIS_PRIVATE);
  base::Bytes read(std::uint64_t gpa, std::uint64_t bytes);  // empty where it fails
  int write(std::uint64_t gpa, base::View bytes);
  int convert(std::uint64_t gpa, std::uint64_t bytes, int attribute);
  void secret(const char* name, base::View bytes) { c_.secret(c_.self, name, bytes.data(), bytes.size()); }

  int live(std::span<std::uint8_t> variable) { return c_.live(c_.self, variable.data(), variable.size()); }
  void drop_live() { c_.live(c_.self, nullptr, 0); }
  int yield() { return c_.yield(c_.self); }
  base::Block<16> cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0);
  base::Bytes random(std::uint64_t bytes);

  std::optional<Evidence> evidence(const base::Block<64>& report_data, int privilege_level = 0);
  std::optional<base::Block<32>> derive_key(std::uint64_t field_select);
  std::optional<base::Bytes> launch_secret();

  int send(const char* peer, base::View bytes) { return c_.send(c_.self, peer, bytes.data(), bytes.size()); }
  std::optional<base::Bytes> receive(const char* peer);

  // Devices. All ones, false or nothing when the host does not answer.
  std::uint32_t device_config(const char* device, std::uint32_t offset);
  bool set_device_config(const char* device, std::uint32_t offset, std::uint32_t value);
  std::optional<base::Bytes> device_object(const char* device, base::View object);
  std::optional<base::Bytes> device_read(const char* device, std::uint32_t bar, std::uint64_t offset, std::uint64_t bytes);
  bool device_write(const char* device, std::uint32_t bar, std::uint64_t offset, base::View bytes);
  bool device_share(const char* device, std::uint64_t gpa, std::uint64_t bytes) { return c_.device_share(c_.self, device, gpa, bytes) == GLACIS_OK; }
  bool device_call(const char* device, std::uint32_t call, base::View in) {
    return c_.device_call(c_.self, device, call, in.data(), in.size()) == GLACIS_OK;
  }
  bool device_managed(const char* device) { return c_.device_managed(c_.self, device) == 1; }
  std::optional<base::Bytes> tdi_call(const char* device, std::uint32_t call, base::View in);
  std::optional<base::Bytes> device_evidence(const char* device, std::uint32_t part);
  std::optional<base::Bytes> image_file(const char* name);
  void device_accept(const char* device, std::uint16_t lock_flags) { c_.device_accept(c_.self, device, lock_flags); }

  // What the host says, and what the platform keeps. Nothing or false where there is no such thing.
  std::optional<base::Bytes> host_data(const char* name);
  std::optional<std::uint64_t> clock(const char* source);  // nanoseconds
  std::optional<std::uint64_t> msr(std::uint32_t index);
  bool set_msr(std::uint32_t index, std::uint64_t value) { return c_.msr(c_.self, index, &value, 1) == GLACIS_OK; }
  struct Interrupt {
    std::uint32_t vector = 0;
    std::uint64_t info = 0;
  };
  std::optional<Interrupt> interrupt();
  int extend(std::uint32_t index, const base::Block<48>& digest) { return c_.extend(c_.self, index, digest.data()); }
  std::optional<base::Bytes> measured(const char* name);
  std::optional<base::Bytes> tpm(base::View command);

  void moment(const char* name) { c_.moment(c_.self, name); }
  bool defend(const char* defence, bool holds) { return c_.defend(c_.self, defence, holds) != 0; }
  bool lifted(const char* defence) { return c_.lifted(c_.self, defence) != 0; }
  void guard(const char* act, bool entitled) { c_.guard(c_.self, act, entitled); }
  void promise(const char* name, bool holds) { c_.promise(c_.self, name, holds); }
  void ends(const char* state) { c_.ends(c_.self, state); }
  void log(const std::string& text) { c_.log(c_.self, text.c_str()); }

 private:
  const glacis_guest& c_;
};

}  // namespace abi
