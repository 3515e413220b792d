#include "scenarios/exports/sarif.h"

#include <algorithm>
#include <map>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "platform/trust/oracle.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/json_text.h"

namespace exports {

namespace {

namespace json = boost::json;
using trust::Promise;

constexpr Promise kPromises[] = {Promise::kConfidentiality, Promise::kIntegrity, Promise::kFreshness, Promise::kAuthenticity,
                                 Promise::kIsolation,       Promise::kAuthority, Promise::kOwn};

std::string_view promised(Promise promise) {
  switch (promise) {
    case Promise::kConfidentiality: return "Nobody but the guest and whom it trusts learns its secrets.";
    case Promise::kIntegrity: return "The guest reads what it wrote.";
    case Promise::kFreshness: return "The guest reads what it wrote last.";
    case Promise::kAuthenticity: return "The guest and its owner deal with whom they believe to deal with.";
    case Promise::kIsolation: return "Nobody reaches what is the guest's alone.";
    case Promise::kAuthority: return "What is done in the guest's name, the guest wanted.";
    case Promise::kOwn: return "What this scenario promises of its own.";
  }
  return "";
}

std::optional<Promise> promise_in(std::string_view sentence) {
  const auto at = sentence.find("broken: ");
  if (at == sentence.npos) return std::nullopt;
  for (const Promise promise : kPromises)
    if (sentence.substr(at + 8).starts_with(trust::name_of(promise))) return promise;
  return std::nullopt;
}

const trust::Defence* defence_in(std::string_view sentence) {
  for (const auto* defence : engine::all_defences()) {
    const auto at = sentence.find(defence->id);
    if (at == sentence.npos) continue;
    const auto end = at + defence->id.size();
    const auto inside = [&](std::size_t i) { return i < sentence.size() && (std::isalnum(static_cast<unsigned char>(sentence[i])) || sentence[i] == '-' || sentence[i] == '.'); };
    if ((at == 0 || !inside(at - 1)) && !inside(end)) return defence;
  }
  return nullptr;
}

// FNV-1a, which is the same everywhere: what a result is known by from one analysis to the next.
std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

class Log {
 public:
  void add(const Judged& judged) {
    const auto& cell = *judged.cell;
    unplayed += cell.observed == report::kUnplayed;
    if (cell.observed == report::kUnplayed) return;
    bool told = false;
    for (const auto& check : cell.checks) {
      const bool broken = promise_in(check.observed).has_value() && (check.label == "expect" || check.label == "hardened");
      if (check.agrees && !broken) continue;
      told = told || !check.agrees;
      result(judged, check.label, check.agrees ? "note" : "error", rule_of(check),
             fmt::format("{} on {}, {}: expected {}; it was {}", cell.attack, cell.platform, check.label, check.expected, check.observed));
    }
    if (!told && !cell.agrees)
      result(judged, "", "error", outcome_rule(),
             fmt::format("{} on {}: {}", cell.attack, cell.platform, report::joined(cell.mismatches, "; ")));
  }

  json::array rules, results;
  std::size_t unplayed = 0;

 private:
  std::size_t rule(const std::string& id, std::string_view sentence, const std::string& help) {
    const auto [found, fresh] = known_.try_emplace(id, rules.size());
    if (fresh)
      rules.push_back(json::object{{"id", id}, {"name", id}, {"shortDescription", json::object{{"text", sentence}}},
                                   {"fullDescription", json::object{{"text", sentence}}},
                                   {"defaultConfiguration", json::object{{"level", "error"}}},
                                   {"help", json::object{{"text", help}}}, {"properties", json::object{{"tags", json::array{"security"}}}}});
    return found->second;
  }
  std::size_t outcome_rule() {
    return rule("outcome", "The outcome is the one that the file expects.", "Run the file with `glacis run` to see the play; `glacis explain` says what it expects.");
  }
  std::size_t promise_rule(Promise promise) {
    const auto sentence = promised(promise);
    return rule("promise." + std::string(trust::name_of(promise)), sentence,
                std::string(sentence) + " Run the file with `glacis run` to see how it broke; `--html FILE` shows it message by message.");
  }
  std::size_t defence_rule(const trust::Defence& defence) {
    return rule(std::string(defence.id), defence.promise,
                fmt::format("{} ({}) `glacis run FILE --lift {}` shows what comes of it without.", defence.promise, defence.clause, defence.id));
  }
  std::size_t rule_of(const report::Check& check) {
    if (const auto promise = promise_in(check.observed)) return promise_rule(*promise);
    if (const auto* defence = defence_in(check.expected)) return defence_rule(*defence);
    if (const auto* defence = defence_in(check.observed)) return defence_rule(*defence);
    if (const auto promise = promise_in(check.expected)) return promise_rule(*promise);
    return outcome_rule();
  }

  // Where the file says what the check asked for.
  static load::Pos place_of(const Judged& judged, const std::string& label) {
    const auto& file = *judged.scenario;
    const auto& platform = judged.cell->platform;
    const auto under = [](const load::Row& row) { return report::profile_of(row) == "baseline" ? "" : " (" + report::profile_of(row) + ")"; };
    for (const auto& row : file.without)
      if (report::holds_on(row, platform) && label == "without " + report::joined(row.lift) + under(row)) return row.pos;
    for (const auto& row : file.with) {
      std::string words;
      for (const auto& [key, value] : row.set) words += (words.empty() ? "" : ", ") + key + ": " + value.value;
      if (report::holds_on(row, platform) && label == "with " + words + under(row)) return row.pos;
    }
    for (const auto& name : file.weather)
      if (label == "weather " + name.value) return name.pos;
    if (label.starts_with("afterwards") && file.afterwards) return file.afterwards->pos;
    const bool hardened = label.ends_with("hardened");
    const auto* row = label.starts_with("honest") ? nullptr : report::find_row(file.expect, platform, hardened ? "hardened" : "baseline");
    return row ? row->pos : file.title.pos;
  }

  void result(const Judged& judged, const std::string& label, const char* level, std::size_t rule, const std::string& text) {
    const auto pos = place_of(judged, label);
    const auto print = fingerprint(judged.cell->attack + "\n" + judged.cell->platform + "\n" + label);
    results.push_back(json::object{
        {"ruleId", rules[rule].at("id")}, {"ruleIndex", rule}, {"level", level}, {"message", json::object{{"text", text}}},
        {"locations", json::array{json::object{{"physicalLocation",
             json::object{{"artifactLocation", json::object{{"uri", judged.uri}}},
                          {"region", json::object{{"startLine", std::max(pos.line, 1)}, {"startColumn", std::max(pos.column, 1)}}}}}}}},
        {"partialFingerprints", json::object{{"primaryLocationLineHash", print + ":1"}, {"glacisCheck/v1", print}}}});
  }

  std::map<std::string, std::size_t> known_;
};

}  // namespace

std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || kPlain.find(c) != kPlain.npos) out += c;
    else out += fmt::format("%{:02X}", byte);
  }
  return out;
}

std::string sarif_of(const std::vector<Judged>& all, std::string_view version) {
  Log log;
  for (const auto& judged : all) log.add(judged);
  json::object driver{{"name", "glacis"}, {"version", version}, {"rules", std::move(log.rules)}};
  json::object run{{"tool", json::object{{"driver", std::move(driver)}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(log.results)}};
  if (log.unplayed != 0)
    run["invocations"] = json::array{json::object{
        {"executionSuccessful", false}, {"exitCodeDescription", fmt::format("a partial report: {} of {} cells are not played", log.unplayed, all.size())}}};
  return report::indented(json::object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", json::array{std::move(run)}}});
}

}  // namespace exports
