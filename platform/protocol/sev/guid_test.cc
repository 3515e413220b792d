#include "platform/protocol/sev/guid.h"

#include <gtest/gtest.h>

namespace sevproto {
namespace {

TEST(Guid, StoresTheFirstThreeGroupsLittleEndian) {
  EXPECT_EQ(base::to_hex(guid("9438d606-4f22-4cc9-b479-a793d411fd21").bytes), "06d63894224fc94cb479a793d411fd21");
}

TEST(Guid, IsReadBackAsWritten) {
  for (const char* text : {"00112233-4455-6677-8899-aabbccddeeff", "63da758d-e664-4564-adc5-f4b93be8accd"})
    EXPECT_EQ(text_of(parse_guid(text).value()), text);
  EXPECT_EQ(parse_guid("63DA758D-E664-4564-ADC5-F4B93BE8ACCD"), parse_guid("63da758d-e664-4564-adc5-f4b93be8accd"));
}

TEST(Guid, RefusesWhatIsNone) {
  for (const char* text : {"", "63da758d-e664-4564-adc5-f4b93be8acc", "63da758d-e664-4564-adc5-f4b93be8accdd",
                           "63da758de-664-4564-adc5-f4b93be8accd", "63da758g-e664-4564-adc5-f4b93be8accd",
                           "63da758d-e664-4564-adc5-f4b93be8-ccd"})
    EXPECT_FALSE(parse_guid(text)) << text;
}

}  // namespace
}  // namespace sevproto
