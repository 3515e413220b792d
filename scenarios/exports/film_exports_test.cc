#include <map>
#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "scenarios/exports/csv.h"
#include "scenarios/exports/mermaid.h"
#include "scenarios/exports/perfetto.h"
#include "scenarios/exports/test_film.h"
#include "scenarios/exports/wireshark.h"

namespace exports {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

TEST(Mermaid, MakesEntitiesOfWhatMeansSomething) {
  EXPECT_EQ(mermaid_text("a;b#c\"d<e>f%g:h{i}j[k]l&m"), "a#59;b#35;c#34;d#60;e#62;f#37;g#58;h#123;i#125;j#91;k#93;l#38;m");
  EXPECT_EQ(mermaid_text("two\nlines\r\t"), "two lines  ");
  EXPECT_EQ(mermaid_text("\xc3\xa4 (1), it's"), "\xc3\xa4 (1), it's");
}

TEST(Mermaid, MarksWhatTheAdversaryTouchedAndHidesWhatNobodyDid) {
  const auto scenario = test_scenario();
  const auto text = mermaid_of(told(scenario), filmed());
  EXPECT_TRUE(text.starts_with("sequenceDiagram\n  title A storm#59; #34;loud#34; #35; 1 (storm, snp)\n  box transparent guest\n    participant p0 as vm0\n  end\n"));
  EXPECT_TRUE(has(text, "  p2-xp3: DISCOVERY (altered)\n  Note over p2,p3: index 0x1 became 0x3\n")) << text;
  EXPECT_TRUE(has(text, "-xp3: MRd32 (lost)\n"));
  EXPECT_TRUE(has(text, "1 packet left out"));
  EXPECT_TRUE(has(text, "ATTACK#58; alters DISCOVERY"));
  EXPECT_TRUE(has(text, "refused#58; doe.index #91;PCIe 6.0, 6.30#93;"));
  EXPECT_TRUE(has(text, "blocked by doe.index at gpu0"));
}

TEST(Mermaid, ShortensALongRunAroundTheAttack) {
  engine::Filming filming({});
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    if (i == 2'500) filming.line(i, engine::FilmEvent::Tone::kAct, "vmm", "strikes");
    const trust::Boundary exit("vm0.exit");
    const trust::Message call{.object = "call " + std::to_string(i), .bytes = {1}};
    filming.arrived(filming.sent(i, exit, call), exit, &call);
  }
  engine::Verdict verdict;
  verdict.film = std::make_shared<const engine::Film>(filming.take());
  const auto scenario = test_scenario();
  const auto text = mermaid_of(told(scenario), verdict);
  EXPECT_LT(text.size(), 50'000u);
  for (const auto* part : {"call 0\n", "call 2496\n", "call 2503\n", "call 4999\n", "events left out\n"}) EXPECT_TRUE(has(text, part)) << part;
  EXPECT_FALSE(has(text, "call 1000\n"));
}

TEST(Perfetto, SaysEachEventInTheFormsThatAreDocumented) {
  const auto scenario = test_scenario();
  const auto trace = boost::json::parse(perfetto_of(told(scenario), filmed())).as_object();
  EXPECT_EQ(trace.at("displayTimeUnit"), "ns");
  std::map<std::string, int> count;
  double before = 0;
  std::set<std::string> states;
  for (const auto& value : trace.at("traceEvents").as_array()) {
    const auto& event = value.as_object();
    const std::string phase(event.at("ph").as_string());
    ++count[phase];
    EXPECT_TRUE(event.at("pid").is_int64() && event.at("tid").is_int64() && event.contains("name"));
    if (phase == "M") {
      EXPECT_EQ(before, 0);
      continue;
    }
    const double ts = event.at("ts").to_number<double>();
    EXPECT_GE(ts, before);
    before = ts;
    if (phase == "s" || phase == "f") { EXPECT_TRUE(event.contains("id") && (phase == "s" || event.at("bp") == "e")); }
    if (phase == "X" && event.at("cat") == "state") states.insert(std::string(event.at("name").as_string()));
  }
  EXPECT_EQ(count["i"], 3);
  EXPECT_EQ(count["s"], 2);  // what arrived
  EXPECT_EQ(count["f"], 2);
  EXPECT_EQ(states, (std::set<std::string>{"vm0", "vmm"}));
  EXPECT_TRUE(has(perfetto_of(told(scenario), filmed()), "\"ts\":1.600001"));
}

TEST(Csv, KeepsCellsFromBeingFormulasAndRows) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("-x"), "'-x");
  EXPECT_EQ(csv_cell("@a,\"b\""), "\"'@a,\"\"b\"\"\"");
  EXPECT_EQ(csv_cell("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_cell("plain = text"), "plain = text");
  EXPECT_EQ(csv_cell(""), "");
}

TEST(Csv, HasALineForEachEvent) {
  const auto text = csv_of(*filmed().film);
  EXPECT_TRUE(has(text, "\r\n0,0,line,said,0,vm0,,,\"'=reaches \"\"stored\"\", then\nmore\",,,,,,\r\n")) << text;
  EXPECT_TRUE(has(text, "\r\n1,1500000,message,altered,0,rp0,gpu0,doe rp0 -> gpu0,DISCOVERY,,,doe.DISCOVERY_REQUEST,01000000,03000000,index 0x1 became 0x3\r\n") ||
              has(text, "\r\n1,1500000,message,altered,0,vmm,gpu0,doe rp0 -> gpu0,DISCOVERY,,,doe.DISCOVERY_REQUEST,01000000,03000000,index 0x1 became 0x3\r\n"))
      << text;
  EXPECT_TRUE(has(text, ",lost,1,")) << text;
}

TEST(Exports, DrawAnAnswerFromWhoeverAnswers) {
  const auto scenario = test_scenario();
  const auto rows = csv_of(*answered().film);
  for (const auto* row : {"\r\n0,1000,message,arrived,0,vm0,owner0,net vm0 -> owner0,EVIDENCE,", "\r\n1,2000,message,arrived,0,owner0,vm0,net owner0 -> vm0,ANSWER,",
                          "\r\n2,3000,message,handed over,1,vm0,owner0,net vm0 -> owner0,EVIDENCE,", "\r\n3,4000,message,handed over,1,owner0,vm0,net vm0 -> owner0,ANSWER,"})
    EXPECT_TRUE(has(rows, row)) << row << "\n" << rows;
  const auto diagram = mermaid_of(told(scenario), answered());
  for (const auto* line : {"participant p0 as vm0\n", "participant p1 as owner0\n", "  p0->>p1: EVIDENCE\n", "  p1-->>p0: ANSWER\n",
                           "  p0->>p1: EVIDENCE (handed over by the adversary)\n", "  p1-->>p0: ANSWER (handed over by the adversary)\n"})
    EXPECT_TRUE(has(diagram, line)) << line << diagram;
  // An arrow of a trace leads from its `s` to its `f`, each on the thread of a lane.
  const auto trace = boost::json::parse(perfetto_of(told(scenario), answered())).as_object();
  std::map<std::int64_t, std::string> lanes;
  std::map<std::int64_t, std::pair<std::string, std::string>> arrows;
  for (const auto& value : trace.at("traceEvents").as_array()) {
    const auto& event = value.as_object();
    const auto thread = event.at("tid").as_int64();
    if (event.at("name") == "thread_name") lanes[thread] = std::string(event.at("args").as_object().at("name").as_string());
    if (event.at("ph") == "s") arrows[event.at("id").to_number<std::int64_t>()].first = lanes.at(thread);
    if (event.at("ph") == "f") arrows[event.at("id").to_number<std::int64_t>()].second = lanes.at(thread);
  }
  const std::pair<std::string, std::string> there{"vm0", "owner0"}, back{"owner0", "vm0"};
  EXPECT_EQ(arrows, (std::map<std::int64_t, std::pair<std::string, std::string>>{{1, there}, {2, back}, {3, there}, {4, back}}));
}

TEST(Exports, AreTheSameForTheSameRun) {
  const auto scenario = test_scenario();
  EXPECT_EQ(mermaid_of(told(scenario), filmed()), mermaid_of(told(scenario), filmed()));
  EXPECT_EQ(perfetto_of(told(scenario), filmed()), perfetto_of(told(scenario), filmed()));
  EXPECT_EQ(csv_of(*filmed().film), csv_of(*filmed().film));
  EXPECT_EQ(capture_of("a", filmed()), capture_of("a", filmed()));
}

TEST(Exports, OfAFilmThatIsCutSaySo) {
  const auto scenario = test_scenario();
  for (const auto& text : {mermaid_of(told(scenario), cut_short()), base::text_of(capture_of("a", cut_short()))}) EXPECT_TRUE(has(text, "film.events_max"));
  EXPECT_TRUE(has(perfetto_of(told(scenario), cut_short()), "\"cut\":true"));
}

TEST(Exports, OfARunWithoutEventsAreWholeFiles) {
  const auto scenario = test_scenario();
  EXPECT_TRUE(has(mermaid_of(told(scenario), never_filmed()), "participant p0 as nobody"));
  EXPECT_TRUE(boost::json::parse(perfetto_of(told(scenario), never_filmed())).at("traceEvents").as_array().empty());
  EXPECT_EQ(csv_of({}).find("\r\n"), csv_of({}).size() - 2);
  EXPECT_EQ(base::load_le<std::uint32_t>(capture_of("a", never_filmed())), 0x0a0d0d0au);
}

TEST(Wireshark, HasBothPacketsOfOneThatWasAltered) {
  const auto file = base::text_of(capture_of("a", filmed()));
  EXPECT_TRUE(has(file, "doe rp0 -> gpu0 (as sent)"));
  EXPECT_TRUE(has(file, "byte 0: 01 became 03"));
  EXPECT_TRUE(has(file, "never arrives"));
  EXPECT_EQ(file.size() % 4, 0u);
}

}  // namespace
}  // namespace exports
