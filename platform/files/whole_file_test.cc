#include "platform/files/whole_file.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "platform/files/signals_held.h"

namespace files {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

TEST(WholeFile, ReplacesWholeAndLeavesNoNeighbour) {
  auto folder = testing::TempDir() + "/whole_file";
  fs::remove_all(folder);
  fs::create_directories(folder);
  write_file(folder + "/a", std::string_view("longer text"));
  write_file(folder + "/a", std::string_view("short"));
  EXPECT_EQ(content(folder + "/a"), "short");
  EXPECT_THROW(write_new_file(folder + "/a", "other"), base::UserError);
  EXPECT_EQ(content(folder + "/a"), "short");
  EXPECT_THROW(write_file(folder + "/none/a", std::string_view("x")), base::UserError);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}), 1);
}

TEST(WholeFile, WritesThroughALinkAndLeavesItOne) {
  auto folder = testing::TempDir() + "/whole_link";
  fs::remove_all(folder);
  fs::create_directories(folder);
  write_file(folder + "/a", std::string_view("old"));
  fs::create_symlink("a", folder + "/link");
  write_file(folder + "/link", std::string_view("new"));
  EXPECT_EQ(content(folder + "/a"), "new");
  EXPECT_TRUE(fs::is_symlink(folder + "/link"));
}

TEST(WholeFile, NamesNoneOfSeveralWhenOneCannotBeWritten) {
  auto folder = testing::TempDir() + "/whole_several";
  fs::remove_all(folder);
  fs::create_directories(folder);
  {
    OutputFiles files;
    files.add(folder + "/a", std::string_view("a"));
    EXPECT_THROW(files.add(folder, std::string_view("b")), base::UserError);
    files.add("/dev/full", std::string_view("c"));
    EXPECT_THROW(files.commit(), base::UserError);
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

std::string folder_with_an_old_file(const std::string& name) {
  const auto folder = testing::TempDir() + "/" + name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  write_file(folder + "/old", std::string_view("old"));
  return folder;
}

std::size_t count_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(folder), fs::recursive_directory_iterator{}));
}

// A child of this test in which no file may have more bytes, as on a full disk.
[[noreturn]] void with_little_room(const std::function<void()>& act) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{1000, 1000};
  setrlimit(RLIMIT_FSIZE, &little);
  try {
    act();
  } catch (const base::UserError& error) {
    std::fputs(error.what(), stderr);
    std::exit(2);
  }
  std::exit(0);
}

TEST(WholeFile, LeavesAllAsItWasWhereOneFileOfSeveralDoesNotFit) {
  const auto folder = folder_with_an_old_file("whole_full");
  EXPECT_EXIT(with_little_room([&] {
                OutputFiles files;
                files.folder(folder + "/new/deep");
                files.add(folder + "/new/deep/small", "fits");
                files.add(folder + "/old", std::string(2000, 'x'));
                files.commit();
              }),
              testing::ExitedWithCode(2), "cannot write `.*/old`: File too large");
  EXPECT_EXIT(with_little_room([&] { write_new_file(folder + "/fresh", std::string(2000, 'x')); }), testing::ExitedWithCode(2), "File too large");
  EXPECT_EQ(count_in(folder), 1u);
  EXPECT_EQ(content(folder + "/old"), "old");
}

TEST(WholeFile, MakesFoldersAndTakesThemBackWithTheFiles) {
  const auto folder = folder_with_an_old_file("whole_folder");
  {
    OutputFiles files;
    files.folder(folder + "/a/b");
    files.add(folder + "/a/b/file", "text");
    files.commit();
  }
  EXPECT_EQ(content(folder + "/a/b/file"), "text");
  OutputFiles files;
  files.folder(folder + "/a/c");
  files.add(folder + "/none/file", "text");
  EXPECT_THROW(files.commit(), base::UserError);
  EXPECT_FALSE(fs::exists(folder + "/a/c"));
  OutputFiles others;
  others.folder(folder + "/old/below");
  EXPECT_THROW(others.commit(), base::UserError);
}

TEST(WholeFile, ASignalComesWhenNothingIsLeftBeside) {
  const auto folder = folder_with_an_old_file("whole_signal");
  const auto write = [&] {
    const SignalsHeld held({SIGINT});
    std::raise(SIGINT);
    OutputFiles files;
    files.folder(folder + "/new");
    files.add(folder + "/new/file", "text");
    files.add(folder + "/old", "new");
    try {
      files.commit();
    } catch (const Interrupted&) {
      if (count_in(folder) == 1) return;  // and the signal with `held`
    }
    std::exit(3);
  };
  EXPECT_EXIT(write(), testing::KilledBySignal(SIGINT), "");
  EXPECT_EQ(content(folder + "/old"), "old");
}

TEST(WholeFile, ASignalThatIsIgnoredStopsNothing) {
  const auto folder = folder_with_an_old_file("whole_ignored");
  const auto write = [&] {
    std::signal(SIGHUP, SIG_IGN);
    const SignalsHeld held({SIGHUP, SIGTERM});
    std::raise(SIGHUP);
    write_file(folder + "/old", std::string_view("new"));
    std::exit(0);
  };
  EXPECT_EXIT(write(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(content(folder + "/old"), "new");
}

// Standard output leads to a pipe that nobody reads.
void print_to_nobody(const std::string& file) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(3);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[0]), close(ends[1]);
  OutputFiles files;
  files.print("text\n");
  files.print("more\n");
  files.add(file, "report");
  files.commit();
}

TEST(WholeFile, AReaderThatHasGoneAwayCostsNoFile) {
  const auto folder = folder_with_an_old_file("whole_pipe");
  EXPECT_EXIT(print_to_nobody(folder + "/a"), testing::KilledBySignal(SIGPIPE), "");
  EXPECT_EQ(content(folder + "/a"), "report");
  const auto ignoring = [&] {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_THROW(print_to_nobody(folder + "/b"), base::UserError);
    std::exit(testing::Test::HasFailure());
  };
  EXPECT_EXIT(ignoring(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(content(folder + "/b"), "report");
}

TEST(WholeFile, SaysBeforehandWhereNoFileCanBe) {
  const auto folder = folder_with_an_old_file("whole_place");
  for (const auto& good : {folder + "/old", folder + "/fresh", std::string("fresh"), std::string("/dev/null")}) EXPECT_NO_THROW(need_place(good)) << good;
  for (const auto& bad : {folder, folder + "/none/fresh", folder + "/old/below"}) EXPECT_THROW(need_place(bad), base::UserError) << bad;
  EXPECT_EQ(count_in(folder), 1u);
}

}  // namespace
}  // namespace files
