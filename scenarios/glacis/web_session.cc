#include "scenarios/glacis/web_session.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/web_message.h"
#include "scenarios/glacis/web_desk.h"
#include "scenarios/load/document.h"

namespace glacis {

namespace json = boost::json;

namespace {

std::string good(std::uint64_t id, std::string_view what) { return fmt::format("{{\"id\":{},\"ok\":{}}}", id, what); }
std::string bad(std::uint64_t id, const std::string& why) { return json::serialize(json::object{{"id", id}, {"error", why}}); }

json::array array_of(const std::vector<WebMark>& marks) {
  json::array out;
  for (const auto& mark : marks) out.push_back(object_of(mark));
  return out;
}

}  // namespace

void WebSession::hear(std::string_view text) {
  std::uint64_t id = 0;
  try {
    const auto message = gateway::parse_web_message(text);
    id = message.id;
    if (message.ask == "welcome") return send_(good(id, catalogue_.welcome));
    if (message.ask == "open") {
      const auto name = message.text("name");
      if (!catalogue_.files.contains(name)) throw base::UserError("the catalogue has no file `" + name + "`");
      const auto path = home_.scenarios() + name.substr(name.find('/'));
      return send_(good(id, json::serialize(json::object{{"name", name}, {"text", load::read_text(path, kWebTextBytesMax)}})));
    }
    if (message.ask == "check") {
      const WebDesk desk(home_, message.map("files"));
      return send_(good(id, json::serialize(json::object{{"marks", array_of(desk.marks_of(message.text("name")))}})));
    }
    if (message.ask == "stop") {
      if (run_) send_(bad(asked_, "stopped"));
      run_.reset();
      return send_(good(id, "{}"));
    }
    if (message.ask != "run") throw base::UserError("nothing is known of `" + message.ask + "`; known: welcome, open, check, run, stop");
    if (run_) throw base::UserError("a run of this page is under way; stop it first");
    asked_ = id;
    run_ = jobs_.start({"/proc/self/exe", "serve", "--web-worker"}, std::string(text), [this](gateway::WebJobEnd end) {
      run_.reset();
      constexpr std::string_view kName = "glacis: ";
      send_(end.good ? good(asked_, end.text) : bad(asked_, end.text.starts_with(kName) ? end.text.substr(kName.size()) : end.text));
    });
  } catch (const base::UserError& error) {
    send_(bad(id, error.what()));
  }
}

}  // namespace glacis
