#include "scenarios/engine/knobs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/engine.h"
#include "scenarios/load/catalogue_csv.h"

namespace engine {
namespace {

TEST(CatalogueKnobs, AreTheCataloguesAndWhatAScenarioMaySet) {
  std::set<std::string> known, seen;
  for (const auto& row : load::load_catalogue("scenarios/catalogue/attacks.csv"))
    for (const auto& [platform, cell] : row.cells) known.insert(cell.knobs.begin(), cell.knobs.end());
  for (const auto& knob : catalogue_knobs()) {
    EXPECT_TRUE(known.contains(std::string(knob.catalogue))) << knob.catalogue;
    EXPECT_TRUE(seen.insert(std::string(knob.catalogue)).second) << knob.catalogue;
    const auto& settings = vocabulary().settings;
    EXPECT_TRUE(std::any_of(settings.begin(), settings.end(), [&](const load::SettingName& one) {
      return one.name == knob.setting && one.values.has(std::string(knob.value));
    })) << knob.catalogue << ": " << knob.setting << ": " << knob.value;
  }
}

}  // namespace
}  // namespace engine
