#pragma once
// What a page's messages mean, one session for each WebSocket: `welcome`, `open` a file of the catalogue, `check` a text, `run` it in
// a child (one at a time), `stop` that. Every message is answered: {"id": N, "ok": ...} or {"id": N, "error": "one line"}.
#include <memory>
#include <string_view>

#include "scenarios/gateway/web_server.h"
#include "scenarios/glacis/web_catalogue.h"

namespace glacis {

class WebSession {
 public:
  WebSession(const Home& home, const WebCatalogue& catalogue, gateway::WebJobs& jobs, gateway::WebSend send)
      : home_(home), catalogue_(catalogue), jobs_(jobs), send_(std::move(send)) {}

  void hear(std::string_view text);

 private:
  const Home& home_;
  const WebCatalogue& catalogue_;
  gateway::WebJobs& jobs_;
  gateway::WebSend send_;
  std::uint64_t asked_ = 0;  // the message that the run answers
  std::unique_ptr<gateway::WebJob> run_;
};

}  // namespace glacis
