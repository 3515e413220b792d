#include "scenarios/load/scenario_loader.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "scenarios/load/attack_loader.h"
#include "scenarios/load/keys.h"
#include "scenarios/load/row_loader.h"
#include "scenarios/load/values.h"

namespace load {

namespace {

std::string stem_of(const std::string& file) {
  auto slash = file.find_last_of('/');
  auto name = slash == std::string::npos ? file : file.substr(slash + 1);
  return name.substr(0, name.rfind('.'));
}

void read_format(const Node& root, Scenario& out) {
  const Node* node = root.find("format");
  if (!node) return;
  out.format = need_count(*node, "format");
  if (out.format != 1) fail(node->place, "format " + node->text + " is not known; this program reads format 1");
}

std::vector<Source> read_sources(const Node& node, const Vocabulary& v) {
  std::vector<Source> out;
  for (const auto& entry : need_map(node, "sources").entries) {
    check_keys(entry.value, entry.key, kSourceKeys);
    Source source;
    source.key = entry.key;
    source.pos = entry.place.pos;
    source.cite = read_text_of(*entry.value.find("cite"), "cite");
    if (auto* says = entry.value.find("says"))
      for (const auto& claim : need_map(*says, "says").entries) {
        need_known(claim.place, "platform", claim.key, Names(v.platforms));
        source.says[claim.key] = read_known(claim.value, claim.key, "outcome", v.outcomes);
      }
    if (auto* quote = entry.value.find("quote")) source.quote = read_text_of(*quote, "quote");
    out.push_back(std::move(source));
  }
  return out;
}

// A name made by the user: of a machine, a thread, a variant.
void need_plain_name(const Place& place, std::string_view what, const std::string& name) {
  bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain)
    fail(place, "a " + std::string(what) + " is called by small letters, digits and hyphens, not `" + name + "`");
}

void read_machines(const Node& root, Scenario& out) {
  const Node* one = root.find("machine");
  const Node* many = root.find("machines");
  if (one && many) fail(many->place, "`machine` and `machines` exclude each other");
  if (!one && !many) fail(root.place, "`scenario` lacks the key `machine` or `machines`");
  if (one) out.machines.push_back({"", read_text_of(*one, "machine")});
  if (!many) return;
  for (const auto& entry : need_map(*many, "machines").entries) {
    need_plain_name(entry.place, "machine", entry.key);
    out.machines.push_back({entry.key, read_text_of(entry.value, entry.key)});
  }
  if (out.machines.empty()) fail(many->place, "`machines` is empty");
}

void read_platforms(const Node& root, const Vocabulary& v, Scenario& out) {
  const Node* node = root.find("platforms");
  if (!node) return;
  out.has_platforms = true;
  if (node->kind == Node::Kind::kScalar && node->text == "all") {
    out.platforms = v.platforms;
    return;
  }
  Names known(v.platforms);
  known.patterns.push_back("all");
  for (const auto* text : need_texts(*node, "platforms")) {
    if (text->text == "all") fail(text->place, "`all` stands alone, not in a list");
    need_known(text->place, "platform", text->text, known);
    if (std::find(out.platforms.begin(), out.platforms.end(), text->text) != out.platforms.end())
      fail(text->place, "platform `" + text->text + "` is named twice");
    out.platforms.push_back(text->text);
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::string word;
  std::vector<std::string> words;
  for (char c : text + " ") {
    if (c != ' ' && c != '\n') {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

Thread read_program(const Node& node, const std::string& vm, const std::string& name, const Vocabulary& v) {
  Thread out{vm, name, {}, {}};
  const auto words = words_of(need_text(node, name.empty() ? vm : name));
  if (words.empty()) fail(node.place, "a guest program is missing");
  need_known(node.place, "guest program", words[0], v.programs);
  out.program = {words[0], node.place.pos};
  out.args.assign(words.begin() + 1, words.end());
  return out;
}

bool is_outside(const Node& node) { return node.kind == Node::Kind::kMap && (node.find("library") || node.find("connect")); }

// `{ library: ./libmine.so, arguments: a b }` or `{ connect: unix:PATH }`. Paths are found from the file that names them.
Thread read_outside(const Node& node, const std::string& vm) {
  check_keys(node, vm, kOutsideGuestKeys);
  const Node* library = node.find("library");
  const Node* connect = node.find("connect");
  if (library && connect) fail(connect->place, "`library` and `connect` exclude each other");
  const Node& named = library ? *library : *connect;
  Thread out{vm, "", {}, {}};
  out.from = library ? Thread::From::kLibrary : Thread::From::kConnect;
  std::string path = need_text(named, library ? "library" : "connect");
  constexpr std::string_view kUnix = "unix:";
  if (connect && !path.starts_with(kUnix)) fail(named.place, "a guest is reached at `unix:PATH`, not `" + path + "`");
  if (connect) path.erase(0, kUnix.size());
  if (path.empty()) fail(named.place, "a path is missing");
  out.program = {(std::filesystem::path(*node.place.file).parent_path() / path).lexically_normal().string(), named.place.pos};
  if (const Node* arguments = node.find("arguments")) out.args = words_of(need_text(*arguments, "arguments"));
  return out;
}

std::vector<Thread> read_guest(const Node& node, const Vocabulary& v) {
  std::vector<Thread> out;
  if (is_outside(node)) return {read_outside(node, "vm0")};
  for (const auto& entry : need_map(node, "guest").entries) {
    if (is_outside(entry.value)) {
      out.push_back(read_outside(entry.value, entry.key));
      continue;
    }
    if (entry.value.kind != Node::Kind::kMap) {
      out.push_back(read_program(entry.value, entry.key, "", v));
      continue;
    }
    for (const auto& thread : entry.value.entries) {
      need_plain_name(thread.place, "thread", thread.key);
      out.push_back(read_program(thread.value, entry.key, thread.key, v));
    }
    if (entry.value.entries.empty()) fail(entry.value.place, "`" + entry.key + "` runs nothing");
  }
  if (out.empty()) fail(node.place, "`guest` is empty");
  return out;
}

void read_attacks(const Node& root, const Vocabulary& v, Scenario& out) {
  const Node* one = root.find("attack");
  const Node* many = root.find("variants");
  if (one && many) fail(many->place, "`attack` and `variants` exclude each other");
  if (!one && !many) fail(root.place, "`scenario` lacks the key `attack` or `variants`");
  Names platforms(out.platforms);
  if (one) {
    out.variants.push_back({"", read_steps(*one, v, platforms)});
    return;
  }
  for (const auto& entry : need_map(*many, "variants").entries) {
    need_plain_name(entry.place, "variant", entry.key);
    out.variants.push_back({entry.key, read_steps(entry.value, v, platforms)});
  }
  if (out.variants.empty()) fail(many->place, "`variants` is empty");
}

// A name under the group's prefix: `mem-severed-remap` is played by severed-remap.yaml.
void check_catalogue_name(const Scenario& out) {
  const auto& id = out.catalogue->value;
  auto stem = id.substr(id.find('-') + 1);
  if (out.id != stem)
    fail(out.file, out.catalogue->pos, "the file that plays `" + id + "` must be called " + stem + ".yaml");
}

// Every platform has one baseline row, or a reason to have none.
void check_expectations(const Node& node, const Scenario& out) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& row : out.expect) {
    auto profile = row.profile ? row.profile->value : "baseline";
    std::vector<Text> platforms = row.platforms;
    if (platforms.empty())
      for (const auto& p : out.platforms) platforms.push_back({p, row.pos});
    if (!out.has_platforms) platforms = {{"", row.pos}};
    for (const auto& p : platforms) {
      if (out.n_a.contains(p.value)) fail(out.file, p.pos, "platform `" + p.value + "` is under `n/a` and has a row");
      if (!seen.insert({profile, p.value}).second)
        fail(out.file, p.pos, "a second " + profile + " row for platform `" + p.value + "`");
    }
  }
  for (const auto& p : out.platforms)
    if (!seen.contains({"baseline", p}) && !out.n_a.contains(p))
      fail(node.place, "`expect` has no row for platform `" + p + "`, and `n/a` no reason");
}

void read_rest(const Node& root, const Vocabulary& v, Scenario& out) {
  if (auto* n = root.find("weather")) out.weather = read_all_known(*n, "weather", "weather", v.weather);
  if (auto* n = root.find("assumes")) out.assumes = read_all_known(*n, "assumes", "assumption", v.assumptions);
  if (auto* n = root.find("threat")) out.threat = read_all_known(*n, "threat", "threat", v.threats);
  if (auto* n = root.find("set")) out.set = read_settings(*n, v);
  if (auto* n = root.find("seeds")) {
    out.seeds = {need_count(*n, "seeds"), n->place.pos};
    if (out.seeds->value == 0 || out.seeds->value > kSeedsMax)
      fail(n->place, "`seeds` must lie between 1 and " + std::to_string(kSeedsMax));
  }
  if (auto* n = root.find("n/a"))
    for (const auto& entry : need_map(*n, "n/a").entries) {
      need_known(entry.place, "platform of this file:", entry.key, Names(out.platforms));
      out.n_a[entry.key] = read_text_of(entry.value, entry.key);
    }
}

}  // namespace

Scenario parse_scenario(std::string_view text, const std::string& file, const Vocabulary& v) {
  Node root = parse_document(text, file);
  need_map(root, "scenario");
  Scenario out;
  out.file = file;
  out.id = stem_of(file);
  // First, for the keys of another format may differ.
  read_format(root, out);
  check_keys(root, "scenario", kScenarioKeys);
  out.title = read_text_of(*root.find("scenario"), "scenario");
  if (auto* n = root.find("why")) out.why = read_text_of(*n, "why");
  if (auto* n = root.find("catalogue")) {
    out.catalogue = read_known(*n, "catalogue", "row of the catalogue", v.catalogue);
    check_catalogue_name(out);
  }
  if (auto* n = root.find("sources")) out.sources = read_sources(*n, v);
  read_machines(root, out);
  read_platforms(root, v, out);
  out.guest = read_guest(*root.find("guest"), v);
  read_rest(root, v, out);
  read_attacks(root, v, out);
  Names platforms(out.platforms);
  if (auto* n = root.find("expect")) {
    out.expect = read_rows(*n, RowKind::kExpect, v, platforms);
    check_expectations(*n, out);
  }
  if (auto* n = root.find("without")) out.without = read_rows(*n, RowKind::kWithout, v, platforms);
  if (auto* n = root.find("with")) out.with = read_rows(*n, RowKind::kWith, v, platforms);
  if (auto* n = root.find("afterwards")) out.afterwards = read_afterwards(*n, v);
  return out;
}

Scenario load_scenario(const std::string& path, const Vocabulary& vocabulary) {
  return parse_scenario(read_text(path), path, vocabulary);
}

}  // namespace load
