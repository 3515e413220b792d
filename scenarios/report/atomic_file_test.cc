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

TEST(AtomicFile, WritesThroughALinkAndLeavesItOne) {
  auto folder = testing::TempDir() + "/atomic_link";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  write_file(folder + "/a", std::string_view("old"));
  std::filesystem::create_symlink("a", folder + "/link");
  write_file(folder + "/link", std::string_view("new"));
  EXPECT_EQ(content(folder + "/a"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder + "/link"));
}

TEST(AtomicFile, NamesNoneOfSeveralWhenOneCannotBeWritten) {
  auto folder = testing::TempDir() + "/atomic_several";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  {
    OutputFiles files;
    files.add(folder + "/a", std::string_view("a"));
    EXPECT_THROW(files.add(folder, std::string_view("b")), base::UserError);
    files.add("/dev/full", std::string_view("c"));
    EXPECT_THROW(files.commit(), base::UserError);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

}  // namespace
}  // namespace report
