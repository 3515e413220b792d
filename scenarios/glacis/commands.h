#pragma once
// The command groups. Each adds its subcommands; what is called leaves the exit code in `exit_code`.
#include <CLI/CLI.hpp>

#include "scenarios/glacis/home.h"

namespace glacis {

inline constexpr int kDiffers = 1, kBadInput = 2, kSignalled = 128;  // plus the number of the signal that ended a run early

struct Session {
  Home home;
  int exit_code = 0;
};

void add_run(CLI::App& app, Session& session);
void add_explore(CLI::App& app, Session& session);
void add_matrix(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_new(CLI::App& app, Session& session);
void add_list(CLI::App& app, Session& session);
void add_explain(CLI::App& app, Session& session);
void add_schema(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);
void add_dump_config(CLI::App& app, Session& session);
void add_trace(CLI::App& app, Session& session);
void add_threats(CLI::App& app, Session& session);
void add_evidence(CLI::App& app, Session& session);
void add_watch(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_dissector(CLI::App& app, Session& session);

}  // namespace glacis
