#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "platform/base/user_error.h"
#include "scenarios/report/atomic_file.h"
#include "scenarios/report/part_file.h"

namespace report {
namespace {

namespace fs = std::filesystem;
using boost::json::object;

Whole some(std::uint64_t items = 10) {
  return {"storms", digest_of("program"), {{"seas", {"north", "\xff"}}}, {{"a.yaml", digest_of("a")}, {"b.yaml", digest_of("b")}}, items};
}

Part played(Shard shard, std::uint64_t items = 10) {
  Part out{some(items), shard, {}};
  for (std::uint64_t i = 0; i < items; ++i)
    if (shard.has(i)) out.items[i] = object{{"wind", i}, {"said", "a \xfe byte"}};
  return out;
}

std::string complaint(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "none";
}

std::string complaint(const std::string& text) {
  return complaint([&] { (void)part_of(text, "x.part"); });
}

// As somebody would who can count: with the digest made right again.
std::string forged(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  text.replace(at, from.size(), to);
  const auto last = text.rfind("{\"end\"");
  const auto count = text.substr(last, text.find(',', last) - last);
  return text.substr(0, last) + count + ",\"sha256\":\"" + digest_of(text.substr(0, last)) + "\"}\n";
}

TEST(Shard, IsReadAsItIsWritten) {
  EXPECT_EQ(shard_of("2/4"), (Shard{2, 4}));
  EXPECT_EQ(shard_of("1/1"), (Shard{1, 1}));
  for (const char* wrong : {"", "/", "2", "0/4", "5/4", "-1/4", "1/4 ", " 1/4", "1/0", "1/4/4", "a/b", "+1/4", "1/1000001", "1/99999999999999999999"})
    EXPECT_THROW((void)shard_of(wrong), base::UserError) << wrong;
}

TEST(Shard, EveryItemIsOneShardsAndSharesDifferByOneAtMost) {
  for (std::uint64_t of = 1; of < 14; ++of)
    for (std::uint64_t items = 0; items < 30; ++items) {
      std::uint64_t sum = 0;
      for (std::uint64_t number = 1; number <= of; ++number) {
        const Shard shard{number, of};
        std::uint64_t has = 0;
        for (std::uint64_t i = 0; i < items; ++i) has += shard.has(i);
        EXPECT_EQ(has, shard.share(items));
        EXPECT_LE(has, (items + of - 1) / of);
        EXPECT_GE(has, items / of);
        sum += has;
      }
      EXPECT_EQ(sum, items);
    }
}

TEST(Part, IsReadAsItIsWritten) {
  for (const Shard shard : {Shard{1, 1}, Shard{3, 4}, Shard{11, 11}}) {
    const auto text = text_of(played(shard));
    const Part read = part_of(text, "x.part");
    EXPECT_EQ(text_of(read), text);
    EXPECT_EQ(read.whole, some());
    EXPECT_EQ(read.lacks(), 0u);
  }
}

TEST(Part, AnythingCutChangedOrAddedIsRefused) {
  const auto text = text_of(played({2, 4}));
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_TRUE(complaint(text.substr(0, size)).starts_with("x.part:")) << size;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto other = text;
    other[at] ^= 1;
    EXPECT_TRUE(complaint(other).starts_with("x.part:")) << at;
  }
  EXPECT_EQ(complaint(text + "\n"), "x.part:6:1: there is more behind the last line");
  EXPECT_EQ(complaint(text + text), "x.part:6:1: there is more behind the last line");
}

TEST(Part, ALieWithARightDigestIsRefused) {
  const auto text = text_of(played({2, 4}));
  EXPECT_EQ(complaint(forged(text, "\"glacis-part\":1", "\"glacis-part\":2")), "x.part:1:1: a part of another form; this program reads form 1");
  EXPECT_EQ(complaint(forged(text, "\"shard\":2", "\"shard\":5")), "x.part:1:1: there is no shard 5 of 4");
  EXPECT_EQ(complaint(forged(text, "\"shard\":2", "\"shard\":1")), "x.part:2:1: item 1 is not shard 1 of 4's");
  EXPECT_EQ(complaint(forged(text, "\"items\":10", "\"items\":9")), "x.part:4:1: item 9 of 9: there is none");
  EXPECT_EQ(complaint(forged(text, "\"item\":5", "\"item\":1")), "x.part:3:1: item 1 is out of order");
  EXPECT_EQ(complaint(forged(text, "\"item\":5", "\"item\":-5")), "x.part:3:1: `item` is not a number from 0 to 100000000");
  EXPECT_EQ(complaint(forged(text, "{\"item\":5", "{\"item\": 5")), "x.part:3:1: not in the form that this program writes");
  EXPECT_EQ(complaint(forged(text, "{\"item\":5", "{\"more\":0,\"item\":5")), "x.part:3:1: not in the form that this program writes");
  EXPECT_EQ(complaint(forged(text, "\"kind\"", "\"kin\"")), "x.part:1:1: there is no `kind`");
  EXPECT_EQ(complaint(forged(text, "\"kind\"", "\"kind\":\"x\",\"kind\"")), "x.part:1:1: not in the form that this program writes");
  EXPECT_EQ(complaint(forged(text, digest_of("a"), "0")), "x.part:1:1: the digest of `a.yaml` is no SHA-256 in hex");
  EXPECT_EQ(complaint(forged(text, "\"end\":3", "\"end\":2")).substr(0, 11), "x.part:5:1:");
  EXPECT_EQ(complaint(forged(text, "\"value\":{", "\"value\":" + std::string(99, '['))).substr(0, 20), "x.part:2:1: not JSON");
  EXPECT_EQ(complaint("a: 1\n"), "x.part:1:1: this is no part of `--part FILE`");
}

TEST(Join, AnyDivisionGivesAllItems) {
  for (std::uint64_t of = 1; of < 13; ++of) {
    std::vector<NamedPart> parts;
    for (std::uint64_t number = of; number >= 1; --number) parts.push_back({std::to_string(number), played({number, of})});
    EXPECT_EQ(join(parts), played({1, 1}).items) << of;
  }
}

TEST(Join, WhatDoesNotMakeOneWholeIsRefused) {
  const NamedPart one{"one", played({1, 3})}, two{"two", played({2, 3})}, three{"three", played({3, 3})};
  const auto wrong = [&](const NamedPart& last) { return complaint([&] { (void)join({one, two, last}); }); };
  EXPECT_EQ(wrong(three), "none");
  EXPECT_EQ(wrong(two), "`two` and `two` are both shard 2 of 3; give each once");
  EXPECT_EQ(wrong({"x", played({3, 4})}), "`one` is one of 3 shards, `x` one of 4");
  EXPECT_EQ(complaint([&] { (void)join({three}); }), "missing of 3 shards: 1, 2; give their parts too, or merge with --partial");
  auto lacking = three;
  lacking.part.items.erase(5);
  EXPECT_EQ(wrong(lacking), "`three`: shard 3 of 3 lacks 1 of its 3 items; run it again, or merge with --partial");
  EXPECT_EQ(join({one, lacking}, true).size(), 6u);

  const auto other = [&](auto change) {
    auto part = three;
    change(part.part.whole);
    return wrong(part);
  };
  const std::string are = "`one` and `three` are parts of different wholes: ";
  EXPECT_EQ(other([](Whole& whole) { whole.kind = "x"; }), are + "one is of `storms`, the other of `x`");
  EXPECT_EQ(other([](Whole& whole) { whole.build = digest_of("x"); }), are + "the programs are not of the same build");
  EXPECT_EQ(other([](Whole& whole) { whole.options["seas"].pop_back(); }), are + "the options or the lists of files differ");
  EXPECT_EQ(other([](Whole& whole) { whole.files["b.yaml"] = digest_of("x"); }), are + "`b.yaml` has another content");
  EXPECT_EQ(other([](Whole& whole) { whole.files.erase("b.yaml"); }), are + "`b.yaml` belongs to one alone");
  EXPECT_EQ(other([](Whole& whole) { whole.files["c.yaml"] = digest_of("c"); }), are + "`c.yaml` belongs to one alone");
  EXPECT_EQ(other([](Whole& whole) { whole.items = 11; }), are + "one has 10 items, the other 11");
}

class OnDisk : public testing::Test {
 protected:
  OnDisk() { fs::create_directories(folder_); }
  ~OnDisk() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static constexpr std::chrono::milliseconds kAlways{0};

  fs::path folder_ = fs::path(testing::TempDir()) / "parts";
};

TEST_F(OnDisk, WhatIsFinishedOutlivesTheProcess) {
  const Shard shard{2, 3};
  const auto whole = played(shard);
  {
    PartFile file(path("p"), some(), shard, kAlways);
    EXPECT_EQ(file.found(), "");
    file.add(4, whole.items.at(4));
    EXPECT_FALSE(fs::exists(path("p")));
  }
  PartFile again(path("p"), some(), shard, kAlways);
  EXPECT_EQ(again.items().size(), 1u);
  EXPECT_NE(again.found().find("has 1 of 3 items"), std::string::npos) << again.found();
  again.add(1, whole.items.at(1));
  again.save();
  EXPECT_FALSE(fs::exists(path("p")));
  EXPECT_EQ(read_part(path("p.checkpoint")).part.lacks(), 1u);
  again.add(7, whole.items.at(7));
  again.save();
  EXPECT_FALSE(fs::exists(path("p.checkpoint")));
  EXPECT_EQ(text_of(read_part(path("p")).part), text_of(whole));

  PartFile done(path("p"), some(), shard, kAlways);
  EXPECT_EQ(done.items(), whole.items);
  EXPECT_FALSE(fs::exists(path("p.checkpoint")));
}

TEST_F(OnDisk, WhatIsOfAnotherWholeIsPlayedAnew) {
  write_file(path("p.checkpoint"), text_of(played({2, 3})));
  EXPECT_EQ(PartFile(path("p"), some(), {2, 3}).items().size(), 3u);
  fs::remove(path("p"));
  for (const auto& [whole, shard] : {std::pair{some(), Shard{1, 3}}, {some(), Shard{2, 4}}, {some(11), Shard{2, 3}}}) {
    write_file(path("p.checkpoint"), text_of(played({2, 3})));
    PartFile file(path("p"), whole, shard);
    EXPECT_TRUE(file.items().empty());
    EXPECT_TRUE(file.found().ends_with("it is played anew")) << file.found();
  }
  const auto text = text_of(played({2, 3}));
  write_file(path("p.checkpoint"), text.substr(0, text.size() / 2));
  EXPECT_TRUE(PartFile(path("p"), some(), {2, 3}).items().empty());
}

TEST_F(OnDisk, NothingThatIsNoPartIsWrittenOver) {
  write_file(path("p"), "a: scenario\n");
  EXPECT_NE(complaint([&] { PartFile(path("p"), some(), {1, 1}); }).find("no part of ours"), std::string::npos);
  EXPECT_NE(complaint([&] { PartFile(path("none/p"), some(), {1, 1}); }).find("cannot write"), std::string::npos);
  fs::create_directory(path("d"));
  EXPECT_NE(complaint([&] { PartFile(path("d"), some(), {1, 1}); }).find("no part of ours"), std::string::npos);
}

}  // namespace
}  // namespace report
