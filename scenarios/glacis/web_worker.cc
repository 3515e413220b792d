#include "scenarios/glacis/web_worker.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/web_message.h"
#include "scenarios/glacis/plays.h"
#include "scenarios/glacis/web_desk.h"
#include "scenarios/web/film_json.h"

namespace glacis {

namespace {

constexpr rlim_t kMemoryMax = rlim_t{4} << 30;  // on top of what a program of this build has mapped when it starts
constexpr std::size_t kInputBytesMax = 4 << 20;

void live_within_limits() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t most = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + kMemoryMax;
  const rlimit memory{most, most}, core{0, 0};
  ::setrlimit(RLIMIT_AS, &memory);
  ::setrlimit(RLIMIT_CORE, &core);
}

std::string whole_input() {
  std::string out(kInputBytesMax + 1, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), stdin));
  if (out.size() > kInputBytesMax) throw base::UserError("the page's message is too large");
  return out;
}

PlayOptions options_of(const gateway::WebMessage& message) {
  PlayOptions out;
  out.film = true;
  const auto seed = message.text("seed"), profile = message.text("profile");
  if (!seed.empty()) {
    const auto [end, error] = std::from_chars(seed.data(), seed.data() + seed.size(), out.seed);
    if (error != std::errc() || end != seed.data() + seed.size()) throw base::UserError("the seed `" + seed + "` is no whole number of 64 bits");
  }
  if (!profile.empty()) out.profile = profile;
  out.lift = message.list("lift");
  out.weather = message.list("weather");
  check_options(out);
  return out;
}

// The run that was asked for; where it lifts defences, the run with all of them first.
boost::json::object played(const WebDesk& desk, const gateway::WebMessage& message) {
  const auto name = message.text("name");
  const auto options = options_of(message);
  const std::vector<load::Scenario> scenarios{desk.scenario(name)};
  const auto platform = message.text("platform");
  const auto jobs = jobs_of(scenarios, platform.empty() ? std::vector<std::string>{} : std::vector{platform});
  if (jobs.size() != 1) throw base::UserError("a page plays one platform at a time");
  const auto stage = desk.stage();
  boost::json::array films, texts;
  const auto add = [&](const PlayOptions& how) {
    const auto one = play(stage, jobs[0], how);
    texts.emplace_back(text_of(one, false));
    if (one.cell.observed != "n/a")
      films.push_back(web::film_object(one.told, one.verdict, one.compared ? &one.cell : nullptr, message.map("files").at(name)));
  };
  PlayOptions whole = options;
  whole.lift.clear();
  if (!options.lift.empty()) add(whole);
  add(options);
  return {{"runs", std::move(films)}, {"texts", std::move(texts)}};
}

}  // namespace

void play_for_page(Session& session) {
  live_within_limits();
  const auto message = gateway::parse_web_message(whole_input());
  const WebDesk desk(session.home, message.map("files"));
  boost::json::object out;
  try {
    out = played(desk, message);
  } catch (const base::UserError& error) {
    const auto mark = desk.mark_of(error.what());
    out = {{"marks", boost::json::array{object_of(mark)}}};
  }
  const auto text = boost::json::serialize(out);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace glacis
