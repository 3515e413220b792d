// Moves on memory and on who leads to it.
#include <algorithm>

#include "scenarios/explore/moves.h"

namespace explore {

namespace {

std::string vm_of(const std::string& name) { return name.substr(0, name.find('.')); }

// The host's mapping of a VM's memory, or the bus below it, for one page.
struct Window {
  std::string by, at;
};
std::vector<Window> windows(const Drawing& d, const std::string& page) {
  std::vector<Window> out;
  for (const auto& at : {vm_of(page) + ".memory", std::string("dram")})
    if (const auto by = d.who(at); !by.empty()) out.push_back({by, at});
  return out;
}

void one_page(const Drawing& d, const std::string& page, const Window& w) {
  const auto group = [&](const char* what) { return without_digits(w.at) + " " + what; };
  for (const auto& moment : d.survey.moments) {
    const auto at = [&](load::Step step) { return Attack{after(std::move(step), moment.name)}; };
    d.add(group("read"), moment.event, 0, at(step_of(w.by, w.at, "read", {page})));
    d.add(group("write"), moment.event, 0, at(with(step_of(w.by, w.at, "write", {page}), "value", 0)));
    d.add(group("flip"), moment.event, 0, at(step_of(w.by, w.at, "flip", {page})));
    d.add(group("write"), moment.event, 1, at(step_of(w.by, w.at, "write", {page})));
    if (moment.times > 1) d.add(group("read each time"), moment.event, 0, at(always(with(step_of(w.by, w.at, "read", {page}), "bytes", 64), moment.times)));
    d.add(group("write"), moment.event, 2, at(with(with(step_of(w.by, w.at, "write", {page}), "bytes", 16), "offset", 64)));
    for (const auto& other : d.survey.pages)
      d.add(group("write address"), moment.event, 2, at(with(step_of(w.by, w.at, "write", {page}), "address", other)));
  }
}

// Two moments, or two pages.
void keep_and_put_back(const Drawing& d, const std::string& page, const Window& w) {
  const auto& moments = d.survey.moments;
  const std::string group = without_digits(w.at) + " replay";
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto keep = after(with(step_of(w.by, w.at, "record", {page}), "as", "old"), moments[i].name);
    for (std::size_t j = i + 1; j < moments.size(); ++j)
      d.add(group, moments[i].event, j == i + 1 ? 0 : 1, {keep, after(step_of(w.by, w.at, "replay", {"old"}), moments[j].name)});
    for (const auto& other : d.survey.pages) {
      if (other == page) continue;
      const auto put = with(step_of(w.by, w.at, "replay", {"old"}), "to", other);
      d.add(group + " to", moments[i].event, i + 1 == moments.size() ? 0 : 1, {keep, put});
      d.add(group + " to tweaked", moments[i].event, i + 1 == moments.size() ? 1 : 2, {keep, with(put, "adjust", "tweak")});
    }
  }
}

// A module of twice the size that it has: each cell answers to two addresses.
void through_an_alias(const Drawing& d, const std::string& page, const Window& w) {
  const bool bus = w.at == "dram";
  const std::string built_by = d.who("machine");
  const auto make = bus ? step_of(w.by, "dram", "alias", {"engage"}) : step_of(built_by, "machine", "alias", {"spd"});
  const auto begin = [&](std::vector<load::Step> rest) {
    Attack out{make};
    for (auto& step : rest) out.push_back(with(std::move(step), "through", "alias"));
    return out;
  };
  const auto& moments = d.survey.moments;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto at = [&](load::Step step, std::size_t which) { return after(std::move(step), moments[which].name); };
    d.add("alias read", moments[i].event, 1, begin({at(step_of(w.by, w.at, "read", {page}), i)}));
    d.add("alias write", moments[i].event, 1, begin({at(step_of(w.by, w.at, "write", {page}), i)}));
    for (std::size_t j = i + 1; j < moments.size(); ++j)
      d.add("alias replay", moments[i].event, 1,
            begin({at(with(step_of(w.by, w.at, "record", {page}), "as", "old"), i), at(step_of(w.by, w.at, "replay", {"old"}), j)}));
  }
}

void mappings(const Drawing& d) {
  const auto& pages = d.survey.pages;
  for (const auto& moment : d.survey.moments) {
    for (std::size_t i = 0; i < pages.size(); ++i) {
      const std::string at = vm_of(pages[i]) + ".mapping", by = d.who(at), kind = without_digits(at);
      const auto act = [&](load::Step step) { return Attack{after(std::move(step), moment.name)}; };
      d.add(kind + " unmap", moment.event, 0, act(step_of(by, at, "unmap", {pages[i]})));
      d.add(kind + " map", moment.event, 0, act(step_of(by, at, "map", {pages[i]})));
      d.add(kind + " map", moment.event, 0, act(with(step_of(by, at, "map", {pages[i]}), "as", "private")));
      d.add(kind + " map", moment.event, 1, act(with(step_of(by, at, "map", {pages[i]}), "as", "shared")));
      for (std::size_t j = 0; j < pages.size(); ++j) {
        if (i == j) continue;
        if (i < j) d.add(kind + " swap", moment.event, 0, act(step_of(by, at, "swap", {pages[i], pages[j]})));
        d.add(kind + " alias", moment.event, 0, act(with(step_of(by, at, "alias", {pages[i]}), "to", pages[j])));
      }
      if (const std::string iommu = "iommu0.mapping"; moment.event > 0) {
        d.add("iommu map", moment.event, 0, act(step_of(d.who(iommu), iommu, "map", {pages[i]})));
        if (i == 0) d.add("iommu map", moment.event, 0, act(step_of(d.who(iommu), iommu, "map", {"own"})));
      }
    }
  }
}

// A fault tells the host when a page is next wanted: what it does then lies between two moments.
void at_a_fault(const Drawing& d) {
  for (const auto& moment : d.survey.moments)
    for (const auto& page : d.survey.pages) {
      const std::string vm = vm_of(page), at = vm + ".mapping", by = d.who(at);
      const std::string fault = vm + ".fault." + page.substr(page.rfind('.') + 1);
      const auto unmap = after(step_of(by, at, "unmap", {page}), moment.name);
      for (const auto& other : d.survey.pages) {
        if (vm_of(other) != vm) continue;
        for (const auto& w : windows(d, other)) {
          d.add("fault write", moment.event, 1, {unmap, after(with(step_of(w.by, w.at, "write", {other}), "value", 0), fault)});
          d.add("fault read", moment.event, 2, {unmap, after(step_of(w.by, w.at, "read", {other}), fault)});
        }
        if (other != page) {
          d.add("fault unmap", moment.event, 1, {unmap, after(step_of(by, at, "unmap", {other}), fault)});
          d.add("fault swap", moment.event, 1, {unmap, after(step_of(by, at, "swap", {page, other}), fault)});
        }
      }
    }
}

// One page at a time is mapped: which one is wanted next shows at each fault.
void trace_faults(const Drawing& d) {
  constexpr std::size_t kPagesMost = 8;
  constexpr std::uint64_t kFaults = 200;
  for (const auto& vm : d.survey.vms) {
    std::vector<std::string> pages;
    for (const auto& page : d.survey.pages)
      if (vm_of(page) == vm && pages.size() < kPagesMost) pages.push_back(page);
    if (pages.size() < 2) continue;
    const std::string at = vm + ".mapping", by = d.who(at);
    for (const auto& moment : d.survey.moments) {
      Attack steps{after(step_of(by, at, "unmap", pages), moment.name)};
      for (const auto& wanted : pages) {
        auto others = pages;
        std::erase(others, wanted);
        steps.push_back(always(after(step_of(by, at, "unmap", others), vm + ".fault." + wanted.substr(wanted.rfind('.') + 1)), kFaults));
        steps.back().also = true;
      }
      d.add("fault trace", moment.event, 0, std::move(steps));
    }
  }
}

// What a machine keeps beside its pages: entries of an ownership table, lines that were not written back, save areas.
void beside_pages(const Drawing& d) {
  for (const auto& vm : d.survey.vms) {
    const std::string at = vm + ".memory", by = d.who(at), saved = vm + ".registers", who = d.who(saved);
    std::vector<std::string> entries{"rmp0.rmp"};
    for (const auto& page : d.survey.pages)
      if (vm_of(page) == vm) entries.push_back(page + ".rmp");
    for (const auto& moment : d.survey.moments) {
      for (const auto& entry : entries) {
        d.add("entry write", moment.event, 1, {after(with(step_of(by, at, "write", {entry}), "value", 0), moment.name)});
        d.add("entry flip", moment.event, 1, {after(step_of(by, at, "flip", {entry}), moment.name)});
        d.add("entry read", moment.event, 2, {after(step_of(by, at, "read", {entry}), moment.name)});
      }
      for (const char* how : {"invd", "wbinvd"}) d.add("flush", moment.event, 1, {after(step_of(by, at, "flush", {how}), moment.name)});
      d.add("registers read", moment.event, 0, {after(step_of(who, saved, "read"), moment.name)});
      for (const std::uint64_t byte : {0ull, 8ull, 32ull})
        d.add("registers flip", moment.event, 0, {after(with(step_of(who, saved, "flip"), "byte", byte), moment.name)});
      d.add("registers replay", moment.event, 0,
            {after(with(step_of(who, saved, "record"), "as", "frame"), moment.name), step_of(who, saved, "replay", {"frame"})});
    }
    for (std::uint64_t nth = 1; nth <= 4; ++nth) {
      auto again = with(step_of(who, saved, "record"), "as", "frame");
      d.add("registers replay", 0, 1, {always(std::move(again), nth), step_of(who, saved, "replay", {"frame"})});
    }
  }
}

}  // namespace

void memory_moves(const Drawing& drawing) {
  for (const auto& page : drawing.survey.pages)
    for (const auto& window : windows(drawing, page)) {
      one_page(drawing, page, window);
      keep_and_put_back(drawing, page, window);
      through_an_alias(drawing, page, window);
    }
  mappings(drawing);
  at_a_fault(drawing);
  trace_faults(drawing);
  beside_pages(drawing);
}

}  // namespace explore
