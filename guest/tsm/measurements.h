#pragma once
// The directory measurements/ of a guest's security driver (Linux drivers/virt/coco/guest/tsm-mr.c): measurement registers as files.
// A live register is asked for anew once something was written since it was last read; the others keep what they were.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guest/tsm/errno.h"

namespace tsm {

struct Register {
  std::string name;          // "rtmr0"
  std::string hash = "sha384";  // "": the file's name is the register's alone
  std::size_t size = 48;
  bool readable = true, writable = false;
  bool live = false;         // changes while the guest runs
  std::string file() const { return hash.empty() ? name : name + ":" + hash; }
};

class RegisterPlatform {
 public:
  virtual ~RegisterPlatform() = default;
  // The registers' present values, in the order of their list.
  virtual Errno refresh(std::vector<base::Bytes>& values) = 0;
  virtual Errno extend(std::size_t index, base::View digest) = 0;
};

class Measurements {
 public:
  // kInvalid: a register without a name or size, or two with the same file.
  static Errno check(const std::vector<Register>& registers);
  // The list has passed the check.
  Measurements(std::vector<Register> registers, RegisterPlatform& platform);
  Measurements(const Measurements&) = delete;
  Measurements& operator=(const Measurements&) = delete;

  const std::vector<Register>& registers() const { return registers_; }
  const Register* find(std::string_view file) const;
  // At most `count` bytes from there on: none at the end.
  Content read(std::string_view file, std::size_t offset, std::size_t count);
  // The whole register in one write, else kInvalid. (sysfs in front of it cuts what is longer and lets nothing begin at the end.)
  Errno write(std::string_view file, std::size_t offset, base::View digest);

 private:
  Errno refresh();

  std::vector<Register> registers_;
  RegisterPlatform& platform_;
  std::vector<base::Bytes> values_;
  bool in_step_ = false, read_once_ = false;
};

// As the drivers name them. Index of a run-time register: as its call numbers it.
std::vector<Register> tdx_registers();
std::vector<Register> cca_registers(const std::string& hash, std::size_t size);  // the realm's: "sha256", "sha512"
std::vector<Register> cove_registers();

}  // namespace tsm
