#pragma once
// One function's configuration space of 4096 bytes: what each bit does when it is written and what it is after a
// reset. Values are little-endian, as on the wire. What the bits mean to others is theirs: they ask for fields, or
// watch writes.
//
// Fields are declared (by the builder in capabilities.h); a byte that no field covers is read-only zero.
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/base/check.h"

namespace pcie {

inline constexpr unsigned kConfigSize = 4096;

struct Field {
  std::string name;         // "command", "ide.selective0.control"
  unsigned offset = 0;      // bytes
  unsigned size = 4;        // 1, 2 or 4 bytes
  std::uint32_t reset = 0;  // value after a reset
  std::uint32_t write = 0;  // bits that software sets and clears
  std::uint32_t clear = 0;  // bits that a written one clears (RW1C)
  std::uint32_t sticky = 0; // bits that only a power cycle resets
};

class ConfigSpace {
 public:
  ConfigSpace();
  ConfigSpace(const ConfigSpace&) = delete;
  ConfigSpace& operator=(const ConfigSpace&) = delete;

  // Fields do not overlap.
  void declare(Field field);
  // The layout's own second thoughts (a link to the next capability): another reset value for the field at `offset`.
  void change_reset(unsigned offset, std::uint32_t reset);

  // The way of software: 1, 2 or 4 bytes that do not cross a DW. Reads beyond the end give ones, writes there do
  // nothing.
  std::uint32_t read(unsigned offset, unsigned size) const;
  void write(unsigned offset, unsigned size, std::uint32_t value);

  // The way of the hardware behind it: no mask, no watchers.
  std::uint32_t get(unsigned offset, unsigned size) const {
    base::check(inside(offset, size), "a register lies in config space");
    std::uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + offset, size);
    return value;
  }
  void set(unsigned offset, unsigned size, std::uint32_t value);
  void set_bits(unsigned offset, unsigned size, std::uint32_t mask, bool one);

  // Bits of up to four bytes that somebody holds: against any change, or against being cleared only.
  struct Held {
    unsigned offset = 0, size = 4;
    std::uint32_t mask = ~0u;
    bool clearing_only = false;
  };
  // Sees each software write after it took effect: where, how wide, the value before and after. Watchers run in order.
  struct Write {
    unsigned offset;
    unsigned size;
    std::uint32_t written;
    std::uint32_t before;
    std::uint32_t after;
    bool changes(const Held& held) const;
  };
  void watch(std::function<void(const Write&)> watcher) { watchers_.push_back(std::move(watcher)); }
  // Asked before a software read of this DW (a mailbox's read register), which it answers instead of the stored value.
  void answer(unsigned offset, std::function<std::uint32_t()> reader);

  // All fields back to their reset values; sticky bits too when `power_lost`.
  void reset(bool power_lost = false);

  const std::vector<Field>& fields() const { return fields_; }
  const Field* field(std::string_view name) const;
  const Field* field_at(unsigned offset) const;  // that begins there
  base::View bytes() const { return bytes_; }

 private:
  static bool inside(unsigned offset, unsigned size) {
    return size >= 1 && size <= 4 && offset <= kConfigSize - size;
  }

  std::array<std::uint8_t, kConfigSize> bytes_{};
  std::array<std::uint8_t, kConfigSize> write_{};
  std::array<std::uint8_t, kConfigSize> clear_{};
  std::array<bool, kConfigSize> declared_{};
  std::vector<Field> fields_;
  std::vector<std::pair<unsigned, std::function<std::uint32_t()>>> readers_;
  std::vector<std::function<void(const Write&)>> watchers_;
};

}  // namespace pcie
