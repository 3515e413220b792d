// What a reader without a key would get, for those who watch and must leave no trace.
#include <algorithm>
#include <cstring>

#include "platform/memory/encrypted_memory.h"
#include "platform/memory/memory_forms.h"

namespace memory {

namespace {

bool is_zero(const std::uint8_t* block) {
  static constexpr base::Block<kBlockBytes> kZero{};
  return std::memcmp(block, kZero.data(), kBlockBytes) == 0;
}

}  // namespace

EncryptedMemory::Sight EncryptedMemory::sight(std::uint64_t spa, std::uint64_t count) const {
  Sight out;
  if (!inside(spa, count)) return out;
  const bool encrypts = settings_.mode != Mode::kNone;
  for (std::uint64_t at = spa / kLineBytes * kLineBytes; at < spa + count; at += kLineBytes) {
    const auto dirty = dirty_.find(at);
    if (dirty != dirty_.end() && has_key(dirty->second.key)) {
      const bool keyed = dirty->second.key != KeyId::kNone;
      out.plain |= !keyed || (!settings_.ciphertext_hiding && !encrypts);
      out.hidden |= keyed && settings_.ciphertext_hiding;
      out.sealed |= keyed && !settings_.ciphertext_hiding && encrypts;
      continue;
    }
    const std::uint64_t cell = aliasing_.cell_of(at);
    const Page* page = pages_.find(cell);
    if (settings_.ciphertext_hiding && line_hidden(page, at, cell)) {
      out.hidden = true;
      continue;
    }
    if (page && page->uniform != Page::kMixed && page->uniform != Page::kRaw && encrypts) {
      out.sealed = true;
      // What one line says, the page says everywhere, unless something decides it line by line.
      if (!settings_.ciphertext_hiding && !settings_.dirty_lines && !aliasing_.on())
        at = at / kPageBytes * kPageBytes + kPageBytes - kLineBytes;
      continue;
    }
    const std::size_t first = cell % kPageBytes / kBlockBytes;
    for (std::size_t block = first; block < first + kBlocksPerLine; ++block) {
      const bool keyed = page && encrypts && page->form(block) != Page::kRaw;
      const bool zero = !page || (page->form(block) == Page::kRaw && is_zero(page->bytes.data() + block * kBlockBytes));
      out.sealed |= keyed;
      out.blank |= zero;
      out.plain |= !keyed && !zero;
    }
  }
  return out;
}

bool EncryptedMemory::peek(std::uint64_t spa, std::span<std::uint8_t> out) const {
  if (!inside(spa, out.size())) return false;
  for (std::size_t done = 0, count = 0; done < out.size(); done += count) {
    const std::uint64_t at = spa + done, line = at / kLineBytes * kLineBytes;
    const auto part = out.subspan(done, count = std::min<std::size_t>(out.size() - done, line + kLineBytes - at));
    const auto dirty = dirty_.find(line);
    if (dirty != dirty_.end() && has_key(dirty->second.key)) {
      auto bytes = dirty->second.bytes;
      const bool keyed = dirty->second.key != KeyId::kNone;
      if (keyed && settings_.ciphertext_hiding) bytes.fill(settings_.hidden_fill);
      else if (keyed) ciphers_[keys_.at(dirty->second.key).cipher]->cipher.encrypt(line, bytes.data(), bytes.data(), kBlocksPerLine);
      std::memcpy(part.data(), bytes.data() + (at - line), count);
      continue;
    }
    const std::uint64_t cell = aliasing_.cell_of(at);
    const Page* page = pages_.find(cell);
    (void)bytes_as(page, cell, Page::kRaw, part);
    if (settings_.ciphertext_hiding && line_hidden(page, at, cell)) std::ranges::fill(part, settings_.hidden_fill);
  }
  return true;
}

}  // namespace memory
