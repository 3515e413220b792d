#include "guest/remote/frames.h"

#include <gtest/gtest.h>

namespace remote {
namespace {

// Written out by hand from glacis_protocol.h: write(gpa 0x1000, "ab") while one byte is live.
const base::Bytes kWrite = {4, 0, 0, 0, 1, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x5A, 2, 0, 0, 0, 'a', 'b'};
const Request kRequest{.call = GLACIS_CALL_WRITE, .words = {0x1000}, .blobs = {{0x5A}, {'a', 'b'}}};

TEST(Frames, ARequestIsAsTheProtocolWritesIt) {
  EXPECT_EQ(encode(kRequest), kWrite);
  EXPECT_EQ(decode_request(kWrite), kRequest);
}

TEST(Frames, ARequestThatIsCutOrHasATailIsNone) {
  for (std::size_t size = 0; size < kWrite.size(); ++size) EXPECT_FALSE(decode_request(base::View(kWrite).first(size))) << size;
  base::Bytes longer = kWrite;
  longer.push_back(0);
  EXPECT_FALSE(decode_request(longer));
}

TEST(Frames, ARequestHasItsLiveVariableAndNotTooManyParts) {
  EXPECT_FALSE(decode_request(encode(Request{.call = 8, .words = {}, .blobs = {}})));
  EXPECT_FALSE(decode_request(encode(Request{.call = 8, .words = {1, 2, 3, 4, 5}, .blobs = {{}}})));
  EXPECT_FALSE(decode_request(encode(Request{.call = 8, .words = {}, .blobs = {{}, {}, {}, {}}})));
}

TEST(Frames, AReplyGoesThereAndBack) {
  const Reply reply{.result = -4, .value = 77, .blobs = {{}, {1, 2, 3}}};
  const auto bytes = encode(reply);
  EXPECT_EQ(decode_reply(bytes), reply);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_reply(base::View(bytes).first(size))) << size;
}

TEST(Frames, TextForgesNoLines) {
  const Request request{.call = GLACIS_CALL_LOG, .words = {}, .blobs = {{}, {'a', '\n', 0x1B, 'b'}}};
  EXPECT_EQ(request.text(1), "a??b");
  EXPECT_EQ(request.text(2), "");
}

TEST(Frames, CallsHaveTheirNames) {
  EXPECT_EQ(name_of_call(GLACIS_CALL_READ), "read");
  EXPECT_EQ(name_of_call(GLACIS_CALL_TDI), "tdi_call");
  EXPECT_EQ(name_of_call(GLACIS_CALL_CLOCK), "clock of the run time");
  EXPECT_EQ(name_of_call(GLACIS_CALL_TIME), "clock");
  EXPECT_EQ(name_of_call(GLACIS_CALL_TPM), "tpm");
  EXPECT_EQ(name_of_call(GLACIS_CALL_COVERAGE), "coverage");
  EXPECT_EQ(name_of_call(99), "call 99");
}

}  // namespace
}  // namespace remote
