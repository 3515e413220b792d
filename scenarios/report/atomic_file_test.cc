#include "scenarios/report/atomic_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "platform/base/user_error.h"

namespace report {
namespace {

std::string content(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

TEST(AtomicFile, ReplacesWholeAndLeavesNoNeighbour) {
  auto folder = testing::TempDir() + "/atomic_file";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  write_file(folder + "/a", std::string_view("longer text"));
  write_file(folder + "/a", std::string_view("short"));
  EXPECT_EQ(content(folder + "/a"), "short");
  EXPECT_THROW(write_new_file(folder + "/a", "other"), base::UserError);
  EXPECT_EQ(content(folder + "/a"), "short");
  EXPECT_THROW(write_file(folder + "/none/a", std::string_view("x")), base::UserError);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator{}), 1);
}

}  // namespace
}  // namespace report
