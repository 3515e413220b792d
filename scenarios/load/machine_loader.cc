#include "scenarios/load/machine_loader.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

#include "scenarios/load/keys.h"
#include "scenarios/load/values.h"

namespace load {

namespace {

const PartKind* find_kind(const MachineVocabulary& v, const std::string& name) {
  for (const auto& kind : v.kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

const PartKind& need_kind(const Place& place, const std::string& name, const MachineVocabulary& v) {
  if (const auto* kind = find_kind(v, name)) return *kind;
  Names known;
  for (const auto& kind : v.kinds) known.patterns.push_back(kind.name);
  fail(place, "unknown kind of part `" + name + "`" + advice(name, known));
}

bool is_part_name(const std::string& name) {
  auto digit = name.find_first_of("0123456789");
  return digit != 0 && digit != std::string::npos && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

const Slot& need_slot(const Place& place, const PartKind& kind, const std::string& name) {
  Names known;
  for (const auto& slot : kind.attributes) {
    if (slot.name == name) return slot;
    known.patterns.push_back(slot.name);
  }
  fail(place, "`" + kind.name + "` has no attribute `" + name + "`" + advice(name, known));
}

Attribute read_attribute(const Node& node, const Slot& slot) {
  auto value = read_value(node, slot.name, slot.kind, slot.values);
  Attribute out{{}, value.number, node.place};
  for (const auto* text : value.texts) out.texts.push_back(text->text);
  return out;
}

// Documents that were read lately, by name and text: a few machine files are under thousands of cells, and reading one anew costs more
// than running a small world. Bounded, emptied when full; a text that is refused is not kept.
class Documents {
 public:
  std::shared_ptr<const Node> get(std::string_view text, const std::string& file) {
    constexpr std::size_t kKeptMax = 64;
    std::string key = std::to_string(file.size()) + ':' + file;
    key += text;
    {
      std::lock_guard lock(mutex_);
      if (const auto known = kept_.find(key); known != kept_.end()) return known->second;
    }
    auto document = std::make_shared<const Node>(parse_document(text, file));
    std::lock_guard lock(mutex_);
    if (kept_.size() >= kKeptMax) kept_.clear();
    kept_.emplace(std::move(key), document);
    return document;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Node>> kept_;  // looked up, never walked
};

Documents& documents() {
  static auto* const kDocuments = new Documents;  // never destroyed: a thread may outlive `main`
  return *kDocuments;
}

class Loader {
 public:
  Loader(std::string root, const MachineVocabulary& vocabulary, const ReadFile& read, Machine& out)
      : root_(std::move(root)), v_(vocabulary), read_(read), out_(out) {}

  // `from` is the line that asked for the file; none for the first.
  void lay(const std::string& path, const Place* from, bool outermost) {
    auto file = (std::filesystem::path(root_) / path).lexically_normal().string();
    refuse_cycle(file, from);
    // Two files may build on the same third.
    if (loaded_.contains(file)) return;
    if (loaded_.size() + chain_.size() >= kMachineFilesMax)
      complain(from, file, "more than " + std::to_string(kMachineFilesMax) + " files in one machine");
    std::error_code error;
    if (from && !read_ && !std::filesystem::exists(file, error)) fail(*from, "there is no file `" + file + "`");
    chain_.push_back(file);
    const auto root = documents().get(read_ ? read_(file) : read_text(file), file);
    read_file(*root, path, outermost);
    chain_.pop_back();
    loaded_.insert(file);
  }

  // `at` may name a part of a later file, so both ends are looked at when all is laid.
  void finish() {
    Names known;
    for (const auto& [name, part] : out_.parts) known.patterns.push_back(name);
    for (const auto& [name, part] : out_.parts) {
      const auto& kind = need_kind(part.place, part.is, v_);
      if (part.at.empty() && kind.needs_at) fail(part.place, "`" + name + "` needs `at`");
      if (!part.at.empty()) need_known(at_places_.at(name), "part", part.at, known);
      if (part.at == name) fail(at_places_.at(name), "`" + name + "` stands at itself");
      for (const auto& slot : kind.attributes)
        if (slot.required && !part.attributes.contains(slot.name))
          fail(part.place, "`" + name + "` lacks the attribute `" + slot.name + "`");
    }
  }

 private:
  [[noreturn]] void complain(const Place* from, const std::string& file, const std::string& what) const {
    if (from) fail(*from, what);
    fail(file, {1, 1}, what);
  }

  void refuse_cycle(const std::string& file, const Place* from) const {
    auto again = std::find(chain_.begin(), chain_.end(), file);
    if (again == chain_.end()) return;
    std::string text;
    for (auto it = again; it != chain_.end(); ++it) text += *it + " -> ";
    complain(from, file, "machine files build on each other in a circle: " + text + file);
  }

  void read_file(const Node& root, const std::string& path, bool outermost) {
    need_map(root, "machine");
    if (auto* n = root.find("format"); n && need_count(*n, "format") != 1)
      fail(n->place, "format " + n->text + " is not known; this program reads format 1");
    if (auto* n = root.find("machine"); n && outermost) out_.title = need_text(*n, "machine");
    if (auto* n = root.find("using"))
      for (const auto* text : need_texts(*n, "using")) {
        auto folder = std::filesystem::path(path).parent_path();
        lay((folder / text->text).string(), &text->place, false);
      }
    if (auto* n = root.find("platform")) {
      need_text(*n, "platform");
      need_known(n->place, "platform", n->text, Names(v_.platforms));
      if (out_.fixes_platform && out_.platform != n->text)
        fail(n->place, "the machine is already fixed to platform `" + out_.platform + "`");
      out_.platform = n->text;
      out_.fixes_platform = true;
    }
    for (const auto& entry : root.entries) {
      auto same = [&](const Key& key) { return key.name == entry.key; };
      if (std::none_of(std::begin(kMachineKeys), std::end(kMachineKeys), same)) read_part(entry);
    }
    if (auto* n = root.find("every")) read_every(*n);
  }

  void read_part(const Node::Entry& entry) {
    if (!is_part_name(entry.key)) {
      Names known;
      for (const auto& key : kMachineKeys) known.patterns.emplace_back(key.name);
      fail(entry.place, "`" + entry.key +
                            "` is neither a key of a machine file nor a part (a kind and a digit, as in gpu0)" +
                            advice(entry.key, known));
    }
    const Node& node = need_map(entry.value, entry.key);
    const Node* is = node.find("is");
    auto found = out_.parts.find(entry.key);
    if (is) need_kind(is->place, need_text(*is, "is"), v_);
    if (found == out_.parts.end()) {
      if (!is) refuse_unknown_part(entry);
      found = out_.parts.emplace(entry.key, Part{entry.key, is->text, "", {}, entry.place}).first;
    } else if (is && is->text != found->second.is) {
      fail(is->place, "`" + entry.key + "` is already of the kind " + found->second.is + " (" +
                          *found->second.place.file + ":" + std::to_string(found->second.place.pos.line) + ")");
    }
    Part& part = found->second;
    if (auto* at = node.find("at")) {
      part.at = need_text(*at, "at");
      at_places_[part.name] = at->place;
    }
    read_attributes(node, part);
  }

  [[noreturn]] void refuse_unknown_part(const Node::Entry& entry) const {
    Names known;
    for (const auto& [name, part] : out_.parts) known.patterns.push_back(name);
    fail(entry.place,
         "`" + entry.key + "` does not say what it `is`, and no file below has such a part" + advice(entry.key, known));
  }

  void read_attributes(const Node& node, Part& part) {
    const auto& kind = need_kind(part.place, part.is, v_);
    for (const auto& entry : node.entries) {
      if (entry.key == "is" || entry.key == "at") continue;
      part.attributes[entry.key] = read_attribute(entry.value, need_slot(entry.place, kind, entry.key));
    }
  }

  void read_every(const Node& node) {
    for (const auto& entry : need_map(node, "every").entries) {
      const auto& kind = need_kind(entry.place, entry.key, v_);
      for (const auto& attribute : need_map(entry.value, entry.key).entries)
        read_attribute(attribute.value, need_slot(attribute.place, kind, attribute.key));
      for (auto& [name, part] : out_.parts)
        if (part.is == kind.name) read_attributes(entry.value, part);
    }
  }

  std::string root_;
  const MachineVocabulary& v_;
  const ReadFile& read_;
  Machine& out_;
  std::vector<std::string> chain_;  // the files being read, outermost first
  std::set<std::string> loaded_;
  std::map<std::string, Place> at_places_;
};

}  // namespace

const Part* Machine::find(const std::string& name) const {
  auto found = parts.find(name);
  return found == parts.end() ? nullptr : &found->second;
}

std::map<std::string, std::string> Machine::settings() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, part] : parts)
    for (const auto& [key, attribute] : part.attributes) {
      std::string text;
      for (const auto& one : attribute.texts) (text += text.empty() ? "" : ", ") += one;
      out[name + "." + key] = text;
    }
  return out;
}

Machine load_machine(const std::string& root, const std::string& path, const std::string& platform,
                     const MachineVocabulary& vocabulary, const ReadFile& read) {
  Machine out;
  Loader loader(root, vocabulary, read, out);
  loader.lay(path, nullptr, true);
  out.file = (std::filesystem::path(root) / path).lexically_normal().string();
  if (!platform.empty()) {
    if (out.fixes_platform)
      fail(out.file, {1, 1},
           "the machine fixes its platform (`" + out.platform + "`); leave `platforms` out of the scenario");
    Names known(vocabulary.platforms);
    need_known({std::make_shared<const std::string>(out.file), {1, 1}}, "platform", platform, known);
    out.platform = platform;
  }
  if (!out.platform.empty()) {
    bool fixed = out.fixes_platform;
    out.fixes_platform = false;
    auto name = out.platform;
    loader.lay("machines/platforms/" + name + ".yaml", nullptr, false);
    if (out.fixes_platform && out.platform != name)
      fail(out.file, {1, 1}, "the file of platform `" + name + "` names another");
    out.fixes_platform = fixed;
  }
  loader.finish();
  return out;
}

void lay_settings(Machine& machine, const std::map<std::string, Text>& set, const std::string& file,
                  const MachineVocabulary& vocabulary) {
  auto name_of_file = std::make_shared<const std::string>(file);
  Names parts;
  for (const auto& [name, part] : machine.parts) parts.patterns.push_back(name);
  for (const auto& [key, text] : set) {
    Node node;
    node.place = {name_of_file, text.pos};
    node.text = text.value;
    auto dot = key.rfind('.');
    if (dot == std::string::npos) fail(node.place, "`" + key + "` is not of the form part.setting");
    auto part_name = key.substr(0, dot);
    need_known(node.place, "part", part_name, parts);
    Part& part = machine.parts.at(part_name);
    const auto& slot = need_slot(node.place, need_kind(part.place, part.is, vocabulary), key.substr(dot + 1));
    part.attributes[slot.name] = read_attribute(node, slot);
  }
}

}  // namespace load
