#pragma once
// The machine language of ACPI's definition blocks (ACPI 6.5, chapter 20), as much of it as shows what a kernel does when it takes such a
// block from its host: names, devices, methods, regions of memory and ports with fields in them, stores, conditions, loops and arithmetic
// on integers of 64 bits. What is beyond that stops the interpreter with the offset. Every block ends: steps, depth and names have limits.
//
// Convention: fields are of at most 64 bits; buffers and packages are stepped over and are zero where a number is wanted.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"

namespace acpi {

enum class Space : std::uint8_t { kSystemMemory = 0, kSystemIo = 1, kPciConfig = 2 };  // 19.6.100

// Who carries out what a field asks for. False: it does not, and the method is over.
class AmlMachine {
 public:
  virtual ~AmlMachine() = default;
  virtual bool read(Space space, std::uint64_t address, std::span<std::uint8_t> out) = 0;
  virtual bool write(Space space, std::uint64_t address, base::View in) = 0;
};

struct AmlLimits {
  std::uint32_t steps_max = 100'000;  // of all blocks and methods together
  std::uint32_t depth_max = 64;  // of terms within terms
  std::uint32_t names_max = 4096;
};

class Aml {
 public:
  explicit Aml(AmlMachine& machine, AmlLimits limits = {}) : machine_(machine), limits_(limits) {}

  // The body of a DSDT or SSDT: defines its names. False: `why` says.
  bool load(base::View body);
  // 6.5.1: each device's _INI, if its _STA says that it is there; \_SB's first.
  bool initialize();
  // Every _STA once more, as after a notification.
  bool poll();
  bool has(const std::string& path) const { return objects_.contains(path); }
  // A method's answer, a field's content or a name's value. Nothing: there is none of that name, or it stopped.
  std::optional<std::uint64_t> evaluate(const std::string& path);  // "\_SB_.DEV0._STA"
  const std::string& why() const { return why_; }

 private:
  struct Object {
    enum class Kind { kValue, kScope, kRegion, kField, kMethod } kind = Kind::kValue;
    std::uint64_t value = 0;             // of a name; the first byte of a region
    std::uint64_t length = 0;            // of a region
    Space space = Space::kSystemMemory;  // of a region
    std::string region;                  // of a field
    std::uint64_t bit = 0;
    std::uint32_t bits = 0;
    std::size_t block = 0, at = 0, end = 0;  // of a method
    unsigned args = 0;
  };
  struct Frame {
    std::size_t block = 0, at = 0, end = 0;
    std::string scope;
    std::array<std::uint64_t, 8> locals{};
    std::array<std::uint64_t, 7> args{};
    std::optional<std::uint64_t> returned;
    bool broke = false;
    unsigned depth = 0;
  };
  using Value = std::optional<std::uint64_t>;

  Value fail(const Frame& frame, const std::string& what);
  std::optional<std::uint8_t> byte(Frame& frame);
  Value number(Frame& frame, unsigned bytes);
  std::optional<std::size_t> package(Frame& frame);  // where it ends
  std::optional<std::string> name(Frame& frame);     // as written: prefixes, then segments with dots between
  std::string absolute(const Frame& frame, const std::string& name) const;
  std::string resolve(const Frame& frame, const std::string& name) const;  // "" where nothing has it
  bool define(const Frame& frame, const std::string& name, Object object);

  bool block(Frame& frame, std::size_t end);
  Value term(Frame& frame);
  Value extended(Frame& frame);
  Value define_scope(Frame& frame);
  Value define_name(Frame& frame);
  Value define_method(Frame& frame);
  Value define_region(Frame& frame);
  Value define_fields(Frame& frame);
  Value condition(Frame& frame);
  Value loop(Frame& frame);
  Value two_operands(Frame& frame, std::uint8_t op);
  Value use(Frame& frame, const std::string& name);
  bool store(Frame& frame, std::uint64_t value);
  Value call(Frame& frame, const Object& method, const std::string& path);
  Value field(const Frame& frame, const Object& field, std::optional<std::uint64_t> put);

  AmlMachine& machine_;
  AmlLimits limits_;
  std::vector<base::Bytes> blocks_;
  std::map<std::string, Object> objects_;
  std::uint32_t steps_ = 0;
  std::string why_;
};

}  // namespace acpi
