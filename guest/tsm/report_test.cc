// The two tables of the interface's clauses (generation rules, errors of providers), and what follows from them. Numbers are Linux's.
#include "guest/tsm/report.h"

#include <gtest/gtest.h>

#include <functional>

#include "guest/tsm/fetch.h"

namespace tsm {
namespace {

using base::Bytes;

class FakePlatform final : public Platform {
 public:
  Made make_report(const Asked& asked) override {
    ++made;
    last = asked;
    if (during) during();
    if (failure != Failure::kNone) return {.failure = failure};
    Made out{.outblob = asked.inblob, .auxblob = aux, .manifestblob = {'m'}};
    out.outblob.push_back(static_cast<std::uint8_t>(asked.privlevel));
    out.outblob.push_back(static_cast<std::uint8_t>(made));
    return out;
  }
  int made = 0;
  Failure failure = Failure::kNone;
  Bytes aux{};
  Asked last;
  std::function<void()> during;
};

Bytes text(const char* s) { return base::bytes_of(base::view_of(std::string(s))); }
std::string read_text(Reports& reports, const char* item, Attribute attribute) {
  const auto got = reports.read(item, attribute);
  EXPECT_EQ(got.error, Errno::kOk);
  return {got.bytes.begin(), got.bytes.end()};
}

struct Stage {
  explicit Stage(const char* provider = "sev_guest", std::uint32_t floor = 0, bool services = false) {
    EXPECT_EQ(reports.register_provider({.kind = find_provider_kind(provider), .platform = &platform, .privlevel_floor = floor, .has_services = services}),
              Errno::kOk);
    EXPECT_EQ(reports.make_item("a"), Errno::kOk);
  }
  FakePlatform platform;
  Reports reports;
};

// Lengths of inblob by provider: what a write takes, and what a read of the report then says.
struct Length {
  const char* provider;
  std::size_t size;
  Errno write, read;
};
constexpr Length kLengths[] = {
    {"sev_guest", 0, Errno::kOk, Errno::kInvalid},      {"sev_guest", 63, Errno::kOk, Errno::kInvalid},
    {"sev_guest", 64, Errno::kOk, Errno::kOk},          {"sev_guest", 65, Errno::kTooBig, Errno::kInvalid},
    {"tdx_guest", 0, Errno::kOk, Errno::kInvalid},      {"tdx_guest", 63, Errno::kOk, Errno::kInvalid},
    {"tdx_guest", 64, Errno::kOk, Errno::kOk},          {"tdx_guest", 65, Errno::kTooBig, Errno::kInvalid},
    {"arm_cca_guest", 0, Errno::kOk, Errno::kInvalid},  {"arm_cca_guest", 31, Errno::kOk, Errno::kInvalid},
    {"arm_cca_guest", 32, Errno::kOk, Errno::kOk},      {"arm_cca_guest", 63, Errno::kOk, Errno::kOk},
    {"arm_cca_guest", 64, Errno::kOk, Errno::kOk},      {"arm_cca_guest", 65, Errno::kTooBig, Errno::kInvalid},
    {"cove_guest", 63, Errno::kOk, Errno::kInvalid},    {"cove_guest", 64, Errno::kOk, Errno::kOk},
    {"cove_guest", 65, Errno::kTooBig, Errno::kInvalid}, {"pkvm_guest", 64, Errno::kOk, Errno::kOk},
};

TEST(Report, LengthsOfTheInblobByProvider) {
  for (const auto& row : kLengths) {
    SCOPED_TRACE(std::string(row.provider) + " " + std::to_string(row.size));
    Stage stage(row.provider);
    EXPECT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(row.size, 7)), row.write);
    EXPECT_EQ(stage.reports.read("a", Attribute::kOutblob).error, row.read);
    EXPECT_EQ(stage.platform.made, row.read == Errno::kOk ? 1 : 0);
  }
}

struct ProviderError {
  const char* provider;
  Failure failure;
  int number;
};
constexpr ProviderError kErrors[] = {
    {"sev_guest", Failure::kInvalidParameter, 22}, {"sev_guest", Failure::kInvalidKey, 22}, {"sev_guest", Failure::kStatus, 6},
    {"sev_guest", Failure::kBufferTooSmall, 12},   {"sev_guest", Failure::kKeyGone, 25},    {"tdx_guest", Failure::kInFlight, 16},
    {"tdx_guest", Failure::kCallRefused, 5},       {"tdx_guest", Failure::kTimedOut, 110},  {"tdx_guest", Failure::kQuoteStatus, 5},
    {"tdx_guest", Failure::kQuoteTooLong, 27},     {"arm_cca_guest", Failure::kStatus, 6},  {"arm_cca_guest", Failure::kInvalidParameter, 6},
    {"cove_guest", Failure::kStatus, 6},           {"cove_guest", Failure::kInvalidParameter, 22},
};

TEST(Report, ErrorsOfProvidersAreLinuxs) {
  for (const auto& row : kErrors) {
    SCOPED_TRACE(std::string(row.provider) + " " + std::to_string(static_cast<int>(row.failure)));
    Stage stage(row.provider);
    ASSERT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
    stage.platform.failure = row.failure;
    EXPECT_EQ(static_cast<int>(stage.reports.read("a", Attribute::kOutblob).error), row.number);
    // Nothing is kept of a failure: the next read asks again.
    stage.platform.failure = Failure::kNone;
    EXPECT_EQ(stage.reports.read("a", Attribute::kOutblob).error, Errno::kOk);
    EXPECT_EQ(stage.platform.made, 2);
  }
}

TEST(Report, AReadBeforeAnyWriteIsInvalid) {
  Stage stage;
  for (const auto blob : {Attribute::kOutblob, Attribute::kAuxblob}) EXPECT_EQ(stage.reports.read("a", blob).error, Errno::kInvalid);
  EXPECT_EQ(read_text(stage.reports, "a", Attribute::kGeneration), "0\n");
}

TEST(Report, EveryWriteThatSucceedsCountsOnceAndNoOther) {
  Stage stage("sev_guest", 1, true);
  EXPECT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
  EXPECT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(65)), Errno::kTooBig);
  EXPECT_EQ(read_text(stage.reports, "a", Attribute::kGeneration), "1\n");
  EXPECT_EQ(stage.reports.write("a", Attribute::kPrivlevel, text("2\n")), Errno::kOk);
  EXPECT_EQ(stage.reports.write("a", Attribute::kServiceProvider, text("svsm\n")), Errno::kOk);
  EXPECT_EQ(stage.reports.write("a", Attribute::kServiceManifestVersion, text("0x10")), Errno::kOk);
  EXPECT_EQ(stage.reports.write("a", Attribute::kServiceGuid, text("c476f1eb-0123-45a5-9641-b4e7dde5bfe3")), Errno::kOk);
  EXPECT_EQ(read_text(stage.reports, "a", Attribute::kGeneration), "5\n");
  EXPECT_EQ(stage.reports.write("a", Attribute::kServiceGuid, text("no guid")), Errno::kInvalid);
  EXPECT_EQ(read_text(stage.reports, "a", Attribute::kGeneration), "6\n");  // the one write that counts and fails
  ASSERT_EQ(stage.reports.read("a", Attribute::kManifestblob).error, Errno::kOk);
  EXPECT_EQ(stage.platform.last.service_provider, "svsm");
  EXPECT_EQ(stage.platform.last.service_manifest_version, 16u);
  EXPECT_EQ(stage.platform.last.service_guid, base::Block<16>{});
  EXPECT_EQ(stage.platform.last.privlevel, 2u);
}

TEST(Report, AReportIsMadeOncePerGeneration) {
  Stage stage;
  stage.platform.aux = {1, 2, 3};
  ASSERT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(64, 1)), Errno::kOk);
  const auto first = stage.reports.read("a", Attribute::kOutblob);
  EXPECT_EQ(stage.reports.read("a", Attribute::kOutblob).bytes, first.bytes);
  EXPECT_EQ(stage.reports.read("a", Attribute::kAuxblob).bytes, (Bytes{1, 2, 3}));
  EXPECT_EQ(stage.platform.made, 1);
  ASSERT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(64, 1)), Errno::kOk);  // the same bytes, another generation
  EXPECT_NE(stage.reports.read("a", Attribute::kOutblob).bytes, first.bytes);
  EXPECT_EQ(stage.platform.made, 2);
}

// A count that comes round to just before the last report's generation takes no write until there is another report.
TEST(Report, TheCountNeverComesRoundToAnOldReport) {
  FakePlatform platform;
  Reports reports;
  ASSERT_EQ(reports.register_provider({.kind = find_provider_kind("tdx_guest"), .platform = &platform}), Errno::kOk);
  ASSERT_EQ(reports.make_item("a", {.written = ~std::uint64_t{0} - 1, .read = 0}), Errno::kOk);
  EXPECT_EQ(reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
  EXPECT_EQ(reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kBusy);
  EXPECT_EQ(read_text(reports, "a", Attribute::kGeneration), "18446744073709551615\n");
  EXPECT_EQ(reports.read("a", Attribute::kOutblob).error, Errno::kOk);
  EXPECT_EQ(reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);  // and on, past zero
  EXPECT_EQ(read_text(reports, "a", Attribute::kGeneration), "0\n");
}

TEST(Report, Levels) {
  struct Row {
    const char* level;
    int number;
  };
  constexpr Row kRows[] = {{"0", 22}, {"1", 22}, {"2", 0}, {"3\n", 0}, {"4", 22}, {"0x3", 0}, {"-1", 22}, {"x", 22}, {"99999999999", 34}};
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.level);
    Stage stage("sev_guest", 2);
    EXPECT_EQ(static_cast<int>(stage.reports.write("a", Attribute::kPrivlevel, text(row.level))), row.number);
    EXPECT_EQ(read_text(stage.reports, "a", Attribute::kGeneration), row.number == 0 ? "1\n" : "0\n");
  }
  Stage stage("sev_guest", 2);
  EXPECT_EQ(read_text(stage.reports, "a", Attribute::kPrivlevelFloor), "2\n");
}

TEST(Report, WhichFilesThereAre) {
  Stage snp, tdx("tdx_guest"), svsm("sev_guest", 0, true);
  EXPECT_TRUE(snp.reports.visible(Attribute::kPrivlevel));
  EXPECT_FALSE(tdx.reports.visible(Attribute::kPrivlevel));
  EXPECT_FALSE(tdx.reports.visible(Attribute::kPrivlevelFloor));
  for (const auto service : {Attribute::kServiceProvider, Attribute::kServiceGuid, Attribute::kServiceManifestVersion, Attribute::kManifestblob}) {
    EXPECT_FALSE(snp.reports.visible(service));
    EXPECT_TRUE(svsm.reports.visible(service));
  }
  EXPECT_TRUE(tdx.reports.visible(Attribute::kAuxblob));
  EXPECT_EQ(read_text(tdx.reports, "a", Attribute::kProvider), "tdx_guest\n");
  EXPECT_EQ(tdx.reports.read("a", Attribute::kInblob).error, Errno::kAccess);
  EXPECT_EQ(tdx.reports.write("a", Attribute::kOutblob, text("x")), Errno::kAccess);
}

TEST(Report, ItemsAndProvidersComeAndGo) {
  FakePlatform platform, other;
  Reports reports;
  EXPECT_EQ(reports.make_item("a"), Errno::kNoDevice);
  ASSERT_EQ(reports.register_provider({.kind = find_provider_kind("tdx_guest"), .platform = &platform}), Errno::kOk);
  EXPECT_EQ(reports.register_provider({.kind = find_provider_kind("sev_guest"), .platform = &other}), Errno::kBusy);
  EXPECT_EQ(reports.unregister_provider(other), Errno::kBusy);
  EXPECT_EQ(reports.make_item("a"), Errno::kOk);
  EXPECT_EQ(reports.make_item("a"), Errno::kExists);
  EXPECT_EQ(reports.make_item("b"), Errno::kOk);
  EXPECT_EQ(reports.items(), (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
  const auto made = reports.read("a", Attribute::kOutblob);
  ASSERT_EQ(reports.unregister_provider(platform), Errno::kOk);
  // What was made stays readable; what would have to be made is nobody's.
  EXPECT_EQ(reports.read("a", Attribute::kOutblob).bytes, made.bytes);
  EXPECT_EQ(reports.read("a", Attribute::kProvider).error, Errno::kNoDevice);
  EXPECT_EQ(reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
  EXPECT_EQ(reports.read("a", Attribute::kOutblob).error, Errno::kNoDevice);
  EXPECT_EQ(reports.write("a", Attribute::kPrivlevel, text("0")), Errno::kNoDevice);
  EXPECT_EQ(reports.register_provider({.kind = find_provider_kind("sev_guest"), .platform = &other}), Errno::kBusy);  // items are left
  EXPECT_EQ(reports.remove_item("a"), Errno::kOk);
  EXPECT_EQ(reports.remove_item("a"), Errno::kNoEntry);
  EXPECT_EQ(reports.remove_item("b"), Errno::kOk);
  EXPECT_EQ(reports.register_provider({.kind = find_provider_kind("sev_guest"), .platform = &other}), Errno::kOk);
  EXPECT_EQ(reports.read("a", Attribute::kOutblob).error, Errno::kNoEntry);
}

TEST(Report, AnItemThatGoesWhileItsReportIsMade) {
  Stage stage;
  ASSERT_EQ(stage.reports.write("a", Attribute::kInblob, Bytes(64)), Errno::kOk);
  stage.platform.during = [&] { EXPECT_EQ(stage.reports.remove_item("a"), Errno::kOk); };
  EXPECT_EQ(stage.reports.read("a", Attribute::kOutblob).error, Errno::kOk);
  EXPECT_EQ(stage.reports.read("a", Attribute::kOutblob).error, Errno::kNoEntry);
}

// The face that fetch_report sees, with another writer at a place of its choice.
class Shared final : public Files {
 public:
  explicit Shared(Reports& reports) : reports_(reports) {}
  Errno make_item(const std::string& name) override { return reports_.make_item(name); }
  Errno write(const std::string& item, Attribute attribute, base::View value) override {
    meet();
    return reports_.write(item, attribute, value);
  }
  Content read(const std::string& item, Attribute attribute) override {
    meet();
    return reports_.read(item, attribute);
  }
  int other_at = -1, calls = 0;

 private:
  void meet() {
    if (calls++ == other_at) {
      EXPECT_EQ(reports_.write("a", Attribute::kInblob, Bytes(64, 9)), Errno::kOk);
    }
  }
  Reports& reports_;
};

// Calls of fetch_report: 0 generation, 1 inblob, 2 privlevel, 3 outblob, 4 auxblob, 5 generation.
TEST(Report, AnotherWriterIsNoticedWhereverItStrikes) {
  for (int at = -1; at <= 6; ++at) {
    SCOPED_TRACE(at);
    Stage stage;
    Shared files(stage.reports);
    files.other_at = at;
    const auto got = fetch_report(files, "a", {.inblob = Bytes(64, 1), .privlevel = 0});
    ASSERT_EQ(got.error, Errno::kOk);
    const bool before_or_after = at <= 0 || at >= 6;
    EXPECT_EQ(got.interfered, !before_or_after);
    // A report over the other's bytes never comes without the sign.
    if (!got.interfered) {
      EXPECT_EQ(got.outblob[0], 1);
    }
  }
}

}  // namespace
}  // namespace tsm
