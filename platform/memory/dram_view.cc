// The bus side of memory: raw cells, the check bits that lie beside them, and the boot test for aliases.
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "platform/base/check.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/memory/memory_forms.h"

namespace memory {
namespace {

constexpr std::uint32_t kMacMask = 0x0FFF'FFFF;  // 28 bits

std::size_t line_index(std::uint64_t cell) { return cell % kPageBytes / kLineBytes; }
std::uint64_t line_bit(std::uint64_t cell) { return std::uint64_t{1} << line_index(cell); }

}  // namespace

// The first 28 bits of SHA3-256(key || LE64 system address || ciphertext): a convention in place of the unpublished
// function.
std::uint32_t EncryptedMemory::mac_of(FormId form, std::uint64_t cell, base::View ciphertext) const {
  const auto& key = ciphers_[forms_[form].cipher]->bytes;
  base::Bytes text(key.begin(), key.end());
  base::append_le<std::uint64_t>(text, (cell / kLineBytes * kLineBytes) ^ forms_[form].shift);
  base::append(text, ciphertext);
  base::Block<32> digest{};
  unsigned size = 0;
  base::check(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha3_256(), nullptr) == 1 && size == 32,
              "SHA3-256 is available");
  return base::load_le<std::uint32_t>(digest) & kMacMask;
}

std::uint32_t EncryptedMemory::stored_mac(const Page& page, std::uint64_t cell) {
  if (!page.check) return 0;
  if (page.check->mac_stored & line_bit(cell)) return page.check->mac[line_index(cell)];
  base::Block<kLineBytes> raw;
  bytes_as(&page, cell / kLineBytes * kLineBytes, Page::kRaw, raw);
  return mac_of(page.form(line_index(cell) * kBlocksPerLine), cell, raw);
}

bool EncryptedMemory::line_verifies(const Page* page, std::uint64_t cell, FormId form) {
  if (!page || !(page->check->owner & line_bit(cell))) return false;
  if (settings_.integrity == Integrity::kOwnerBit) return true;
  const bool stored = page->check->mac_stored & line_bit(cell);
  if (!stored && page->form(line_index(cell) * kBlocksPerLine) == form) return true;
  base::Block<kLineBytes> raw;
  bytes_as(page, cell / kLineBytes * kLineBytes, Page::kRaw, raw);
  return stored_mac(*page, cell) == mac_of(form, cell, raw);
}

// With integrity the owner bit travels with the cell; without, privacy is a matter of the system address, so a ghost
// address is not hidden.
bool EncryptedMemory::line_hidden(const Page* page, std::uint64_t spa, std::uint64_t cell) const {
  if (settings_.integrity != Integrity::kNone) return page && (page->check->owner & line_bit(cell));
  const auto known = private_lines_.find(spa / kPageBytes);
  return known != private_lines_.end() && (known->second & line_bit(spa));
}

bool EncryptedMemory::read_dram(std::uint64_t cell, std::span<std::uint8_t> out) {
  if (!inside(cell, out.size())) return false;
  for (std::size_t done = 0; done < out.size();) {
    const std::uint64_t at = cell + done;
    const auto count = std::min<std::size_t>(out.size() - done, kPageBytes - at % kPageBytes);
    bytes_as(pages_.find(at), at, Page::kRaw, out.subspan(done, count));
    done += count;
  }
  return true;
}

bool EncryptedMemory::write_dram(std::uint64_t cell, base::View bytes) {
  if (!inside(cell, bytes.size())) return false;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::uint64_t at = cell + done;
    const auto count = std::min<std::size_t>(bytes.size() - done, kLineBytes - at % kLineBytes);
    Page& page = pages_.get(at, settings_.integrity != Integrity::kNone);
    if (page.check) {
      page.check->mac[line_index(at)] = stored_mac(page, at);
      page.check->mac_stored |= line_bit(at);
    }
    put(page, at, Page::kRaw, bytes.subspan(done, count));
    done += count;
  }
  return true;
}

std::optional<DramLine> EncryptedMemory::read_dram_line(std::uint64_t cell) {
  DramLine line;
  if (!inside(cell, 1) || !read_dram(cell / kLineBytes * kLineBytes, line.bytes)) return std::nullopt;
  if (const Page* page = pages_.find(cell); page && page->check) {
    line.mac = stored_mac(*page, cell);
    line.owner = page->check->owner & line_bit(cell);
  }
  return line;
}

bool EncryptedMemory::write_dram_line(std::uint64_t cell, const DramLine& line) {
  if (!inside(cell, 1) || !write_dram(cell / kLineBytes * kLineBytes, line.bytes)) return false;
  if (CheckBits* check = pages_.find(cell)->check.get()) {
    check->mac[line_index(cell)] = settings_.integrity == Integrity::kMac ? line.mac & kMacMask : 0;
    check->owner = line.owner ? check->owner | line_bit(cell) : check->owner & ~line_bit(cell);
  }
  return true;
}

bool EncryptedMemory::aliases_present() {
  // Every page address of at most two bits: two of them differ in any mask of up to four.
  std::vector<std::uint64_t> probes;
  const auto add = [&](std::uint64_t address) {
    if (inside(address, kLineBytes)) probes.push_back(address);
  };
  add(0);
  for (std::uint64_t high = kPageBytes; high < settings_.bytes; high *= 2) {
    add(high);
    for (std::uint64_t low = kPageBytes; low < high; low *= 2) add(high | low);
  }
  std::vector<DramLine> saved;
  for (const auto spa : probes) saved.push_back(*read_dram_line(aliasing_.cell_of(spa)));
  for (const auto spa : probes) {
    DramLine pattern;
    for (std::size_t i = 0; i < kLineBytes; i += 8) base::store_le<std::uint64_t>(pattern.bytes, i, ~spa);
    base::check(write_dram_line(aliasing_.cell_of(spa), pattern), "a probe lies inside of memory");
  }
  bool found = false;
  for (const auto spa : probes) {
    const DramLine line = *read_dram_line(aliasing_.cell_of(spa));
    found |= base::load_le<std::uint64_t>(line.bytes) != ~spa;
  }
  for (std::size_t i = 0; i < probes.size(); ++i)
    base::check(write_dram_line(aliasing_.cell_of(probes[i]), saved[i]), "a probe lies inside of memory");
  return found;
}

}  // namespace memory
