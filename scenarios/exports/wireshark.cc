#include "scenarios/exports/wireshark.h"

#include <algorithm>

#include "scenarios/exports/pcapng.h"
#include "scenarios/exports/session_reader.h"

namespace exports {

namespace {

using engine::FilmEvent;
using Fate = FilmEvent::Fate;

// "3 bytes altered: 0x10: 01 became 81; ...".
std::string difference(base::View sent, base::View arrived) {
  constexpr std::size_t kToldMax = 8;
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(sent.size(), arrived.size()); ++i) {
    if (sent[i] == arrived[i] || ++count > kToldMax) continue;
    out += "\n  byte " + std::to_string(i) + ": " + base::to_hex(sent.subspan(i, 1)) + " became " + base::to_hex(arrived.subspan(i, 1));
  }
  if (count > kToldMax) out += "\n  and " + std::to_string(count - kToldMax) + " bytes more";
  if (sent.size() != arrived.size()) out += "\n  " + std::to_string(sent.size()) + " bytes became " + std::to_string(arrived.size());
  return out;
}

class Shot {
 public:
  Shot(const engine::Film& film, const engine::Captures& captures) : film_(film), captures_(captures) {}

  void add(const FilmEvent& event) {
    const auto& name = film_.texts[event.actor];
    const bool mailbox = name.starts_with("doe ");
    const auto &sent = film_.blobs[event.sent], &arrived = film_.blobs[event.arrived];
    const bool intact = event.fate == Fate::kArrived || event.fate == Fate::kOutside;
    if (!intact) frame(event, name + " (as sent)", sent, event.fate == Fate::kLost ? "never arrives" : "arrives otherwise: the next packet");
    if (event.fate != Fate::kLost) frame(event, name, arrived, comment_of(event, sent, arrived));
    if (mailbox) look_inside(event, name, sent, arrived);
  }

  std::vector<Interface> interfaces;
  std::vector<Frame> frames;

 private:
  std::string comment_of(const FilmEvent& event, base::View sent, base::View arrived) const {
    if (event.fate == Fate::kOutside) return "handed over by the adversary";
    if (event.fate != Fate::kAltered) return "";
    return (event.to ? "led to " + film_.texts[event.to] : "altered by the adversary") + difference(sent, arrived);
  }

  void frame(const FilmEvent& event, const std::string& name, const base::Bytes& bytes, std::string comment) {
    const bool mailbox = name.starts_with("doe ");
    const Link link = name.starts_with("inside of ") ? Link::kSession : mailbox ? Link::kDataObject : Link::kTlp;
    auto found = std::ranges::find(interfaces, name, &Interface::name);
    if (found == interfaces.end()) found = interfaces.insert(found, {name, link});
    frames.push_back({static_cast<std::size_t>(found - interfaces.begin()), event.time, event.reply, std::move(comment), bytes});
  }

  // The responder heard requests as they arrived, and said responses as they were sent.
  void look_inside(const FilmEvent& event, const std::string& name, const base::Bytes& sent, const base::Bytes& arrived) {
    auto reader = readers_.find(name);
    if (reader == readers_.end()) {
      const auto capture = captures_.find(name);
      const auto secrets = capture == captures_.end() ? std::vector<base::Bytes>{} : capture->second.secrets;
      reader = readers_.emplace(name, SessionReader(secrets)).first;
    }
    const bool altered = sent != arrived;
    if (event.reply || !altered) {
      const auto plain = reader->second.hear(sent, event.reply);
      if (plain) frame(event, "inside of " + name + (altered ? " (as sent)" : ""), *plain, altered ? "arrives otherwise, or never" : "");
      return;
    }
    if (const auto meant = reader->second.peek(sent, false)) frame(event, "inside of " + name + " (as sent)", *meant, "arrives otherwise, or never");
    if (event.fate == Fate::kLost) return;
    if (const auto plain = reader->second.hear(arrived, false)) frame(event, "inside of " + name, *plain, "");
  }

  const engine::Film& film_;
  const engine::Captures& captures_;
  std::map<std::string, SessionReader> readers_;
};

}  // namespace

base::Bytes capture_of(const std::string& title, const engine::Verdict& verdict) {
  static const engine::Film kNone;
  const engine::Film& film = verdict.film ? *verdict.film : kNone;
  Shot shot(film, verdict.captures);
  for (const auto& event : film.events) {
    const auto& name = film.texts[event.actor];
    if (event.kind == FilmEvent::Kind::kMessage && (name.starts_with("doe ") || name.starts_with("link "))) shot.add(event);
  }
  return pcapng(title + (film.cut ? "\nThe run was longer: what came later is missing (limit film.events_max or film.bytes_max)." : ""),
                shot.interfaces, shot.frames);
}

}  // namespace exports
