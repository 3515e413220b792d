#pragma once
// Linux's list of what it measured (IMA: Documentation/security/IMA-templates.rst; security/integrity/ima): one entry for each file that was
// read or run, its hash extended into PCR 10. Three templates: ima-ng (a file's digest and its path), ima-sig (and a signature), ima-buf
// (a buffer: a command line, a key).
//
// Whoever holds the list may alter it; only a replay that reaches the quoted register makes it worth reading.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace ima {

inline constexpr unsigned kPcr = 10;
inline constexpr std::size_t kEntriesMax = 16'384, kListBytesMax = 1 << 20, kFieldBytesMax = 64 * 1024;
inline constexpr const char* kBootAggregate = "boot_aggregate";

using Digest = base::Block<32>;  // of the SHA-256 bank

// Of the lists that a kernel keeps beside each other, one for each bank of the TPM.
enum class Bank { kSha1, kSha256 };
std::size_t digest_bytes(Bank bank);

struct Entry {
  unsigned pcr = kPcr;
  base::Bytes digest;          // of the template's data, as the list has it; all zeroes: a violation
  std::string name = "ima-ng";
  std::vector<base::Bytes> fields;  // of the template; none: whoever showed the list withheld them

  bool operator==(const Entry&) const = default;
  bool is_violation() const;
  bool is_withheld() const { return fields.empty(); }
  // Whether the digest is that of the fields: what cannot be told of a violation, nor of what is withheld.
  bool is_consistent(Bank bank) const;

  // What a reader wants of it; empty for what does not have the form.
  std::string path() const;         // or what the buffer is
  std::string algorithm() const;    // "sha256"
  base::Bytes file_digest() const;
};

// An entry of ima-ng about a file whose digest is SHA-256.
Entry file_entry(Bank bank, const Digest& file, std::string_view path);
// The kernel saw a file change while it was measured, or measured while it could change.
Entry violation_entry(Bank bank, std::string_view path);
// The same entry with what it is about kept back: it replays, and tells nothing but that it is there.
Entry withheld(const Entry& entry);
// The first entry of a list: the hash of PCRs 0 to 9.
Digest boot_aggregate(std::span<const Digest> pcrs_0_to_9);

// template data: each field behind its 32-bit little-endian length.
base::Bytes template_data(const Entry& entry);

// What the register holds after these entries, in the SHA-256 bank: zeroes of a violation are extended as ones.
Digest replay(const std::vector<Entry>& entries);

// The kernel's two files: lines of text, and binary in the machine's (little-endian) order. A reader gives nothing for a list that is
// not exactly one.
std::string to_ascii(const std::vector<Entry>& entries);
std::optional<std::vector<Entry>> from_ascii(Bank bank, std::string_view text);
base::Bytes to_binary(const std::vector<Entry>& entries);
std::optional<std::vector<Entry>> from_binary(Bank bank, base::View bytes);

}  // namespace ima
