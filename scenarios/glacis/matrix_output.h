#pragma once
// What is told and written of a matrix, whether it was played at once or joined from parts: the same cells give the same bytes.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/matrix_pages.h"
#include "scenarios/report/catalogue.h"
#include "scenarios/report/matrix.h"
#include "scenarios/report/part.h"

namespace glacis {

struct MatrixOutput {
  std::string json, csv, junit, sarif, baseline, known, against;
  std::optional<std::string> markdown;  // "" for standard output
};

void add_output_options(CLI::App& command, MatrixOutput& output);

// The eight platforms of the catalogue in its order, then what else the engine plays.
std::vector<std::string> columns();
// Of the files that name a row of the catalogue; else none.
std::vector<load::CatalogueRow> rows_for(const Home& home, const std::vector<load::Scenario>& scenarios);
// Only what plays on these platforms, and only there.
void keep_platforms(const Home& home, std::vector<load::Scenario>& scenarios, const std::vector<std::string>& wanted);

class MatrixTeller {
 public:
  // Looks through all names first: a wrong one should not cost a whole run.
  explicit MatrixTeller(const MatrixOutput& output);

  struct Pages {
    MatrixPages* pages = nullptr;
    MatrixPages::Shown shown{};  // without columns: those of the platforms, unless `narrow`
    bool narrow = false;
  };
  // `shard`, where it is not the whole: then no table is printed, as most of its places would be empty.
  void tell(Session& session, report::Matrix& matrix, const std::vector<load::Scenario>& scenarios, const std::optional<report::Shard>& shard,
            const Pages& pages) const;

 private:
  std::string text_of(const Home& home, const report::Matrix& matrix, const std::vector<load::Scenario>& scenarios,
                      const std::vector<report::Difference>& differences, const std::optional<report::Shard>& shard) const;
  void write(const Session& session, const report::Matrix& matrix, const std::vector<load::Scenario>& scenarios, const Pages& pages,
             const std::string& text) const;

  const MatrixOutput& output_;
  std::string old_;
  std::set<std::string> known_;
};

}  // namespace glacis
