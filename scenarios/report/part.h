#pragma once
// Parts: a whole of numbered items is played in shards, each shard writes what it found as a part, and parts of one whole join to what a
// single run would have found. What the items are is their kind's affair ("matrix"); here they are numbers and JSON.
//
// A part is a text: a line for the whole and the shard, a line for each item in the order of numbers, and a last line with the count of
// items and the SHA-256 (hex) of all lines before. It has one form: whatever this program would not have written so is refused. A part that
// lacks items is a checkpoint of its shard. Errors are base::UserError, `file:line:column: what`.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "platform/base/bytes.h"

namespace report {

inline constexpr std::size_t kPartBytesMax = std::size_t{1} << 30;
inline constexpr std::uint64_t kItemsMax = 100'000'000;
inline constexpr std::uint64_t kShardsMax = 1'000'000;

// All that decides what is found. Equal for every part, and where they are joined.
struct Whole {
  std::string kind;
  std::string build;                                         // digest of the program
  std::map<std::string, std::vector<std::string>> options;   // those that change what is found
  std::map<std::string, std::string> files;                  // name -> digest of the content
  std::uint64_t items = 0;                                   // how many there are: their numbers are below this
  friend bool operator==(const Whole&, const Whole&) = default;
};

// SHA-256, in hex.
std::string digest_of(base::View bytes);
std::string digest_of(std::string_view text);
// The first difference, ready to be read: "scenarios/x.yaml has another content"; empty: there is none.
std::string difference(const Whole& one, const Whole& other);

// One of `of`. Items are dealt in turn: shard 1 has the items 0, of, 2 of, ... so that neighbours in number go to different shards.
struct Shard {
  std::uint64_t number = 1, of = 1;
  bool has(std::uint64_t item) const { return item % of == number - 1; }
  // How many of so many items.
  std::uint64_t share(std::uint64_t items) const { return items / of + (number - 1 < items % of); }
  friend bool operator==(const Shard&, const Shard&) = default;
};
// From "2/4". Throws base::UserError for what is none.
Shard shard_of(const std::string& text);
std::string text_of(const Shard& shard);  // "2 of 4"

using Items = std::map<std::uint64_t, boost::json::value>;

struct Part {
  Whole whole;
  Shard shard;
  Items items;
  std::uint64_t lacks() const { return shard.share(whole.items) - items.size(); }
};

std::string text_of(const Part& part);
// `file` is the name that errors carry.
Part part_of(std::string_view text, const std::string& file);
// Whether a text begins as a part does.
bool is_part(std::string_view text);

struct NamedPart {
  std::string file;
  Part part;
};
// What all found. Refuses parts of different wholes or divisions, a shard that is there twice, and, unless `lacking` is allowed, one that
// is missing or lacks items.
Items join(std::vector<NamedPart> parts, bool lacking = false);

}  // namespace report
