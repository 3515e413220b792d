#include "platform/memory/encrypted_memory.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "platform/base/check.h"
#include "platform/memory/memory_forms.h"

namespace memory {
namespace {

constexpr std::uint64_t line_of(std::uint64_t address) { return address / kLineBytes * kLineBytes; }

// Calls `part(address, offset, count)` for the pieces of a range that lie in one unit each, until it returns false.
template <class Part>
void in_units(std::uint64_t unit, std::uint64_t address, std::size_t bytes, Part part) {
  for (std::size_t done = 0; done < bytes;) {
    const std::uint64_t at = address + done;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - done, unit - at % unit));
    if (!part(at, done, count)) return;
    done += count;
  }
}

}  // namespace

EncryptedMemory::EncryptedMemory(const Settings& settings)
    : settings_(settings), pages_(settings.bytes), write_backs_(settings.sockets) {
  base::check(settings.sockets != 0, "a machine has a socket");
  base::check(settings.bytes % kPageBytes == 0 && settings.bytes <= kMemoryBytesMax,
              "memory is whole pages, at most 1 TiB");
  forms_.push_back({});
}
EncryptedMemory::~EncryptedMemory() = default;

void EncryptedMemory::set_key(KeyId id, const KeyBytes& key) {
  base::check(id != KeyId::kNone, "the id without a key gets none");
  const auto [known, fresh] = cipher_of_.try_emplace(key, static_cast<std::uint32_t>(ciphers_.size()));
  if (fresh) ciphers_.push_back(std::make_unique<Key>(settings_, key));
  keys_[id] = {.cipher = known->second, .unaliased = intern(known->second, 0)};
}

void EncryptedMemory::drop_key(KeyId id) { keys_.erase(id); }

EncryptedMemory::FormId EncryptedMemory::intern(std::uint32_t cipher, std::uint64_t shift, bool sealed) {
  const auto [known, fresh] = form_ids_.try_emplace({cipher, shift, sealed}, static_cast<FormId>(forms_.size()));
  if (fresh) forms_.push_back({.cipher = cipher, .shift = shift, .sealed = sealed});
  return known->second;
}

EncryptedMemory::FormId EncryptedMemory::form_of(KeyId key, std::uint64_t spa, std::uint64_t cell) {
  if (key == KeyId::kNone) return Page::kRaw;
  const KeySlot& slot = keys_.at(key);
  return spa == cell ? slot.unaliased : intern(slot.cipher, spa ^ cell);
}

bool EncryptedMemory::inside(std::uint64_t address, std::uint64_t count) const {
  return address <= settings_.bytes && count <= settings_.bytes - address;
}

std::optional<Fault> EncryptedMemory::find_fault(KeyId key, std::uint64_t spa, std::uint64_t count) const {
  if (!inside(spa, count)) return Fault{Fault::Kind::kNoSuchAddress, spa};
  if (!has_key(key)) return Fault{Fault::Kind::kNoSuchKey, spa};
  return std::nullopt;
}

// ---- software and devices

Outcome EncryptedMemory::read(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) {
  // Somebody without a key who looks at a line: what `read_page` would say, without its questions.
  if (key == KeyId::kNone && out.size() == kLineBytes && spa % kLineBytes == 0 && inside(spa, kLineBytes) && !settings_.ciphertext_hiding &&
      !settings_.dirty_lines) {
    const std::uint64_t cell = aliasing_.cell_of(spa);
    const Page* page = pages_.find(cell);
    if (page && page->uniform != Page::kMixed && page->uniform != Page::kRaw) {
      const Form& form = forms_[page->uniform];
      const std::uint8_t* line = page->bytes.data() + cell % kPageBytes;
      if (form.sealed) std::memcpy(out.data(), line, kLineBytes);
      else ciphers_[form.cipher]->cipher.encrypt(cell ^ form.shift, line, out.data(), kBlocksPerLine);
      return {.foreign = true};
    }
  }
  if (const auto fault = find_fault(key, spa, out.size())) {
    std::ranges::fill(out, settings_.hidden_fill);
    return {.fault = fault};
  }
  return settings_.dirty_lines ? read_cached(key, spa, out) : read_through(key, spa, out);
}

Outcome EncryptedMemory::write(KeyId key, std::uint64_t spa, base::View bytes) {
  if (const auto fault = find_fault(key, spa, bytes.size())) return {.fault = fault};
  return settings_.dirty_lines ? write_cached(key, spa, bytes) : write_through(key, spa, bytes);
}

Outcome EncryptedMemory::read_through(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) {
  Outcome all;
  in_units(kPageBytes, spa, out.size(), [&](std::uint64_t at, std::size_t done, std::size_t count) {
    const Outcome one = read_page(key, at, out.subspan(done, count));
    all.foreign |= one.foreign;
    all.hidden |= one.hidden;
    all.fault = one.fault;
    if (one.fault) std::ranges::fill(out.subspan(done + count), settings_.hidden_fill);
    return !one.fault;
  });
  return all;
}

Outcome EncryptedMemory::read_page(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) {
  const std::uint64_t cell = aliasing_.cell_of(spa);
  const Page* page = pages_.find(cell);
  const FormId form = form_of(key, spa, cell);
  Outcome outcome;
  std::size_t good = out.size();
  if (checks_lines(key)) {
    in_units(kLineBytes, cell, out.size(), [&](std::uint64_t at, std::size_t done, std::size_t) {
      if (line_verifies(page, at, form)) return true;
      outcome.fault = Fault{Fault::Kind::kIntegrity, line_of(spa + done)};
      good = done;
      return false;
    });
  }
  outcome.foreign = bytes_as(page, cell, form, out.first(good));
  std::ranges::fill(out.subspan(good), settings_.hidden_fill);
  if (key == KeyId::kNone && settings_.ciphertext_hiding) {
    in_units(kLineBytes, spa, out.size(), [&](std::uint64_t at, std::size_t done, std::size_t count) {
      if (!line_hidden(page, at, cell + done)) return true;
      std::ranges::fill(out.subspan(done, count), settings_.hidden_fill);
      return outcome.hidden = true;
    });
  }
  return outcome;
}

Outcome EncryptedMemory::write_through(KeyId key, std::uint64_t spa, base::View bytes) {
  Outcome all;
  if (checks_lines(key)) {
    // Part of a line is written by reading the rest of it first, so only whole lines can mend what does not verify.
    in_units(kLineBytes, spa, bytes.size(), [&](std::uint64_t at, std::size_t, std::size_t count) {
      const std::uint64_t cell = aliasing_.cell_of(at);
      if (count == kLineBytes || line_verifies(pages_.find(cell), cell, form_of(key, at, cell))) return true;
      all.fault = Fault{Fault::Kind::kIntegrity, line_of(at)};
      return false;
    });
    if (all.fault) return all;
  }
  in_units(kPageBytes, spa, bytes.size(), [&](std::uint64_t at, std::size_t done, std::size_t count) {
    all.foreign |= write_page(key, at, bytes.subspan(done, count));
    return true;
  });
  return all;
}

bool EncryptedMemory::write_page(KeyId key, std::uint64_t spa, base::View bytes) {
  const std::uint64_t cell = aliasing_.cell_of(spa);
  Page& page = pages_.get(cell, settings_.integrity != Integrity::kNone);
  const FormId form = form_of(key, spa, cell);
  bool foreign = page.uniform != form;
  if (page.uniform == Page::kMixed) {
    const std::size_t first = cell % kPageBytes / kBlockBytes;
    const std::size_t last = (cell % kPageBytes + bytes.size() - 1) / kBlockBytes;
    foreign = false;
    for (std::size_t i = first; i <= last; ++i) foreign |= page.form(i) != form;
  }
  const std::uint64_t end = cell + bytes.size();
  if (cell % kLineBytes != 0 || end < line_of(cell) + kLineBytes)
    prepare_partial_line(page, key, form, line_of(spa), line_of(cell));
  if (end % kLineBytes != 0 && line_of(end) > cell)
    prepare_partial_line(page, key, form, line_of(spa + bytes.size()), line_of(end));
  put(page, cell, form, bytes);
  if (settings_.eager && form != Page::kRaw) seal(page, cell, form, bytes.size());
  note_written(page, key, spa, cell, bytes.size());
  return foreign;
}

// Before part of a line is written: the rest of it is what the writer would have read.
void EncryptedMemory::prepare_partial_line(Page& page, KeyId key, FormId form, std::uint64_t line_spa,
                                           std::uint64_t line_cell) {
  std::uint8_t* line = page.bytes.data() + line_cell % kPageBytes;
  const std::size_t first = line_cell % kPageBytes / kBlockBytes;
  if (key == KeyId::kNone && settings_.ciphertext_hiding && line_hidden(&page, line_spa, line_cell)) {
    std::memset(line, settings_.hidden_fill, kLineBytes);
    page.set_form(first, kBlocksPerLine, Page::kRaw);
  } else if (key != KeyId::kNone && settings_.integrity == Integrity::kMac) {
    blocks_as(page, line_cell, form, line, kBlocksPerLine);  // the new MAC is over one form
    page.set_form(first, kBlocksPerLine, form);
  }
}

void EncryptedMemory::note_written(Page& page, KeyId key, std::uint64_t spa, std::uint64_t cell, std::size_t count) {
  const bool owned = key != KeyId::kNone;
  const bool tags = settings_.ciphertext_hiding && settings_.integrity == Integrity::kNone;
  if (!tags && !page.check) return;
  const std::size_t first = cell % kPageBytes / kLineBytes;
  const std::size_t last = (cell % kPageBytes + count - 1) / kLineBytes;
  const std::uint64_t lines = (~std::uint64_t{0} >> (kLinesPerPage - 1 - (last - first))) << first;
  if (tags) {
    std::uint64_t& known = private_lines_[spa / kPageBytes];
    known = owned ? known | lines : known & ~lines;
    return;
  }
  CheckBits& check = *page.check;
  check.owner = owned ? check.owner | lines : check.owner & ~lines;
  if (owned && settings_.integrity == Integrity::kMac) {
    check.mac_stored &= ~lines;
  } else {
    check.mac_stored |= lines;
    for (std::size_t i = first; i <= last; ++i) check.mac[i] = 0;
  }
}

// ---- forms

bool EncryptedMemory::blocks_as(const Page& page, std::uint64_t cell, FormId form, std::uint8_t* out,
                                std::size_t count) const {
  const std::size_t first = cell % kPageBytes / kBlockBytes;
  bool foreign = false;
  for (std::size_t done = 0, run = 0; done < count; done += run) {
    const FormId has = page.form(first + done);
    run = count - done;
    if (page.uniform == Page::kMixed)
      for (run = 1; done + run < count && page.form(first + done + run) == has;) ++run;
    const std::uint8_t* in = page.bytes.data() + (first + done) * kBlockBytes;
    std::uint8_t* to = out + done * kBlockBytes;
    const std::uint64_t at = cell + done * kBlockBytes;
    const bool open = has != Page::kRaw && !forms_[has].sealed;  // plaintext
    foreign |= has != form;
    if (has == form || (form == Page::kRaw && !open)) {
      if (in != to) std::memcpy(to, in, run * kBlockBytes);
      continue;
    }
    if (open) {
      ciphers_[forms_[has].cipher]->cipher.encrypt(at ^ forms_[has].shift, in, to, run);
      in = to;
    }
    if (form != Page::kRaw) ciphers_[forms_[form].cipher]->cipher.decrypt(at ^ forms_[form].shift, in, to, run);
  }
  return foreign;
}

bool EncryptedMemory::bytes_as(const Page* page, std::uint64_t cell, FormId form, std::span<std::uint8_t> out) const {
  if (out.empty()) return false;
  if (page && page->uniform == form) {
    std::memcpy(out.data(), page->bytes.data() + cell % kPageBytes, out.size());
    return false;
  }
  static const Page kUntouched{};
  const Page& from = page ? *page : kUntouched;
  const std::uint64_t skip = cell % kBlockBytes;
  const std::size_t blocks = (skip + out.size() + kBlockBytes - 1) / kBlockBytes;
  if (skip == 0 && out.size() % kBlockBytes == 0) return blocks_as(from, cell, form, out.data(), blocks);
  std::array<std::uint8_t, kPageBytes> whole;
  const bool foreign = blocks_as(from, cell - skip, form, whole.data(), blocks);
  std::memcpy(out.data(), whole.data() + skip, out.size());
  return foreign;
}

void EncryptedMemory::put(Page& page, std::uint64_t cell, FormId form, base::View bytes) {
  const std::size_t begin = cell % kPageBytes;
  const std::size_t end = begin + bytes.size();
  const std::size_t first = begin / kBlockBytes;
  const std::size_t last = (end - 1) / kBlockBytes;
  const auto keep_rest = [&](std::size_t block) {
    const std::size_t at = block * kBlockBytes;
    if (page.form(block) != form) blocks_as(page, cell - begin + at, form, page.bytes.data() + at, 1);
  };
  if (page.uniform != form) {
    if (begin % kBlockBytes != 0 || end < (first + 1) * kBlockBytes) keep_rest(first);
    if (end % kBlockBytes != 0 && last != first) keep_rest(last);
    page.set_form(first, last - first + 1, form);
  }
  std::memcpy(page.bytes.data() + begin, bytes.data(), bytes.size());
}

void EncryptedMemory::seal(Page& page, std::uint64_t cell, FormId form, std::size_t count) {
  const Form open = forms_[form];
  const FormId sealed = intern(open.cipher, open.shift, true);
  const std::size_t last = (line_of(cell % kPageBytes + count - 1) + kLineBytes) / kBlockBytes;
  for (std::size_t block = line_of(cell % kPageBytes) / kBlockBytes, run = 0; block < last; block += run) {
    const bool written = page.form(block) == form;
    for (run = 1; block + run < last && (page.form(block + run) == form) == written;) ++run;
    if (!written) continue;
    std::uint8_t* bytes = page.bytes.data() + block * kBlockBytes;
    const std::uint64_t at = cell / kPageBytes * kPageBytes + block * kBlockBytes;
    ciphers_[open.cipher]->cipher.encrypt(at ^ open.shift, bytes, bytes, run);
    page.set_form(block, run, sealed);
  }
}

// ---- the cache

DirtyLine* EncryptedMemory::find_dirty(KeyId key, std::uint64_t line) {
  const auto found = dirty_.find(line);
  if (found == dirty_.end()) return nullptr;
  if (found->second.key == key) return &found->second;
  write_back_line(line);
  return nullptr;
}

Outcome EncryptedMemory::read_cached(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) {
  Outcome all;
  in_units(kLineBytes, spa, out.size(), [&](std::uint64_t at, std::size_t done, std::size_t count) {
    if (const DirtyLine* dirty = find_dirty(key, line_of(at))) {
      std::memcpy(out.data() + done, dirty->bytes.data() + at % kLineBytes, count);
      return true;
    }
    const Outcome one = read_through(key, at, out.subspan(done, count));
    all.foreign |= one.foreign;
    all.hidden |= one.hidden;
    all.fault = one.fault;
    if (one.fault) std::ranges::fill(out.subspan(done + count), settings_.hidden_fill);
    return !one.fault;
  });
  return all;
}

Outcome EncryptedMemory::write_cached(KeyId key, std::uint64_t spa, base::View bytes) {
  Outcome all;
  std::vector<std::pair<std::uint64_t, DirtyLine>> lines;  // held back until no line can fault any more
  in_units(kLineBytes, spa, bytes.size(), [&](std::uint64_t at, std::size_t done, std::size_t count) {
    DirtyLine line{.key = key};
    if (const DirtyLine* dirty = find_dirty(key, line_of(at))) {
      line = *dirty;
    } else if (count < kLineBytes) {
      const Outcome fill = read_through(key, line_of(at), line.bytes);
      all.foreign |= fill.foreign;
      all.fault = fill.fault;
      if (fill.fault) return false;
    }
    line.socket = socket_of(key);
    std::memcpy(line.bytes.data() + at % kLineBytes, bytes.data() + done, count);
    lines.emplace_back(line_of(at), line);
    return true;
  });
  if (all.fault) return all;
  for (const auto& [at, line] : lines) dirty_[at] = line;
  return all;
}

void EncryptedMemory::write_back_line(std::uint64_t line) {
  const auto dirty = dirty_.extract(line);
  if (dirty.empty() || !has_key(dirty.mapped().key)) return;
  const Outcome written = write_through(dirty.mapped().key, line, dirty.mapped().bytes);
  base::check(!written.fault, "a whole line inside of memory can be written");
}

void EncryptedMemory::write_back(std::uint64_t spa, std::uint64_t count) {
  if (count == 0 || spa >= settings_.bytes) return;
  const std::uint64_t last = spa + std::min(count, settings_.bytes - spa) - 1;
  for (auto next = dirty_.lower_bound(line_of(spa)); next != dirty_.end() && next->first <= last;) {
    const std::uint64_t line = next->first;
    ++next;
    write_back_line(line);
  }
}

void EncryptedMemory::write_back_all() {
  for (unsigned socket = 0; socket < settings_.sockets; ++socket) write_back_socket(socket);
}

void EncryptedMemory::write_back_socket(unsigned socket) {
  if (socket >= settings_.sockets) return;
  ++write_backs_[socket];
  for (auto next = dirty_.begin(); next != dirty_.end();) {
    const auto line = next++;
    if (line->second.socket == socket) write_back_line(line->first);
  }
}

}  // namespace memory
