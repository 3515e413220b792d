#pragma once
// A film of six events: an altered request at a mailbox, what came of it, and two packets of a link.
#include "platform/protocol/doe/discovery.h"
#include "platform/trust/boundary.h"
#include "platform/wire/schema.h"
#include "scenarios/engine/filming.h"
#include "scenarios/report/play.h"

namespace exports {

inline load::Scenario test_scenario() {
  load::Scenario out;
  out.id = "storm";
  out.file = "storm.yaml";
  out.title = {"A storm; \"loud\" # 1", {1, 11}};
  return out;
}

inline report::Told told(const load::Scenario& scenario) {
  report::Told out;
  out.scenario = &scenario;
  out.platform = "snp";
  return out;
}

inline engine::Verdict filmed() {
  using Tone = engine::FilmEvent::Tone;
  static const auto kSchema = wire::schema_of<doe::DiscoveryRequest>("doe.DISCOVERY_REQUEST");
  const trust::Boundary box("doe rp0 -> gpu0"), down("link rp0 - gpu0.down");
  int owner = 0;
  engine::Filming filming([&](const engine::Filming::Fact& fact) { fact("memory", "page 1", "owner", owner++ < 2 ? "vm0" : "vmm"); });
  filming.line(0, Tone::kSaid, "vm0", "=reaches \"stored\", then\nmore");
  trust::Message ask{.object = "DISCOVERY", .bytes = {1, 0, 0, 0}, .schema = &kSchema};
  const auto first = filming.sent(1'500'000, box, ask);
  filming.begin_attack();
  ask.bytes[0] = 3;
  filming.arrived(first, box, &ask);
  filming.line(1'500'000, Tone::kAct, "vmm", "alters DISCOVERY");
  const trust::Message packet{.object = "MRd32", .bytes = {0x92, 1, 2}};
  filming.arrived(filming.sent(1'600'001, down, packet), down, &packet);
  filming.arrived(filming.sent(1'600'001, down, packet), down, nullptr);
  filming.line(2'000'000, Tone::kRefused, "gpu0", "doe.index", "PCIe 6.0, 6.30", "doe.index");
  engine::Verdict out;
  out.outcome = engine::Outcome::kBlocked;
  out.spoken.push_back({"doe.index", trust::Act::kRefuse, "gpu0", 2'000'000});
  out.film = std::make_shared<const engine::Film>(filming.take());
  return out;
}

// A guest asks its owner, who answers across a boundary of its own; the host asks once more, past all boundaries, and is answered.
inline engine::Verdict answered() {
  const trust::Boundary to_owner("net vm0 -> owner0"), to_guest("net owner0 -> vm0");
  const trust::Message ask{.object = "EVIDENCE", .bytes = {1}}, answer{.object = "ANSWER", .bytes = {2}, .reply = true};
  engine::Filming filming({});
  filming.arrived(filming.sent(1'000, to_owner, ask), to_owner, &ask);
  filming.arrived(filming.sent(2'000, to_guest, answer), to_guest, &answer);
  filming.begin_attack();
  filming.handed(3'000, to_owner, ask);
  filming.handed(4'000, to_owner, answer);
  engine::Verdict out;
  out.film = std::make_shared<const engine::Film>(filming.take());
  return out;
}

// The same with a film that a limit ended, and with none at all.
inline engine::Verdict cut_short() {
  auto out = filmed();
  auto film = *out.film;
  film.cut = true;
  out.film = std::make_shared<const engine::Film>(std::move(film));
  return out;
}
inline engine::Verdict never_filmed() { return {}; }

}  // namespace exports
