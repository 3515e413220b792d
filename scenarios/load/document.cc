#include "scenarios/load/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/base/utf8.h"

namespace load {

namespace {

// Counts lines and characters up to a byte offset.
Pos pos_at(std::string_view text, std::size_t offset) {
  Pos pos{1, 1};
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++pos.line;
      pos.column = 1;
    } else if (!base::continues_character(text[i])) {
      ++pos.column;
    }
  }
  return pos;
}

void check_characters(std::string_view text, const std::string& file) {
  for (std::size_t i = 0; i < text.size();) {
    const auto character = base::first_character(text.substr(i));
    auto c = static_cast<unsigned char>(text[i]);
    if (!character) fail(file, pos_at(text, i), "this byte is not UTF-8");
    if (c == '\t') fail(file, pos_at(text, i), "a tab; use spaces");
    if (c == '\r') fail(file, pos_at(text, i), "a carriage return; end lines with a line feed alone");
    if ((c < 0x20 && c != '\n') || c == 0x7f) fail(file, pos_at(text, i), "a control character");
    if (text.substr(i, 3) == "\xef\xbb\xbf") fail(file, pos_at(text, i), "a byte order mark; remove it");
    i += character->bytes;
  }
}

// The parser recurses for each bracket before it reports anything, so a tower of them is turned down beforehand.
// Brackets in quotes and comments count too; nobody writes hundreds of those open at once.
void check_brackets(std::string_view text, const std::string& file) {
  constexpr std::size_t kOpenMax = 8 * kNestingMax;
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') {
      if (++open > kOpenMax) fail(file, pos_at(text, i), "nested too deeply");
    } else if (text[i] == ']' || text[i] == '}') {
      if (open) --open;
    }
  }
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_forbidden_word(const std::string& text) {
  static constexpr std::string_view kWords[] = {"on", "off", "yes", "no", "null", "~", "y", "n"};
  auto word = lower(text);
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

// Turns the parser's events into our tree and refuses, on the way, all that the strict subset leaves out.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, std::shared_ptr<const std::string> file) : text_(text), file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    char c = char_at(mark);
    if (c == '~' || c == 'n' || c == 'N')
      fail(place(mark), "`~` and `null` are no values here; leave the key out, or put quotes around the word");
    fail(place(mark), "the value is missing");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(place(mark), "aliases are not allowed; write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_anchor(mark, anchor);
    char c = char_at(mark);
    bool quoted = c == '"' || c == '\'' || c == '|' || c == '>';
    if (tag != "?" && !(tag == "!" && quoted)) refuse_tag(mark);
    if (!quoted && is_forbidden_word(text))
      fail(place(mark), "`" + text +
                            "` means different things to different readers; write true or false, or put "
                            "quotes around the word");
    Node node = make(Node::Kind::kScalar, mark);
    node.text = text;
    node.quoted = quoted;
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  bool done() const { return done_; }
  Node take() { return std::move(root_); }

 private:
  struct Open {
    Node node;
    bool has_key = false;
    Node key;
  };

  char char_at(const YAML::Mark& mark) const {
    auto at = static_cast<std::size_t>(mark.pos);
    return mark.pos >= 0 && at < text_.size() ? text_[at] : '\0';
  }

  // The parser's columns count bytes; ours count characters of the same line.
  Place place(const YAML::Mark& mark) const {
    int column = 1;
    auto end = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
    auto bytes = std::min(static_cast<std::size_t>(std::max(mark.column, 0)), end);
    for (std::size_t i = end - bytes; i < end; ++i) column += !base::continues_character(text_[i]);
    return {file_, {mark.line + 1, column}};
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) fail(place(mark), "anchors are not allowed; write the value out");
  }
  [[noreturn]] void refuse_tag(const YAML::Mark& mark) const { fail(place(mark), "tags are not allowed"); }

  Node make(Node::Kind kind, const YAML::Mark& mark) {
    if (++nodes_ > kNodesMax) fail(place(mark), "more than " + std::to_string(kNodesMax) + " values in one file");
    Node node;
    node.kind = kind;
    node.place = place(mark);
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    if (tag != "?") refuse_tag(mark);
    if (stack_.size() >= kNestingMax) fail(place(mark), "nested too deeply");
    if (!stack_.empty() && awaits_key(stack_.back())) fail(place(mark), "a key must be a word");
    stack_.push_back({make(kind, mark), false, {}});
  }

  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  static bool awaits_key(const Open& open) { return open.node.kind == Node::Kind::kMap && !open.has_key; }

  void add(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      done_ = true;
      return;
    }
    Open& top = stack_.back();
    if (top.node.kind == Node::Kind::kList) {
      top.node.items.push_back(std::move(node));
    } else if (!top.has_key) {
      // A linear look is enough: kNodesMax bounds the square, and maps here are short.
      for (const auto& entry : top.node.entries)
        if (entry.key == node.text)
          fail(node.place,
               "the key `" + node.text + "` stands here twice; first on line " + std::to_string(entry.place.pos.line));
      top.key = std::move(node);
      top.has_key = true;
    } else {
      top.node.entries.push_back({std::move(top.key.text), std::move(top.key.place), std::move(node)});
      top.has_key = false;
    }
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  std::vector<Open> stack_;
  Node root_;
  bool done_ = false;
  std::size_t nodes_ = 0;
};

}  // namespace

void fail(const std::string& file, Pos pos, const std::string& what) {
  throw base::UserError(file + ":" + std::to_string(pos.line) + ":" + std::to_string(pos.column) + ": " + what);
}

void fail(const Place& place, const std::string& what) { fail(place.file ? *place.file : "", place.pos, what); }

const Node* Node::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string read_text(const std::string& path, std::size_t bytes_max) {
  namespace fs = std::filesystem;
  std::error_code error;
  auto status = fs::status(path, error);
  if (!fs::exists(status)) fail(path, {1, 1}, "there is no such file");
  if (!fs::is_regular_file(status)) fail(path, {1, 1}, "not a regular file");
  auto size = fs::file_size(path, error);
  if (error) fail(path, {1, 1}, "cannot be read: " + error.message());
  auto too_large = [&] { fail(path, {1, 1}, "larger than " + std::to_string(bytes_max) + " bytes"); };
  if (size > bytes_max) too_large();
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(path, {1, 1}, "cannot be opened");
  // It may have grown since: one byte more than it had is asked for, and refused when it comes.
  std::string text(size + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) fail(path, {1, 1}, "cannot be read");
  if (text.size() > size) fail(path, {1, 1}, "grew while it was read");
  return text;
}

Node parse_document(std::string_view text, const std::string& file) {
  if (text.size() > kFileBytesMax) fail(file, {1, 1}, "larger than " + std::to_string(kFileBytesMax) + " bytes");
  check_characters(text, file);
  check_brackets(text, file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(text, std::make_shared<const std::string>(file));
    if (!parser.HandleNextDocument(builder) || !builder.done()) fail(file, {1, 1}, "the file is empty");
    Builder second(text, std::make_shared<const std::string>(file));
    if (parser.HandleNextDocument(second)) fail(file, {1, 1}, "more than one document in the file");
    return builder.take();
  } catch (const YAML::Exception& e) {
    fail(file, {std::max(e.mark.line, 0) + 1, std::max(e.mark.column, 0) + 1}, "not YAML: " + e.msg);
  }
}

Node load_document(const std::string& path) { return parse_document(read_text(path), path); }

const char* kind_name(const Node& node) {
  return node.kind == Node::Kind::kScalar ? "a text" : node.kind == Node::Kind::kList ? "a list" : "a map";
}

const Node& need_map(const Node& node, std::string_view what) {
  if (node.kind != Node::Kind::kMap)
    fail(node.place, "`" + std::string(what) + "` must be a map, and is " + kind_name(node));
  return node;
}

const Node& need_list(const Node& node, std::string_view what) {
  if (node.kind != Node::Kind::kList)
    fail(node.place, "`" + std::string(what) + "` must be a list, and is " + kind_name(node));
  return node;
}

const std::string& need_text(const Node& node, std::string_view what) {
  if (node.kind != Node::Kind::kScalar)
    fail(node.place, "`" + std::string(what) + "` must be a text, and is " + kind_name(node));
  if (node.text.empty()) fail(node.place, "`" + std::string(what) + "` is empty");
  return node.text;
}

std::vector<const Node*> need_texts(const Node& node, std::string_view what) {
  std::vector<const Node*> out;
  if (node.kind == Node::Kind::kScalar) {
    need_text(node, what);
    return {&node};
  }
  for (const auto& item : need_list(node, what).items) {
    need_text(item, what);
    out.push_back(&item);
  }
  if (out.empty()) fail(node.place, "`" + std::string(what) + "` is an empty list");
  return out;
}

void need_known(const Place& place, std::string_view what, std::string_view name, const Names& names) {
  if (names.has(name)) return;
  fail(place, "unknown " + std::string(what) + " `" + std::string(name) + "`" + advice(name, names));
}

}  // namespace load
