#pragma once
// What `glacis run` writes for other tools: captures for Wireshark, diagrams, traces, tables, annotations.
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "scenarios/glacis/plays.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

struct ExportOptions {
  std::string pcapng, mermaid, perfetto, csv;  // of one run
  std::string sarif;                           // of any number
};

void add_export_options(CLI::App& command, ExportOptions& options);
// What the runs have to keep, and whether there is one run alone where an export is of one. Throws base::UserError.
void prepare_exports(const ExportOptions& options, PlayOptions& play, const std::vector<Job>& jobs);
// A scenario's file as somebody in the current folder finds it.
std::string uri_of_file(const std::string& file);
void add_exports(report::OutputFiles& files, const ExportOptions& options, const std::vector<Played>& all);

}  // namespace glacis
