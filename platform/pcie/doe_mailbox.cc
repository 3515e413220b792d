#include "platform/pcie/doe_mailbox.h"

#include "platform/pcie/registers.h"

namespace pcie {
namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::uint32_t kDwordsMax = 1 << 18;

std::size_t length_of(base::View object) {
  const std::uint32_t dwords = base::load_le<std::uint32_t>(object, 4) & (kDwordsMax - 1);
  return 4 * static_cast<std::size_t>(dwords ? dwords : kDwordsMax);
}

base::Bytes discovery_of(std::uint16_t vendor, std::uint8_t type, std::uint8_t next) {
  base::Bytes out;
  base::append_le<std::uint32_t>(out, kPciSigVendor | kDoeDiscovery << 16);
  base::append_le<std::uint32_t>(out, 3);
  base::append_le<std::uint32_t>(out, vendor | static_cast<std::uint32_t>(type) << 16 |
                                          static_cast<std::uint32_t>(next) << 24);
  return out;
}

}  // namespace

DoeMailbox::DoeMailbox(ConfigSpace& config, unsigned offset, std::size_t object_size_max)
    : config_(config), offset_(offset), size_max_(object_size_max) {
  config_.watch([this](const ConfigSpace::Write& write) { written(write); });
  config_.answer(offset_ + kDoeRead, [this] {
    return ready_ ? base::load_le<std::uint32_t>(outgoing_, read_at_) : 0u;
  });
}

void DoeMailbox::serve(std::uint16_t vendor, std::uint8_t type, Handler handler) {
  handlers_.push_back({{vendor, type}, std::move(handler)});
}

void DoeMailbox::reset() {
  incoming_.clear();
  outgoing_.clear();
  read_at_ = 0;
  ready_ = error_ = false;
  config_.set(offset_ + kDoeStatus, 4, 0);
}

// Mailbox registers take whole DW only.
void DoeMailbox::written(const ConfigSpace::Write& write) {
  if (write.size != 4) return;
  if (write.offset == offset_ + kDoeControl) {
    if (write.written & kDoeAbort) return abort();
    if (write.written & kDoeGo) return go();
  }
  if (write.offset == offset_ + kDoeRead) return pop();
  if (write.offset != offset_ + kDoeWrite || error_ || ready_) return;
  if (incoming_.size() + 4 > size_max_) return fail();
  base::append_le<std::uint32_t>(incoming_, write.written);
}

// An object that is not as long as it says, or of a type nobody serves, is dropped without a word.
void DoeMailbox::go() {
  if (error_ || ready_) return;
  base::Bytes object = std::move(incoming_);
  incoming_.clear();
  if (object.size() < kHeaderSize || length_of(object) != object.size()) return;
  auto reply = answer_to(object);
  if (!reply) return;
  if (reply->size() < kHeaderSize || reply->size() > size_max_) return fail();
  reply->resize((reply->size() + 3) / 4 * 4);
  outgoing_ = std::move(*reply);
  read_at_ = 0;
  ready_ = true;
  show();
  interrupt();
}

std::optional<base::Bytes> DoeMailbox::answer_to(base::View object) const {
  const auto vendor = base::load_le<std::uint16_t>(object);
  const std::uint8_t type = object[2];
  if (vendor == kPciSigVendor && type == kDoeDiscovery) {
    if (object.size() != kHeaderSize + 4) return std::nullopt;
    const std::size_t index = object[kHeaderSize], last = handlers_.size();
    if (index > last) return discovery_of(0xffff, 0xff, 0);
    const auto next = static_cast<std::uint8_t>(index == last ? 0 : index + 1);
    if (index == 0) return discovery_of(kPciSigVendor, kDoeDiscovery, next);
    const auto& [served, handler] = handlers_[index - 1];
    return discovery_of(served.first, served.second, next);
  }
  for (const auto& [served, handler] : handlers_)
    if (served == std::pair(vendor, type)) return handler(object);
  return std::nullopt;
}

void DoeMailbox::abort() { reset(); }

void DoeMailbox::pop() {
  if (error_) return;
  if (!ready_) return fail();
  read_at_ += 4;
  if (read_at_ < outgoing_.size()) return;
  outgoing_.clear();
  ready_ = false;
  show();
}

void DoeMailbox::fail() {
  error_ = true;
  ready_ = false;
  show();
  interrupt();
}

void DoeMailbox::show() {
  config_.set_bits(offset_ + kDoeStatus, 4, kDoeReady, ready_);
  config_.set_bits(offset_ + kDoeStatus, 4, kDoeError, error_);
}

void DoeMailbox::interrupt() {
  if (!(config_.get(offset_ + kDoeControl, 4) & kDoeInterruptEnable)) return;
  config_.set_bits(offset_ + kDoeStatus, 4, kDoeInterruptStatus, true);
  if (notify_) notify_(config_.get(offset_ + 4, 4) >> 1 & 0x7ff);
}

}  // namespace pcie
