#include "scenarios/glacis/watch/keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace watch {

namespace {

constexpr char kEsc = '\x1b';
constexpr std::size_t kSequenceMax = 16;

// Behind ESC [ or ESC O (ECMA-48, and xterm's for keys).
constexpr std::array kSequences{
    std::pair{std::string_view("A"), KeyName::kUp},        std::pair{std::string_view("B"), KeyName::kDown},
    std::pair{std::string_view("C"), KeyName::kRight},     std::pair{std::string_view("D"), KeyName::kLeft},
    std::pair{std::string_view("H"), KeyName::kHome},      std::pair{std::string_view("F"), KeyName::kEnd},
    std::pair{std::string_view("Z"), KeyName::kBackTab},   std::pair{std::string_view("1~"), KeyName::kHome},
    std::pair{std::string_view("4~"), KeyName::kEnd},      std::pair{std::string_view("5~"), KeyName::kPageUp},
    std::pair{std::string_view("6~"), KeyName::kPageDown}, std::pair{std::string_view("7~"), KeyName::kHome},
    std::pair{std::string_view("8~"), KeyName::kEnd},
};

// Whether it is whole: a control sequence ends with a byte from @ to ~.
bool whole(std::string_view held) {
  if (held.size() < 2) return false;
  if (held[1] != '[' && held[1] != 'O') return true;
  return held.size() > 2 && held.back() >= '@' && held.back() <= '~';
}

std::optional<Key> key_of(char byte) {
  if (byte == '\t') return Key{KeyName::kTab};
  if (byte == '\r' || byte == '\n') return Key{KeyName::kEnter};
  if (byte == '\x7f' || byte == '\b') return Key{KeyName::kBackspace};
  if (byte >= ' ' && byte <= '~') return Key{KeyName::kLetter, byte};
  return std::nullopt;
}

}  // namespace

std::vector<Key> Keys::take(std::string_view bytes) {
  std::vector<Key> out;
  for (const char byte : bytes) {
    if (byte == kEsc) {
      if (!held_.empty()) out.push_back({KeyName::kEscape});
      held_ = byte;
      continue;
    }
    if (held_.empty()) {
      if (const auto key = key_of(byte)) out.push_back(*key);
      continue;
    }
    held_ += byte;
    if (!whole(held_) && held_.size() < kSequenceMax) continue;
    const auto sequence = std::string_view(held_).substr(2);
    const auto found = std::ranges::find(kSequences, sequence, &std::pair<std::string_view, KeyName>::first);
    if (found != kSequences.end()) out.push_back({found->second});
    held_.clear();
  }
  return out;
}

std::vector<Key> Keys::settle() {
  const bool alone = held_ == std::string_view(&kEsc, 1);
  held_.clear();
  return alone ? std::vector<Key>{{KeyName::kEscape}} : std::vector<Key>{};
}

}  // namespace watch
