// Moves on cards: the host's own accesses, what is in their slots, packets of one's own making, and disks.
#include <algorithm>
#include <charconv>

#include "scenarios/engine/cards.h"
#include "scenarios/engine/nouns.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

constexpr std::uint64_t kWritten = 0x5A;
constexpr std::uint64_t kRequesters[] = {0x0000, 0x0100, 0x0200, 0x0300};

std::string hex(std::uint64_t value) {
  char out[18] = "0x";
  const auto [end, wrong] = std::to_chars(out + 2, out + sizeof out, value, 16);
  return {out, end};
}

// Each move at each moment alike.
template <class Make>
void whenever(const Drawing& d, const std::string& group, const Make& make) {
  for (const auto& moment : d.survey.moments) d.add(group, moment.event, 0, {after(make(), moment.name)});
}

// Each move at each moment, the last two before the others.
template <class Make>
void at_moments(const Drawing& d, const std::string& group, unsigned wave, const Make& make) {
  const auto& moments = d.survey.moments;
  for (std::size_t i = 0; i < moments.size(); ++i)
    d.add(group, moments[i].event, std::min(2u, wave + (i + 1 == moments.size() || i + 2 == moments.size() ? 0u : 1u)), {after(make(), moments[i].name)});
}

void accesses(const Drawing& d, const std::string& card) {
  const std::string config = card + ".config", mmio = card + ".mmio", by = d.who(config), memory_by = d.who(mmio);
  for (const auto& name : engine::card_registers())
    for (const std::uint64_t value : {0ull, 0xFFFF'FFFFull, 0x1ull, 0x0100'0001ull, 0x0100'0000ull, 0x4000'0000ull})
      at_moments(d, "config write " + name, value == 0 ? 0 : 1, [&] { return with(step_of(by, config, "write", {name}), "value", value); });
  for (const char* how : {"flr", "hot"}) whenever(d, "config reset", [&] { return step_of(by, config, "reset", {how}); });
  for (const char* bar : {"bar0", "bar2"}) {
    at_moments(d, "mmio read", 0, [&] { return step_of(memory_by, mmio, "read", {bar}); });
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{0x10}, kElsewhere}) {
      at_moments(d, "mmio write", offset == 0 ? 0 : 1, [&] { return with(with(step_of(memory_by, mmio, "write", {bar}), "offset", offset), "value", kWritten); });
      at_moments(d, "mmio map", offset == 0 || offset == kElsewhere ? 0 : 1, [&] { return with(step_of(memory_by, mmio, "map", {bar}), "offset", offset); });
    }
  }
}

void parts(const Drawing& d, const std::string& card) {
  const std::string flash = card + ".flash", slot = card + ".slot", mailbox = card + ".mailbox";
  for (const auto& word : engine::firmware_words()) whenever(d, "flash write " + word, [&] { return step_of(d.who(flash), flash, "write", {word}); });
  for (const auto& word : engine::slot_words()) whenever(d, "slot hotplug " + word, [&] { return step_of(d.who(slot), slot, "hotplug", {word}); });
  for (const char* what : {"KEY_PROG", "LOCK_INTERFACE_REQUEST", "START_INTERFACE_REQUEST", "STOP_INTERFACE_REQUEST"})
    for (const char* session : {"own", "none"})
      whenever(d, std::string("mailbox ask ") + what, [&] { return with(step_of(d.who(mailbox), mailbox, "ask", {what}), "session", session); });
}

void mailbox_answers(const Drawing& d) {
  for (const auto& crossing : d.survey.crossings) {
    if (!crossing.boundary.starts_with("doe ") || crossing.events.empty()) continue;
    const std::string by = d.who(crossing.boundary), device = crossing.boundary.substr(crossing.boundary.rfind(' ') + 1);
    for (std::uint64_t nth = 1; nth <= std::min<std::size_t>(crossing.events.size(), 40); ++nth) {
      const auto at = crossing.events[nth - 1];
      if (crossing.reply)
        for (const char* what : {"START_INTERFACE_RESPONSE", "DEVICE_INTERFACE_STATE"})
          d.add("doe answer", at, 1, {on(with(step_of(by, crossing.boundary, "answer", {what}), "way", "reply"), crossing.object, crossing.nths[nth - 1])});
      else if (nth <= 2)
        d.add("doe impersonate", at, 0, {on(step_of(by, crossing.boundary, "impersonate", {device}), crossing.object, crossing.nths[nth - 1])});
    }
    if (!crossing.reply) d.add("doe impersonate", 0, 0, {step_of(by, crossing.boundary, "impersonate", {device})});
  }
}

void own_packets(const Drawing& d, const std::string& at) {
  const std::string by = d.who(at), kind = without_digits(at);
  if (by.empty()) return;
  std::vector<std::pair<std::string, std::string>> aims;  // argument, what it says
  for (const auto& page : d.survey.pages) aims.emplace_back("address", page), aims.emplace_back("iova", page);
  for (const auto address : d.survey.addresses) aims.emplace_back("address", hex(address));
  for (const char* type : {"MWr", "MRd"})
    for (const auto& [arg, aim] : aims) {
      const auto packet = with(with(with(step_of(by, at, "craft", {type}), arg, aim), "bytes", std::uint64_t{64}), "value", kWritten);
      const std::string group = kind + " craft " + type + " " + arg;
      at_moments(d, group, 0, [&] { return packet; });
      for (const auto requester : kRequesters) at_moments(d, group + " requester", 1, [&] { return with(packet, "requester", requester); });
      at_moments(d, group + " translated", 1, [&] { return with(packet, "translated", "enabled"); });
      at_moments(d, group + " trusted", 1, [&] { return with(packet, "trusted", "enabled"); });
      at_moments(d, group + " trusted translated", 1, [&] { return with(with(packet, "trusted", "enabled"), "translated", "enabled"); });
    }
}

// A register of the card, of its port or of the switch above it, written by a packet of the host's.
void own_config_writes(const Drawing& d, const std::string& at, const std::vector<std::string>& bridges) {
  const std::string by = d.who(at);
  if (by.empty()) return;
  std::vector<std::string> targets{""};
  targets.insert(targets.end(), bridges.begin(), bridges.end());
  for (const auto& target : targets)
    for (const auto& name : engine::card_registers())
      for (const std::uint64_t value : {0ull, 0x0100'0000ull, 0xFFFF'FFFFull})
        for (const std::uint64_t bytes : {4ull, 2ull}) {
          auto packet = with(with(with(step_of(by, at, "craft", {"CfgWr0"}), "register", name), "bytes", bytes), "value", value);
          if (!target.empty()) packet = with(std::move(packet), "target", target);
          at_moments(d, "craft CfgWr0 " + name, value == 0 && bytes == 4 ? 0 : 1, [&] { return packet; });
        }
}

// In the place of one that crosses, and kept ones under another header.
void packets_on_the_way(const Drawing& d) {
  for (const auto& crossing : d.survey.crossings) {
    const bool link = crossing.boundary.starts_with("link ") || crossing.boundary.starts_with("sw");
    const std::string by = d.who(crossing.boundary);
    if (!link || by.empty()) continue;
    const auto dot = crossing.object.rfind('.');
    const std::string type = dot == std::string::npos ? crossing.object : crossing.object.substr(dot + 1);
    for (const auto& moment : d.survey.moments)
      if (type == "CplD" || type == "MWr" || type == "MRd")
        d.add("craft in place " + crossing.object, moment.event, 0,
              {after(on(with(step_of(by, crossing.boundary, "craft", {type}), "value", kWritten), crossing.object, 0), moment.name)});
    if (!crossing.object.starts_with("IDE.") || type != "MWr") continue;
    const auto keep = on(with(step_of(by, crossing.boundary, "record"), "as", "old"), crossing.object, 1);
    for (const auto& page : d.survey.pages) {
      const auto again = with(with(step_of(by, crossing.boundary, "craft", {"MWr"}), "from", "old"), "iova", page);
      d.add("craft from kept", crossing.events[0], 1, {keep, again});
      for (const auto requester : kRequesters) d.add("craft from kept", crossing.events[0], 2, {keep, with(again, "requester", requester)});
    }
  }
}

void media(const Drawing& d, const std::string& card) {
  const std::string at = card + ".medium", by = d.who(at);
  const auto& moments = d.survey.moments;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto now = [&](load::Step step) { return Attack{after(std::move(step), moments[i].name)}; };
    d.add("medium read", moments[i].event, 0, now(step_of(by, at, "read", {"all"})));
    for (const char* block : {"0", "1", "2", "10", "11", "12"}) {
      d.add("medium flip", moments[i].event, 0, now(step_of(by, at, "flip", {block})));
      d.add("medium write", moments[i].event, 1, now(step_of(by, at, "write", {block})));
      for (std::size_t j = i + 1; j < moments.size(); ++j)
        d.add("medium replay block", moments[i].event, 1,
              {after(with(step_of(by, at, "record", {block}), "as", "before"), moments[i].name), after(step_of(by, at, "replay", {"before"}), moments[j].name)});
    }
    d.add("medium swap", moments[i].event, 0, now(step_of(by, at, "swap", {"11", "12"})));
    for (const auto& field : engine::disk_fields())
      for (const std::uint64_t value : {0ull, 1ull}) d.add("medium set", moments[i].event, 0, now(with(step_of(by, at, "set", {field}), "value", value)));
    for (std::size_t j = i + 1; j < moments.size(); ++j)
      d.add("medium replay", moments[i].event, 0,
            {after(with(step_of(by, at, "record", {"all"}), "as", "before"), moments[i].name), after(step_of(by, at, "replay", {"before"}), moments[j].name)});
  }
}

}  // namespace

void device_moves(const Drawing& drawing) {
  std::vector<std::string> cards, bridges;
  for (const auto& [name, part] : drawing.target.machine.parts) {
    if (engine::is_card(part.is) || part.is == "function") cards.push_back(name);
    if (part.is == "root-port" || part.is == "switch") bridges.push_back(name);
    if (engine::is_virtio_name(name))
      at_moments(drawing, "virtio plug", 0, [&] { return step_of(drawing.who(name + ".slot"), name + ".slot", "hotplug", {name}); });
  }
  if (cards.empty()) return;
  for (const auto& card : cards) {
    accesses(drawing, card);
    parts(drawing, card);
    own_packets(drawing, card + ".logic");
    if (card.starts_with("nvme")) media(drawing, card);
  }
  mailbox_answers(drawing);
  packets_on_the_way(drawing);
  for (const auto& boundary : drawing.survey.boundaries) {
    if (boundary.starts_with("config ")) own_config_writes(drawing, boundary, bridges);
    if (boundary.starts_with("link ") || boundary.starts_with("mmio ") || boundary.starts_with("sw")) own_packets(drawing, boundary);
  }
}

}  // namespace explore
