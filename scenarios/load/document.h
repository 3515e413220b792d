#pragma once
// A strict subset of YAML, read into a tree in which every node knows its place. What a hostile file can do is bounded
// before it is parsed (size) and while it is parsed (nesting, number of nodes). Refused: anchors, aliases, tags,
// several documents, tabs, `on off yes no null ~` unquoted, empty values, keys that are no words or stand twice.
//
// Every refusal is a base::UserError with the text `file:line:column: what was wrong; did you mean X?`.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/user_error.h"
#include "scenarios/load/names.h"

namespace load {

inline constexpr std::size_t kFileBytesMax = 1 << 20;
inline constexpr std::size_t kNestingMax = 24;
inline constexpr std::size_t kNodesMax = 20'000;

// Both count from one; columns count characters, not bytes.
struct Pos {
  int line = 0;
  int column = 0;
  friend bool operator==(const Pos&, const Pos&) = default;
};

struct Place {
  std::shared_ptr<const std::string> file;
  Pos pos;
};

[[noreturn]] void fail(const std::string& file, Pos pos, const std::string& what);
[[noreturn]] void fail(const Place& place, const std::string& what);

struct Node {
  enum class Kind { kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kScalar;
  Place place;
  std::string text;            // kScalar
  bool quoted = false;         // kScalar: written with quotes or as a block
  std::vector<Node> items;     // kList
  std::vector<Entry> entries;  // kMap, in the order of the file

  // The value under `key` of a map; null when there is none.
  const Node* find(std::string_view key) const;
};

struct Node::Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

// The whole of a regular file of at most `bytes_max`; the size is looked at before anything is read.
std::string read_text(const std::string& path, std::size_t bytes_max = kFileBytesMax);

// `file` is the name that errors carry.
Node parse_document(std::string_view text, const std::string& file);
Node load_document(const std::string& path);

// What `node` is called in an error: "a text", "a list", "a map".
const char* kind_name(const Node& node);

// Each of these refuses a node of the wrong kind.
const Node& need_map(const Node& node, std::string_view what);
const Node& need_list(const Node& node, std::string_view what);
const std::string& need_text(const Node& node, std::string_view what);
// One text, or a list of texts.
std::vector<const Node*> need_texts(const Node& node, std::string_view what);
// Refuses a name that `names` does not hold: "unknown <what> `name`; did you mean `x`?"
void need_known(const Place& place, std::string_view what, std::string_view name, const Names& names);

}  // namespace load
