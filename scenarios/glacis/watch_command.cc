// `glacis watch`: steps through one run in the terminal, message by message, with what is true of the machine at each step.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/plays.h"
#include "scenarios/glacis/watch/screen.h"
#include "scenarios/glacis/watch/terminal.h"

namespace glacis {

namespace {

constexpr int kSettleMilliseconds = 40;  // an escape that nothing follows by then stands alone

struct Options : PlayOptions {
  std::string file;
  bool plain = false;
};

// The file's run on one platform, as often as it is played with other defences.
class Theatre {
 public:
  Theatre(Session& session, const Options& options)
      : options_(options), scenario_(session.home.scenario(options.file)), stage_(session.home.stage()) {
    check_options(options_);
    options_.film = true;
    jobs_ = jobs_of({scenario_}, options_.platforms);
    for (auto& job : jobs_) job.scenario = &scenario_;
    if (scenario_.n_a.contains(jobs_.front().platform) && options_.platforms.empty())  // one that is played, where it is ours to choose
      std::ranges::stable_partition(jobs_, [&](const Job& job) { return !scenario_.n_a.contains(job.platform); });
    if (const auto absent = scenario_.n_a.find(jobs_.front().platform); absent != scenario_.n_a.end())
      throw base::UserError(
          fmt::format("{}: there is nothing to watch on {}: {}", scenario_.file, jobs_.front().platform, absent->second.value));
  }

  Theatre(const Theatre&) = delete;
  Theatre& operator=(const Theatre&) = delete;

  const std::vector<std::string>& lifted() const { return options_.lift; }
  // Of other platforms that the file has, for whoever named none.
  std::string note() const {
    if (!options_.platforms.empty() || jobs_.size() < 2) return "";
    std::string others;
    for (const auto& job : jobs_) others += (others.empty() ? "" : ", ") + job.platform;
    return "--platform chooses another: " + others;
  }

  watch::Story play(const std::vector<std::string>& lift) const {
    auto options = options_;
    options.lift = lift;
    check_options(options);
    auto played = glacis::play(stage_, jobs_.front(), options);
    if (!played.verdict.film)
      throw base::UserError(scenario_.file + ": the run failed: " + fmt::format("{}", fmt::join(played.cell.mismatches, "; ")));
    std::vector<std::string> judgement;
    std::istringstream lines(judgement_of(played));
    for (std::string line; std::getline(lines, line);) judgement.push_back(line);
    return {played.told, std::move(played.verdict), std::move(judgement)};
  }

 private:
  Options options_;
  load::Scenario scenario_;
  report::Stage stage_;
  std::vector<Job> jobs_;
};

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

// Which letters the terminal can be given: what the locale says, as programs read it.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (is_set(name)) {
      const std::string value = std::getenv(name);
      return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos || value.find("utf-8") != value.npos;
    }
  return false;
}

void print_plain(const watch::Story& story) {
  fmt::print("{}\n{}\n", story.title(), story.about());
  for (std::size_t at = 0; at < story.size(); ++at) {
    fmt::print("{} {:>16}  {}: {}\n", story.is_mark(at) ? '*' : ' ', report::time_text(story.time(at)), story.who(at), story.what(at));
    for (const auto& fact : story.facts(at))
      if (fact.changed) fmt::print("{:24}{} {}, {}: {}\n", "", fact.group, fact.name, fact.key, fact.value);
    for (const auto& breach : story.breaches(at)) fmt::print("{:24}a promise is broken, {}\n", "", breach);
  }
  for (const auto& line : story.judgement()) fmt::print("{}\n", line);
}

class Watching {
 public:
  Watching(const Theatre& theatre, watch::Story first)
      : theatre_(theatre), lifted_(theatre.lifted()), unicode_(speaks_utf8()), colour_(!is_set("NO_COLOR")) {
    keep(std::move(first));
    view_.note = theatre.note();
    if (story().is_wire(0)) view_.at = story().next(0, false);
  }

  // The signal that ended it; 0: somebody wished to quit.
  int run() {
    for (;;) {
      const auto size = terminal_.size();
      terminal_.show(watch::ansi(watch::draw(story(), before(), view_, size, unicode_), colour_));
      const auto input = terminal_.wait(keys_.waits() ? std::optional(kSettleMilliseconds) : std::nullopt);
      if (input.end != 0) return input.end;
      const auto pressed = input.bytes.empty() && !input.again ? keys_.settle() : keys_.take(input.bytes);
      for (const auto& key : pressed) {
        const auto wish = watch::press(view_, key, story(), watch::page_of(view_, size));
        if (wish == watch::Wish::kQuit) return 0;
        if (wish == watch::Wish::kToggle) toggle();
        if (wish == watch::Wish::kRestore) show_with(theatre_.lifted());
      }
    }
  }

 private:
  const watch::Story& story() const { return stories_.at(lifted_); }
  const watch::Story* before() const { return lifted_ == theatre_.lifted() ? nullptr : &stories_.at(theatre_.lifted()); }
  void keep(watch::Story story) { stories_.insert_or_assign(lifted_, std::move(story)); }

  void toggle() {
    const auto id = story().defence(view_.at);
    if (id.empty()) {
      view_.note = "no defence speaks here; n leads to what matters";
      return;
    }
    auto lift = lifted_;
    if (const auto found = std::ranges::find(lift, id); found != lift.end()) lift.erase(found);
    else lift.push_back(id);
    show_with(std::move(lift));
  }

  // Plays it where it was not yet, with the terminal as others know it: whoever is tired of waiting ends the program.
  void show_with(std::vector<std::string> lift) {
    if (lift == lifted_) {
      view_.note = "that is the run that you see";
      return;
    }
    const auto time = story().time(view_.at);
    const bool end = story().is_end(view_.at);
    if (!stories_.contains(lift)) {
      terminal_.leave();
      try {
        stories_.emplace(lift, theatre_.play(lift));
      } catch (const base::UserError& error) {  // a conformance row cannot be lifted
        terminal_.enter();
        view_.note = error.what();
        return;
      }
      terminal_.enter();
    }
    const auto was = story().sentence();
    lifted_ = std::move(lift);
    view_.at = end ? story().size() - 1 : std::min(story().at_time(time), story().size() - 1);
    if (!view_.wires && story().is_wire(view_.at)) view_.at = story().next(view_.at, false);
    view_.event_scroll = view_.facts_scroll = 0;
    view_.note = fmt::format("{}   (before: {})", story().sentence(), was);
  }

  const Theatre& theatre_;
  std::vector<std::string> lifted_;
  std::map<std::vector<std::string>, watch::Story> stories_;  // by what is lifted
  watch::View view_;
  watch::Keys keys_;
  bool unicode_, colour_;
  watch::Terminal terminal_;
};

void run(Session& session, const Options& options) {
  if (!options.plain && !watch::Terminal::present())
    throw base::UserError("watch: standard input and output are no terminal; `--plain` prints the steps instead");
  const Theatre theatre(session, options);
  auto story = theatre.play(theatre.lifted());
  if (options.plain) return print_plain(story);
  const int signal = Watching(theatre, std::move(story)).run();
  if (signal != 0) watch::end_by(signal);
}

}  // namespace

void add_watch(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("watch", "steps through one run in the terminal: messages, bytes, and what is true at each step");
  command->add_option("FILE", options->file, "a scenario file, or an id of the catalogue")->required();
  command->add_option("--platform", options->platforms, "on this one (default: the first that the file has)")->expected(1);
  command->add_option("--seed", options->seed, "of every random stream (default 1)")->check(whole_number);
  command->add_option("--lift", options->lift, "take this defence away")->allow_extra_args(false);
  command->add_option("--set", options->set, "part.setting=value")->allow_extra_args(false);
  command->add_option("--weather", options->weather, "lay this honest disturbance over the run (list weather)")->allow_extra_args(false);
  command->add_option("--profile", options->profile, "baseline or hardened");
  command->add_flag("--plain", options->plain, "print the steps, with the facts that change, and end");
  command->callback([&session, options] { run(session, *options); });
}

}  // namespace glacis
