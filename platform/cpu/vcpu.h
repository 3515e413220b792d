#pragma once
// One vCPU: carries out the guest's accesses through the nested tables, the ownership table and the encryption engine. Every refusal comes from a table; here is only the path.
#include <functional>
#include <optional>

#include "platform/cpu/technology.h"

namespace cpu {

struct [[nodiscard]] AccessResult {
  enum class Kind { kOk, kNotMapped, kRefused, kMemoryFault };
  Kind kind = Kind::kOk;
  std::uint64_t gpa = 0;                  // of the page at fault
  std::optional<trust::Refusal> refusal;  // kRefused
  explicit operator bool() const { return kind == Kind::kOk; }
};

class Vcpu {
 public:
  Vcpu(std::string name, Vm& vm, memory::EncryptedMemory& memory, Technology& technology);
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;

  const std::string& name() const { return name_; }
  std::uint8_t vmpl = 0;

  AccessResult read(std::uint64_t gpa, std::span<std::uint8_t> out) { return access(gpa, out, {}, false); }
  AccessResult write(std::uint64_t gpa, base::View bytes) { return access(gpa, {}, bytes, true); }

 private:
  AccessResult access(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in, bool write);

  std::string name_;
  Vm& vm_;
  memory::EncryptedMemory& memory_;
  Technology& technology_;
};

}  // namespace cpu
