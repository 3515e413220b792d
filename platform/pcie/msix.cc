#include "platform/pcie/msix.h"

namespace pcie {
namespace {

constexpr unsigned kEntrySize = 16, kEntryControl = 12;

bool lies_in(std::uint64_t offset, std::size_t size, std::uint64_t base, std::size_t length) {
  return offset >= base && size <= length && offset - base <= length - size;
}

}  // namespace

MsixTable::MsixTable(ConfigSpace& config) : config_(config), at_(find(config, Capability::kMsix)) {
  if (!at_) return;
  count_ = (config_.get(at_ + kMsixControl, 2) & 0x7ff) + 1;
  const std::uint32_t table = config_.get(at_ + kMsixTable, 4), pending = config_.get(at_ + kMsixPba, 4);
  table_bar_ = table & 7, table_at_ = table & ~7u;
  pending_bar_ = pending & 7, pending_at_ = pending & ~7u;
  reset();
}

void MsixTable::reset() {
  table_.assign(count_ * kEntrySize, 0);
  pending_.assign((count_ + 63) / 64 * 8, 0);
  pending_trusted_.assign(count_, false);
  for (unsigned i = 0; i < count_; ++i) table_[i * kEntrySize + kEntryControl] = 1;  // masked
}

bool MsixTable::in_table(unsigned bar, std::uint64_t offset, std::size_t size) const {
  return at_ && bar == table_bar_ && lies_in(offset, size, table_at_, table_.size());
}

bool MsixTable::in_pending(unsigned bar, std::uint64_t offset, std::size_t size) const {
  return at_ && bar == pending_bar_ && lies_in(offset, size, pending_at_, pending_.size());
}

std::optional<base::Bytes> MsixTable::read(unsigned bar, std::uint64_t offset, std::size_t size) const {
  if (in_table(bar, offset, size)) return base::bytes_of(base::View(table_).subspan(offset - table_at_, size));
  if (in_pending(bar, offset, size)) return base::bytes_of(base::View(pending_).subspan(offset - pending_at_, size));
  return std::nullopt;
}

bool MsixTable::write(unsigned bar, std::uint64_t offset, base::View bytes) {
  if (in_table(bar, offset, bytes.size())) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::uint64_t at = offset - table_at_ + i;
      // Of the control word only the mask bit is there.
      table_[at] = at % kEntrySize >= kEntryControl
                       ? static_cast<std::uint8_t>(at % kEntrySize == kEntryControl ? bytes[i] & 1 : 0)
                       : bytes[i];
    }
    return true;
  }
  return in_pending(bar, offset, bytes.size());
}

std::optional<MsixTable::Message> MsixTable::fire(unsigned vector, bool trusted) {
  if (!at_ || vector >= count_) return std::nullopt;
  const std::uint32_t control = config_.get(at_ + kMsixControl, 2);
  if (!(control & kMsixEnable)) return std::nullopt;
  const std::size_t entry = vector * kEntrySize;
  const auto bit = static_cast<std::uint8_t>(1 << vector % 8);
  if (control & kMsixFunctionMask || table_[entry + kEntryControl] & 1) {
    pending_[vector / 8] |= bit;
    pending_trusted_[vector] = trusted;
    return std::nullopt;
  }
  pending_[vector / 8] &= static_cast<std::uint8_t>(~bit);
  return Message{base::load_le<std::uint64_t>(table_, entry) & ~3ull, base::load_le<std::uint32_t>(table_, entry + 8),
                 trusted};
}

std::vector<MsixTable::Message> MsixTable::due() {
  std::vector<Message> out;
  for (unsigned vector = 0; vector < count_; ++vector)
    if (pending_[vector / 8] >> vector % 8 & 1)
      if (auto message = fire(vector, pending_trusted_[vector])) out.push_back(*message);
  return out;
}

}  // namespace pcie
