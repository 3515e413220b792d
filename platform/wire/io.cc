#include "platform/wire/io.h"

#include <cstdio>

namespace wire {
namespace {

std::string reserved_name(std::size_t offset) {
  char text[32];
  std::snprintf(text, sizeof text, "reserved@0x%zx", offset);
  return text;
}

}  // namespace

std::string Path::text() const {
  std::string out;
  for (const Step& step : std::span(steps_).first(std::min(depth_, kStepsMax))) {
    if (!out.empty()) out += '.';
    out += step.name;
    if (step.index != kNoIndex) out += "[" + std::to_string(step.index) + "]";
  }
  return out;
}

void Writer::record(std::size_t size, Kind kind) {
  if (!fields_ || size == 0) return;
  fields_->push_back({kind == Kind::kReserved ? reserved_name(at()) : path.text(), at(), size, kind});
}

bool Writer::number(std::uint64_t& value, unsigned width, Order order) {
  record(width, order == Order::kBig ? Kind::kBig : Kind::kLittle);
  const std::size_t start = at();
  out.resize(start + width);
  for (unsigned i = 0; i < width; ++i) {
    unsigned shift = 8 * (order == Order::kBig ? width - 1 - i : i);
    out[start + i] = static_cast<std::uint8_t>(value >> shift);
  }
  return true;
}

bool Writer::bytes(View value) {
  record(value.size(), Kind::kBytes);
  base::append(out, value);
  return true;
}

bool Writer::reserved(std::size_t size, bool) {
  record(size, Kind::kReserved);
  out.resize(out.size() + size);
  return true;
}

bool Writer::gap_to(std::size_t offset, bool loose) { return offset <= at() || reserved(offset - at(), loose); }

void Reader::record(std::size_t size, Kind kind) {
  if (!fields_ || size == 0) return;
  fields_->push_back({kind == Kind::kReserved ? reserved_name(at_) : path.text(), at_, size, kind});
}

bool Reader::fail(std::size_t offset, std::string field, std::string what) {
  error_ = {offset, std::move(field), std::move(what)};
  return false;
}

bool Reader::have(std::size_t size) {
  if (size <= left()) return true;
  return fail(at_, path.text(), "needs " + std::to_string(size) + " bytes, " + std::to_string(left()) + " left");
}

bool Reader::number(std::uint64_t& value, unsigned width, Order order) {
  if (!have(width)) return false;
  record(width, order == Order::kBig ? Kind::kBig : Kind::kLittle);
  value = 0;
  for (unsigned i = 0; i < width; ++i) {
    unsigned shift = 8 * (order == Order::kBig ? width - 1 - i : i);
    value |= static_cast<std::uint64_t>(in_[at_ + i]) << shift;
  }
  at_ += width;
  return true;
}

bool Reader::bytes(std::span<std::uint8_t> value) {
  if (!have(value.size())) return false;
  record(value.size(), Kind::kBytes);
  std::ranges::copy(in_.subspan(at_, value.size()), value.begin());
  at_ += value.size();
  return true;
}

bool Reader::reserved(std::size_t size, bool loose) {
  if (size > left()) return fail(at_, reserved_name(at_), "needs " + std::to_string(size) + " bytes, " +
                                                              std::to_string(left()) + " left");
  record(size, Kind::kReserved);
  for (std::size_t i = at_; i < at_ + size && !loose && mode_ == Mode::kStrict; ++i)
    if (in_[i] != 0) return fail(i, reserved_name(at_), "reserved byte is not zero");
  if (loose && size > 0) loose_.push_back({at_, size});
  at_ += size;
  return true;
}

bool Reader::gap_to(std::size_t offset, bool loose) {
  if (offset < at_) return fail(at_, path.text(), "runs past offset " + std::to_string(offset));
  return reserved(offset - at_, loose);
}

bool Reader::room(std::uint64_t count, std::size_t item_size_min) {
  if (count <= left() / std::max<std::size_t>(item_size_min, 1)) return true;
  return fail(at_, path.text(), std::to_string(count) + " items do not fit into " + std::to_string(left()) + " bytes");
}

bool Reader::finish() {
  if (mode_ == Mode::kLenient || left() == 0) return true;
  return fail(at_, "(end)", std::to_string(left()) + " bytes too many");
}

bool Patcher::number(std::uint64_t& value, unsigned width, Order) {
  if (hit || !is_number_ || path.text() != target_) return true;
  value = width >= 8 ? value_ : value_ & ((std::uint64_t{1} << (8 * width)) - 1);
  return hit = true;
}

bool Patcher::bytes(std::span<std::uint8_t> value) {
  if (hit || is_number_ || value.size() != bytes_.size() || path.text() != target_) return true;
  std::ranges::copy(bytes_, value.begin());
  return hit = true;
}

}  // namespace wire
