#include "scenarios/exports/dissector.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "platform/protocol/ide_km/schemas.h"
#include "platform/protocol/spdm/schemas.h"
#include "platform/protocol/spdm/version.h"
#include "platform/protocol/tdisp/schemas.h"

namespace exports {
namespace {

TEST(Dissector, HasEveryLayoutOfItsProtocols) {
  std::set<std::string> names;
  for (const auto& layout : dissected()) EXPECT_TRUE(names.insert(layout.name).second) << layout.name;
  for (const auto* all : {&spdm::schemas(), &ide_km::schemas(), &tdisp::schemas()})
    for (const auto& schema : *all) EXPECT_TRUE(names.contains(schema.name)) << schema.name;
}

TEST(Dissector, KnowsEveryRuleThatALayoutAsks) {
  const auto walk = [](const auto& self, const std::vector<wire::Outline>& words) -> void {
    for (const auto& word : words) {
      if (!word.rule.empty() && !word.is_field) EXPECT_FALSE(lua_rule(word.rule).empty()) << word.rule;
      self(self, word.inner);
    }
  };
  for (const auto& layout : dissected()) walk(walk, layout.words);
}

TEST(Dissector, NamesFieldsThatItHas) {
  const auto script = dissector_script();
  for (const auto& [field, names] : value_names()) {
    EXPECT_NE(script.find("field(\"" + field + "\""), script.npos) << field;
    EXPECT_FALSE(names.empty()) << field;
  }
}

TEST(Dissector, IsTheSameEachTime) { EXPECT_EQ(dissector_script(), dissector_script()); }

TEST(Outline, TellsTheWordsOfALayout) {
  using Word = wire::Outline::Word;
  const auto words = wire::outline_of<spdm::VersionResponse>();
  ASSERT_EQ(words.size(), 4u);
  EXPECT_EQ(words[0].word, Word::kMessage);
  EXPECT_EQ(words[0].inner.size(), 4u);
  EXPECT_TRUE(words[1].word == Word::kReserved && words[1].loose && words[1].size == 1);
  EXPECT_TRUE(words[2].word == Word::kNumber && words[2].name == "version_number_entry_count");
  EXPECT_EQ(words[3].word, Word::kRun);
  EXPECT_TRUE(words[3].is_field && words[3].rule == "spdm::VersionResponse::version_number_entry_count");
  EXPECT_EQ(words[3].inner.at(0).size, 2u);
}

}  // namespace
}  // namespace exports
