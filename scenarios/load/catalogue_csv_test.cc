#include "scenarios/load/catalogue_csv.h"

#include <gtest/gtest.h>

#include "scenarios/load/expect_error.h"

namespace load {
namespace {

const std::string kHeader =
    "id,group,name,source,adversary,steps,violates,mechanism,none,SEV,SEV-ES,SEV-SNP,TDX,CCA,pKVM,CoVE,"
    "verified_platforms,platform_independent,why,evidence\n";

std::string error_in(const std::string& text) {
  return error_of([&] { parse_catalogue(text, "c.csv"); });
}
std::string row_with(const std::string& cell) { return "m-a,m,n,s,a,st,-,me," + cell + ",S,S,S,S,S,S,S,,0,w,e\n"; }

const CatalogueRow& named(const std::vector<CatalogueRow>& rows, const std::string& id) {
  for (const auto& row : rows)
    if (row.id == id) return row;
  throw std::runtime_error("no row " + id);
}

TEST(CatalogueCsv, AllRowsOfTheCatalogueAreRead) {
  auto rows = load_catalogue("scenarios/catalogue/attacks.csv");
  EXPECT_EQ(rows.size(), 104u);
  std::size_t verified = 0, independent = 0, conditional = 0;
  for (const auto& row : rows) {
    EXPECT_EQ(row.cells.size(), 8u) << row.id;
    verified += row.verified.size();
    independent += row.platform_independent;
    for (const auto& [platform, cell] : row.cells) conditional += cell.toggled.has_value();
  }
  EXPECT_EQ(independent, 31u);
  EXPECT_EQ(verified, 136u);
  EXPECT_EQ(conditional, 221u);
}

TEST(CatalogueCsv, AConditionalRowKeepsItsKnobsQuotesAndPlatforms) {
  auto rows = load_catalogue("scenarios/catalogue/attacks.csv");
  const auto& bad = named(rows, "mem-badram-spd-alias");
  EXPECT_EQ(bad.cells.at("snp"), (Cell{'S', 'B', {"snp.alias_check"}}));
  EXPECT_EQ(bad.cells.at("cca"), (Cell{'B', 'S', {"cca.no_alias_check"}}));
  EXPECT_EQ(bad.verified, (std::set<std::string>{"snp", "tdx"}));
  EXPECT_EQ(bad.violates, (std::vector<std::string>{"confidentiality", "integrity", "freshness", "authenticity"}));
  EXPECT_EQ(named(rows, "mem-host-write").source, "AMD WP Table 1 row \"Data Corruption\" (2020)");
  EXPECT_EQ(named(rows, "cpu-heckler-int80").cells.at("snp").knobs,
            (std::vector<std::string>{"guest.no_ia32", "snp.restricted_inj"}));
}

TEST(CatalogueCsv, CellsAreReadOrRefused) {
  EXPECT_EQ(parse_cell("N"), (Cell{'N', {}, {}}));
  EXPECT_EQ(parse_cell("S>B:a.b|c.d"), (Cell{'S', 'B', {"a.b", "c.d"}}));
  for (auto text : {"", "Q", "SS", "S>", "S>B", "S>B:", "S>S:a", "S>B:a|", "S>B:a b", "S>Q:a", "s"})
    EXPECT_FALSE(parse_cell(text)) << text;
}

TEST(CatalogueCsv, QuotedFieldsHoldCommasQuotesAndLineEnds) {
  auto rows = parse_catalogue(kHeader + "m-a,m,\"a, \"\"b\"\"\nc\",s,a,st,-,me,S,S,S,S,S,S,S,S,TDX CoVE,1,w,e\r\n" +
                                  "m-b,m,n,s,a,st,x+y,me,S,S,S,S,S,S,S,X,,0,w,e",
                              "c.csv");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "a, \"b\"\nc");
  EXPECT_EQ(rows[0].verified, (std::set<std::string>{"tdx", "cove"}));
  EXPECT_TRUE(rows[0].violates.empty());
  EXPECT_EQ(rows[1].line, 4);
  EXPECT_EQ(rows[1].evidence, "e");
  EXPECT_EQ(outcome_of(rows[1].cells.at("cove").baseline), "stopped");
}

TEST(CatalogueCsv, EveryFaultIsPlaced) {
  EXPECT_EQ(error_in(""), "c.csv:1:1: the catalogue is empty");
  EXPECT_EQ(error_in("id,grup\n"), "c.csv:1:4: unknown column `grup`; did you mean `group`?");
  EXPECT_EQ(error_in("id,id\n"), "c.csv:1:4: the column `id` stands here twice");
  EXPECT_EQ(error_in("id\n"), "c.csv:1:1: the column `group` is missing");
  EXPECT_EQ(error_in(kHeader + "m-a,m\n"), "c.csv:2:1: a row of 2 fields; the header has 20");
  EXPECT_EQ(error_in(kHeader + row_with("Z")), "c.csv:2:21: `Z` is no cell; write S, B, D, X or N, or S>B:knob");
  EXPECT_EQ(error_in(kHeader + row_with("S") + row_with("S")), "c.csv:3:1: the id `m-a` stands here twice");
  EXPECT_EQ(error_in("id,\"group\n"), "c.csv:1:4: this quote is not closed");
  EXPECT_EQ(error_in("id,\"group\"x\n"), "c.csv:1:11: a comma or the end of the line must follow the closing quote");
  EXPECT_EQ(error_in("id,gr\"oup\n"), "c.csv:1:6: a quote inside a field that does not start with one");
  EXPECT_EQ(error_in(kHeader + "m-a,m,n,s,a,st,-,me,S,S,S,S,S,S,S,S,TDZ,0,w,e\n"),
            "c.csv:2:37: unknown platform `TDZ`; did you mean `TDX`?");
  EXPECT_EQ(error_in(kHeader + "m-a,m,n,s,a,st,-,me,S,S,S,S,S,S,S,S,,2,w,e\n"), "c.csv:2:38: `2` is neither 0 nor 1");
  EXPECT_EQ(error_in(kHeader + "x-a,m,n,s,a,st,-,me,S,S,S,S,S,S,S,S,,0,w,e\n"),
            "c.csv:2:1: the id `x-a` does not start with its group `m-`");
}

}  // namespace
}  // namespace load
