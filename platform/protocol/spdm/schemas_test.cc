#include "platform/protocol/spdm/schemas.h"

#include <gtest/gtest.h>

#include <set>

namespace spdm {
namespace {

TEST(Schemas, NamesAreUniqueAndSizesHold) {
  std::set<std::string> names;
  for (const wire::Schema& schema : schemas()) {
    EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
    EXPECT_GE(schema.empty.size(), schema.size_min) << schema.name;
  }
  EXPECT_TRUE(names.contains("spdm.KEY_EXCHANGE_RSP"));
}

// These run to the end of whatever holds them.
bool open_end(const std::string& name) {
  static const std::set<std::string> kOpen = {"spdm.ENCAPSULATED_REQUEST", "spdm.DELIVER_ENCAPSULATED_RESPONSE",
                                              "spdm.ENCAPSULATED_RESPONSE_ACK", "spdm.CHUNK_SEND_ACK",
                                              "spdm.SECURED_PLAIN"};
  return kOpen.contains(name);
}

TEST(Schemas, EveryMessageIsAcceptedWholeAndRefusedOtherwise) {
  for (const wire::Schema& schema : schemas()) {
    base::Bytes raw = schema.empty;
    EXPECT_FALSE(schema.check(raw)) << schema.name << ": " << schema.check(raw)->text();
    for (std::size_t n = 0; n < raw.size(); ++n)
      ASSERT_TRUE(schema.check(base::View(raw).first(n))) << schema.name << " cut at " << n;
    raw.push_back(0);
    EXPECT_EQ(schema.check(raw).has_value(), !open_end(schema.name)) << schema.name;
  }
}

TEST(Schemas, EveryFieldIsPatchedByNameAndNothingElseIs) {
  for (const wire::Schema& schema : schemas()) {
    for (const wire::FieldSpan& field : schema.fields) {
      base::Bytes raw = schema.empty;
      auto found = schema.find(raw, field.name);
      ASSERT_EQ(found, field) << schema.name;
      ASSERT_TRUE(wire::flip_bit(raw, *found, field.size * 8 - 1));
      for (std::size_t i = 0; i < raw.size(); ++i) {
        bool inside = i >= field.offset && i < field.offset + field.size;
        EXPECT_TRUE(inside || raw[i] == schema.empty[i]) << schema.name << " " << field.name;
      }
      EXPECT_NE(raw, schema.empty);
      EXPECT_NE(schema.print(raw), schema.print(schema.empty)) << schema.name << " " << field.name;
    }
  }
}

TEST(Schemas, FieldsCoverEveryByteOnce) {
  for (const wire::Schema& schema : schemas()) {
    std::size_t at = 0;
    for (const wire::FieldSpan& field : schema.fields) {
      EXPECT_EQ(field.offset, at) << schema.name << " " << field.name;
      at = field.offset + field.size;
    }
    EXPECT_EQ(at, schema.empty.size()) << schema.name;
  }
}

}  // namespace
}  // namespace spdm
