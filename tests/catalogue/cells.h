#pragma once
// The cells of the catalogue for tests that play them: a file on a platform, with the machine that it asks for.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"

namespace catalogue {

struct Cell {
  load::Scenario scenario;
  std::string platform;
  load::Machine machine;
  std::string name() const { return scenario.id + " on " + platform; }
};

// In the order of the files' paths and of each file's platforms. `take` is asked with each cell's number before its machine is read;
// without it all are taken.
std::vector<Cell> cells(const std::function<bool(std::size_t number)>& take = {});

// The baseline run of a cell, its honest retry included where the file has one; `alter` changes what it likes.
engine::Verdict play(const Cell& cell, const std::function<void(engine::Run&)>& alter = {});

}  // namespace catalogue
