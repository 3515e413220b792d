#pragma once
// From each knob of the catalogue to what it turns here: a defence that is absent while the knob is off, or a setting of the
// machine. `baseline` is the state that the catalogue's columns assume; the hardened profile has every knob on.
#include <string_view>
#include <vector>

namespace engine {

struct Knob {
  std::string_view catalogue;  // as in attacks.csv, "" for one of ours
  std::string_view setting;    // part kind and attribute: "vm*.snapshot"
  std::string_view defence;    // absent while the knob is off; "" when the setting itself is the mechanism
  bool baseline_on;
  bool is_protection;          // hardened turns it on; a knob that weakens stays as in baseline
};

const std::vector<Knob>& knobs();

// What a knob of the catalogue is here, turned: the same setting may have a name for each technology, and need be no flag.
struct Turned {
  std::string_view catalogue, setting, value;
};
std::vector<Turned> catalogue_knobs();

}  // namespace engine
