#include "scenarios/engine/film.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace engine {

namespace {

// "gpu12" is of the kind "gpu".
std::string_view kind_of(std::string_view part) {
  while (!part.empty() && std::isdigit(static_cast<unsigned char>(part.back()))) part.remove_suffix(1);
  return part;
}

struct LaneWord {
  std::string_view kind;
  LaneKind lane;
};

// Kinds of parts, places where defences stand, and who speaks in a play under a name of its own: positions of an adversary.
constexpr std::array kLanes{
    LaneWord{"cpu", LaneKind::kTsm},            LaneWord{"mem", LaneKind::kTsm},             LaneWord{"tsm", LaneKind::kTsm},
    LaneWord{"psp", LaneKind::kTsm},            LaneWord{"tdx", LaneKind::kTsm},             LaneWord{"rmm", LaneKind::kTsm},
    LaneWord{"el", LaneKind::kTsm},             LaneWord{"cove", LaneKind::kTsm},            LaneWord{"rdsm", LaneKind::kTsm},
    LaneWord{"firmware", LaneKind::kTsm},       LaneWord{"platform-firmware", LaneKind::kTsm}, LaneWord{"rmp", LaneKind::kTsm},
    LaneWord{"vm", LaneKind::kGuest},           LaneWord{"guest", LaneKind::kGuest},         LaneWord{"guest-user", LaneKind::kGuest},
    LaneWord{"vmm", LaneKind::kVmm},            LaneWord{"host", LaneKind::kVmm},            LaneWord{"host-user", LaneKind::kVmm},
    LaneWord{"supply-chain", LaneKind::kVmm},   LaneWord{"machine", LaneKind::kVmm},         LaneWord{"iommu", LaneKind::kRootPort},
    LaneWord{"smmu", LaneKind::kRootPort},      LaneWord{"rc", LaneKind::kRootPort},         LaneWord{"rp", LaneKind::kRootPort},
    LaneWord{"sw", LaneKind::kRootPort},        LaneWord{"switch", LaneKind::kRootPort},     LaneWord{"link-tap", LaneKind::kLink},
    LaneWord{"link", LaneKind::kLink},          LaneWord{"dram-bus", LaneKind::kLink},       LaneWord{"dram", LaneKind::kLink},
    LaneWord{"gpu", LaneKind::kDevice},         LaneWord{"nic", LaneKind::kDevice},          LaneWord{"nvme", LaneKind::kDevice},
    LaneWord{"blk", LaneKind::kDevice},         LaneWord{"net", LaneKind::kDevice},          LaneWord{"rng", LaneKind::kDevice},
    LaneWord{"console", LaneKind::kDevice},     LaneWord{"vsock", LaneKind::kDevice},        LaneWord{"dimm", LaneKind::kDevice},
    LaneWord{"device-firmware", LaneKind::kDevice}, LaneWord{"peer-device", LaneKind::kDevice},
};

std::string_view first_word(std::string_view name, char end) { return name.substr(0, name.find(end)); }

}  // namespace

std::string_view name_of(LaneKind kind) {
  switch (kind) {
    case LaneKind::kGuest: return "guest";
    case LaneKind::kTsm: return "TSM";
    case LaneKind::kVmm: return "VMM";
    case LaneKind::kRootPort: return "root port";
    case LaneKind::kLink: return "link";
    case LaneKind::kDevice: return "device";
    case LaneKind::kRelyingParty: return "relying party";
  }
  return "";
}

// What is none of these is somewhere on the network: owners and services, and whomever a guest of the user's speaks to.
LaneKind lane_of(std::string_view actor) {
  if (actor.starts_with("link ")) return LaneKind::kLink;
  if (actor.starts_with("net ")) return LaneKind::kRelyingParty;  // not the kind of a device
  const auto kind = kind_of(first_word(first_word(actor, '.'), ' '));
  const auto found = std::ranges::find(kLanes, kind, &LaneWord::kind);
  return found == kLanes.end() ? LaneKind::kRelyingParty : found->lane;
}

Ends ends_of(std::string_view boundary) {
  const auto word = first_word(boundary, ' ');
  const auto arrow = boundary.find(" -> ");
  if (arrow != boundary.npos) return {std::string(boundary.substr(word.size() + 1, arrow - word.size() - 1)), std::string(boundary.substr(arrow + 4))};
  if (word == "link") {  // "link rp0 - gpu0.down" goes down
    const auto dash = boundary.find(" - "), dot = boundary.rfind('.');
    if (dash == boundary.npos || dot == boundary.npos || dot < dash) return {"link", "link"};
    std::string upper(boundary.substr(5, dash - 5)), lower(boundary.substr(dash + 3, dot - dash - 3));
    return boundary.ends_with(".up") ? Ends{lower, upper} : Ends{upper, lower};
  }
  // What firmware found out is asked for by the guest, whose host carries it.
  if (word == "evidence") return {"vmm", "tsm0"};
  if (word == "keys" || word == "mmio") return {"vmm", std::string(boundary.substr(word.size() + 1))};
  const std::string part(first_word(boundary, '.'));
  const auto what = boundary.substr(std::min(boundary.size(), part.size() + 1));
  if (boundary == "firmware.osc") return {"vmm", "firmware"};
  if (boundary == "tsm0.evidence") return {"firmware", "tsm0"};  // whoever signs is behind
  if (kind_of(part) == "vm") {
    if (what == "requests") return {part, "tsm0"};
    if (what == "evidence" || what == "tsm-report") return {part, part + ".kernel"};
    const bool hosts = what == "interrupts" || what == "mapping" || what == "memory" || what == "image" || what == "program";
    return hosts ? Ends{"vmm", part} : Ends{part, "vmm"};
  }
  if (what == "logic") return {part + ".dsm", part};
  if (kind_of(part) == "sw") return {part, part};  // within the switch
  if (what == "ring") return {part, "vmm"};  // through whose mapping it reaches memory
  return {"vmm", part};
}

}  // namespace engine
