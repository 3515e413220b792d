#include "scenarios/glacis/web_command.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "scenarios/glacis/web_session.h"
#include "scenarios/web/page.h"

namespace glacis {

namespace {

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// Script and style are files of their own, so that the page's policy can name them as its own; each needs the token too.
std::string page_of(const std::string& token) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Glacis</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/page.css?token={0}\">\n</head>\n<body>\n"
      "<div id=\"app\"></div>\n<noscript><p>This page needs its script. `glacis run FILE --html PAGE` writes a page that is read without one.</p></noscript>\n"
      "<script src=\"/live.js?token={0}\"></script>\n</body>\n</html>\n",
      token);
}

std::optional<gateway::WebFile> file_of(const std::string& path, const std::string& token) {
  if (path == "/") return gateway::WebFile{"text/html; charset=utf-8", page_of(token)};
  if (path == "/live.js") return gateway::WebFile{"text/javascript; charset=utf-8", std::string(web::asset("live.js"))};
  if (path == "/page.css") return gateway::WebFile{"text/css; charset=utf-8", std::string(web::asset("page.css"))};
  return std::nullopt;
}

}  // namespace

void serve_web(Session& session, std::uint16_t port) {
  const auto catalogue = web_catalogue(session.home);
  gateway::WebSettings settings{.port = port};
  settings.jobs.at_once_max = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
  gateway::WebServer server(settings);
  say(server.url());
  say("open it in a browser of this machine; the address is the key, so give it to nobody. Ctrl+C ends it");
  server.serve({.file = [&](const std::string& path) { return file_of(path, server.token()); },
                .greet = [&](gateway::WebSend send) -> gateway::WebTalk {
                  auto talk = std::make_shared<WebSession>(session.home, catalogue, server.jobs(), std::move(send));
                  return [talk](std::string_view text) { talk->hear(text); };
                }});
}

}  // namespace glacis
