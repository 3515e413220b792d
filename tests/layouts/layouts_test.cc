// What holds for every layout: it is read back as written, refuses every truncation and a tail, and survives altered bytes.
#include "tests/layouts/layouts.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include "platform/sim/random.h"
#include "tests/fuzz/replay.h"

namespace {

// End with whatever is left, so that a tail is part of them.
const std::set<std::string> kOpen = {
    "acpi.MADT", "acpi.TABLE", "boot.OPTION_ROM",
    "command.SevLaunchStart", "command.SevLaunchSecret", "ide_km.QUERY_RESP", "spdm.CHUNK_SEND_ACK",
    "spdm.DELIVER_ENCAPSULATED_RESPONSE", "spdm.ENCAPSULATED_REQUEST", "spdm.ENCAPSULATED_RESPONSE_ACK",
    "spdm.SECURED_PLAIN", "tdisp.TDISP_ERROR", "tdisp.VDM_REQUEST", "tdx.QUOTE",
    "tio.SIGNED_PART", "tpm.COMMAND", "tpm.CREATE_PRIMARY_ANSWER", "tpm.RESPONSE", "virtio.CONTENT", "virtio.NET_FRAME",
    "virtio.REGISTER_WRITE", "virtio.SOCKET_PACKET"};

// PscList alone announces an entry by being empty: its end is the index of the last one.
base::Bytes sound(const wire::Schema& schema) {
  base::Bytes raw = schema.empty;
  if (schema.name == "sev.PSC") raw.resize(16);
  return raw;
}

TEST(Layouts, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& schema : layouts::all()) EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
  EXPECT_GE(names.size(), 50u);
}

TEST(Layouts, AreAcceptedWholeAndRefuseEveryTruncationAndATail) {
  for (const auto& schema : layouts::all()) {
    base::Bytes raw = sound(schema);
    ASSERT_FALSE(schema.check(raw)) << schema.name << ": " << schema.check(raw)->text();
    for (std::size_t size = 0; size < raw.size(); ++size) {
      const auto error = schema.check(base::View(raw).first(size));
      ASSERT_TRUE(error) << schema.name << " cut at " << size;
      EXPECT_LE(error->offset, size) << schema.name;
    }
    raw.push_back(0);
    EXPECT_EQ(schema.check(raw).has_value(), !kOpen.contains(schema.name)) << schema.name;
  }
}

TEST(Layouts, AreWrittenBackAsTheyWereReadWhateverTheBytes) {
  constexpr int kTries = 300;
  for (const auto& schema : layouts::all()) {
    sim::Random random(1, schema.name);
    for (int i = 0; i < kTries; ++i) {
      base::Bytes raw = sound(schema);
      if (i % 4 == 0) raw.resize(raw.size() + random.below(64));
      if (i % 4 == 1) raw.resize(random.below(raw.size() + 1));
      if (i % 8 == 7) random.fill(raw);
      for (std::uint64_t edits = 1 + random.below(4); edits-- > 0 && !raw.empty();)
        raw[random.below(raw.size())] = static_cast<std::uint8_t>(random.next());
      ASSERT_NO_THROW(schema.fuzz(raw.data(), raw.size())) << schema.name << " try " << i;
    }
  }
}

const std::vector<wire::Schema>& all() {
  static const std::vector<wire::Schema> kAll = layouts::all();
  return kAll;
}

// What a layout's own fuzz target does where there is no fuzzer.
class Layout : public testing::TestWithParam<std::size_t> {};

TEST_P(Layout, SurvivesTheReplayOfItsFuzzTarget) {
  const wire::Schema& schema = all()[GetParam()];
  fuzz::replay({schema.empty}, [&](const std::uint8_t* data, std::size_t size) { schema.fuzz(data, size); });
}

INSTANTIATE_TEST_SUITE_P(Each, Layout, testing::Range(std::size_t{0}, all().size()), [](const auto& instance) {
  std::string name = all()[instance.param].name;
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

}  // namespace
