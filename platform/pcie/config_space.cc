#include "platform/pcie/config_space.h"

#include <algorithm>

namespace pcie {
namespace {

std::uint8_t byte_of(std::uint32_t value, unsigned i) { return static_cast<std::uint8_t>(value >> (8 * i)); }
std::uint32_t ones(unsigned size) { return size >= 4 ? ~0u : (1u << (8 * size)) - 1; }

}  // namespace

ConfigSpace::ConfigSpace() = default;

void ConfigSpace::declare(Field field) {
  base::check(inside(field.offset, field.size), "a field lies in config space");
  for (unsigned i = 0; i < field.size; ++i) {
    base::check(!declared_[field.offset + i], "fields do not overlap");
    declared_[field.offset + i] = true;
    bytes_[field.offset + i] = byte_of(field.reset, i);
    write_[field.offset + i] = byte_of(field.write, i);
    clear_[field.offset + i] = byte_of(field.clear, i);
  }
  fields_.push_back(std::move(field));
}

void ConfigSpace::change_reset(unsigned offset, std::uint32_t reset) {
  auto it = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.offset == offset; });
  base::check(it != fields_.end(), "only a declared field has a reset value");
  it->reset = reset;
  set(it->offset, it->size, reset);
}

std::uint32_t ConfigSpace::read(unsigned offset, unsigned size) const {
  if (!inside(offset, size)) return ones(size);
  for (const auto& [at, reader] : readers_)
    if (at == offset / 4 * 4) return reader() >> (8 * (offset % 4)) & ones(size);
  return get(offset, size);
}

void ConfigSpace::write(unsigned offset, unsigned size, std::uint32_t value) {
  if (!inside(offset, size)) return;
  Write done{offset, size, value & ones(size), get(offset, size), 0};
  for (unsigned i = 0; i < size; ++i) {
    std::uint8_t& byte = bytes_[offset + i];
    const std::uint8_t mask = write_[offset + i], in = byte_of(value, i);
    byte = static_cast<std::uint8_t>((byte & ~mask) | (in & mask));
    byte = static_cast<std::uint8_t>(byte & ~(in & clear_[offset + i]));
  }
  done.after = get(offset, size);
  for (std::size_t i = 0; i < watchers_.size(); ++i) watchers_[i](done);
}

void ConfigSpace::set(unsigned offset, unsigned size, std::uint32_t value) {
  base::check(inside(offset, size), "a register lies in config space");
  for (unsigned i = 0; i < size; ++i) bytes_[offset + i] = byte_of(value, i);
}

void ConfigSpace::set_bits(unsigned offset, unsigned size, std::uint32_t mask, bool one) {
  const std::uint32_t value = get(offset, size);
  set(offset, size, one ? value | mask : value & ~mask);
}

void ConfigSpace::answer(unsigned offset, std::function<std::uint32_t()> reader) {
  readers_.emplace_back(offset, std::move(reader));
}

void ConfigSpace::reset(bool power_lost) {
  for (const auto& field : fields_) {
    const std::uint32_t kept = power_lost ? 0 : field.sticky;
    set(field.offset, field.size, (get(field.offset, field.size) & kept) | (field.reset & ~kept));
  }
}

const Field* ConfigSpace::field_at(unsigned offset) const {
  auto it = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.offset == offset; });
  return it == fields_.end() ? nullptr : &*it;
}

const Field* ConfigSpace::field(std::string_view name) const {
  auto it = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.name == name; });
  return it == fields_.end() ? nullptr : &*it;
}

bool ConfigSpace::Write::changes(const Held& held) const {
  const auto byte_of = [](std::uint32_t value, unsigned i) { return value >> 8 * i & 0xff; };
  for (unsigned i = 0; i < held.size; ++i) {
    const unsigned at = held.offset + i;
    if (at < offset || at >= offset + size) continue;
    const std::uint32_t was = byte_of(before, at - offset), is = byte_of(after, at - offset);
    const std::uint32_t differ = (was ^ is) & byte_of(held.mask, i);
    if (held.clearing_only ? differ & was : differ) return true;
  }
  return false;
}

}  // namespace pcie
