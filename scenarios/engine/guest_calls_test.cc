// Calls of a guest outside, against a table of our own.
#include "scenarios/engine/guest_calls.h"

#include <gtest/gtest.h>

#include <cstring>

namespace engine {
namespace {

using remote::Request;

// What the table was asked last, and a guest's registers as the host leaves them.
struct Table {
  std::string asked;
  std::uint8_t* live = nullptr;
  std::uint64_t live_bytes = 0;
  base::Bytes secret = {1, 2, 3, 4, 5};

  static Table& of(void* self) { return *static_cast<Table*>(self); }
  glacis_guest calls() {
    glacis_guest out{};
    out.self = this;
    out.live = [](void* self, void* variable, std::uint64_t bytes) {
      of(self).live = static_cast<std::uint8_t*>(variable), of(self).live_bytes = bytes;
      return int{GLACIS_OK};
    };
    out.yield = [](void* self) {
      for (std::uint64_t i = 0; i < of(self).live_bytes; ++i) of(self).live[i] ^= 0xFF;
      return int{GLACIS_OK};
    };
    out.read = [](void* self, std::uint64_t gpa, void* bytes, std::uint64_t count) {
      of(self).asked = "read " + std::to_string(gpa) + " " + std::to_string(count);
      std::memset(bytes, 7, count);
      return int{GLACIS_OK};
    };
    out.launch_secret = [](void* self, void* bytes, std::uint64_t* size) {
      const auto& secret = of(self).secret;
      const bool fits = secret.size() <= *size;
      *size = secret.size();
      if (!fits) return int{GLACIS_TOO_SMALL};
      std::memcpy(bytes, secret.data(), secret.size());
      return int{GLACIS_OK};
    };
    out.device_managed = [](void* self, const char* device) {
      of(self).asked = std::string("device_managed ") + device;
      return 1;
    };
    out.host_data = [](void* self, const char* name, void* bytes, std::uint64_t* size) {
      of(self).asked = std::string("host_data ") + name;
      return *size = 1, *static_cast<std::uint8_t*>(bytes) = 0xA5, int{GLACIS_OK};
    };
    out.clock = [](void* self, const char* source, std::uint64_t* nanoseconds) {
      of(self).asked = std::string("clock ") + source;
      return *nanoseconds = 1ull << 40, int{GLACIS_OK};
    };
    out.msr = [](void* self, std::uint32_t index, std::uint64_t* value, int write) {
      of(self).asked = "msr " + std::to_string(index) + (write ? " written " + std::to_string(*value) : "");
      return write ? int{GLACIS_REFUSED} : (*value = 9, int{GLACIS_OK});
    };
    out.interrupt = [](void*, std::uint32_t* vector, std::uint64_t* info) { return *vector = 29, *info = 0x1122334455667788, int{GLACIS_OK}; };
    out.extend = [](void* self, std::uint32_t index, const std::uint8_t digest[48]) {
      of(self).asked = "extend " + std::to_string(index) + " " + std::to_string(digest[47]);
      return int{GLACIS_OK};
    };
    out.measured = [](void*, const char*, void*, std::uint64_t*) { return int{GLACIS_NO_SUCH}; };
    out.tpm = [](void* self, const void* command, std::uint64_t bytes, void* out_bytes, std::uint64_t* size) {
      of(self).asked = "tpm";
      const bool fits = bytes <= *size;
      *size = bytes;
      if (fits) std::memcpy(out_bytes, command, bytes);
      return fits ? int{GLACIS_OK} : int{GLACIS_TOO_SMALL};
    };
    out.log = [](void* self, const char* text) { of(self).asked = std::string("log ") + text; };
    return out;
  }
};

base::Bytes text(std::string_view of) { return base::bytes_of(base::view_of(of)); }

struct Outside : testing::Test {
  Table table;
  glacis_guest c = table.calls();
  GuestCalls calls{c};
};

TEST_F(Outside, WordsAndBlobsReachTheCallAndTheAnswerComesBack) {
  const auto reply = calls.carry_out({.call = GLACIS_CALL_READ, .words = {4096, 3}, .blobs = {{}}});
  EXPECT_EQ(table.asked, "read 4096 3");
  ASSERT_TRUE(reply);
  EXPECT_EQ(*reply, (remote::Reply{.result = GLACIS_OK, .value = 0, .blobs = {{}, {7, 7, 7}}}));
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_DEVICE_MANAGED, .words = {}, .blobs = {{}, text("gpu0")}})->value, 1u);
  EXPECT_EQ(table.asked, "device_managed gpu0");
}

TEST_F(Outside, TheLiveVariableIsWhatTheHostLeavesOfIt) {
  ASSERT_TRUE(calls.carry_out({.call = GLACIS_CALL_LIVE, .words = {}, .blobs = {{0x0F, 0xF0}}}));
  const auto reply = calls.carry_out({.call = GLACIS_CALL_YIELD, .words = {}, .blobs = {{0x00, 0xF0}}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->blobs[0], (base::Bytes{0xFF, 0x0F}));
  EXPECT_FALSE(calls.carry_out({.call = GLACIS_CALL_YIELD, .words = {}, .blobs = {{}}})) << "of another size than was declared";
  ASSERT_TRUE(calls.carry_out({.call = GLACIS_CALL_LIVE, .words = {}, .blobs = {{}}}));
  EXPECT_EQ(table.live, nullptr);
}

TEST_F(Outside, ABufferThatIsTooSmallIsToldTheSizeAndNothingElse) {
  const auto small = calls.carry_out({.call = GLACIS_CALL_LAUNCH_SECRET, .words = {4}, .blobs = {{}}});
  EXPECT_EQ(*small, (remote::Reply{.result = GLACIS_TOO_SMALL, .value = 5, .blobs = {{}}}));
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_LAUNCH_SECRET, .words = {~0ull}, .blobs = {{}}})->blobs[1], table.secret);
}

TEST_F(Outside, SizesOfTheGuestsChoiceAreBounded) {
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_READ, .words = {0, ~0ull}, .blobs = {{}}})->result, GLACIS_BAD_ARGUMENT);
  EXPECT_FALSE(calls.carry_out({.call = GLACIS_CALL_LIVE, .words = {}, .blobs = {base::Bytes(2000)}}));
}

TEST_F(Outside, WhatTheHostSaysBesideMemoryComesAcross) {
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_HOST_DATA, .words = {16}, .blobs = {{}, text("acpi/DSDT")}})->blobs[1], base::Bytes{0xA5});
  EXPECT_EQ(table.asked, "host_data acpi/DSDT");
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_TIME, .words = {}, .blobs = {{}, text("rtc")}})->value, 1ull << 40);
  EXPECT_EQ(table.asked, "clock rtc");
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_MSR, .words = {0x10, 0, 0}, .blobs = {{}}})->value, 9u);
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_MSR, .words = {16, 5, 1}, .blobs = {{}}})->result, GLACIS_REFUSED);
  EXPECT_EQ(table.asked, "msr 16 written 5");
  const auto taken = calls.carry_out({.call = GLACIS_CALL_INTERRUPT, .words = {}, .blobs = {{}}});
  EXPECT_EQ(taken->value, 29u);
  EXPECT_EQ(taken->blobs[1], (base::Bytes{0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11}));
}

TEST_F(Outside, WhatThePlatformMeasuresComesAcross) {
  base::Bytes digest(48);
  digest.back() = 3;
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_EXTEND, .words = {2}, .blobs = {{}, digest}})->result, GLACIS_OK);
  EXPECT_EQ(table.asked, "extend 2 3");
  digest.pop_back();
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_EXTEND, .words = {2}, .blobs = {{}, digest}})->result, GLACIS_BAD_ARGUMENT);
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_MEASURED, .words = {48}, .blobs = {{}, text("rtmr9:sha384")}})->result, GLACIS_NO_SUCH);
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_TPM, .words = {16}, .blobs = {{}, {1, 2, 3}}})->blobs[1], (base::Bytes{1, 2, 3}));
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_TPM, .words = {2}, .blobs = {{}, {1, 2, 3}}})->result, GLACIS_TOO_SMALL);
}

TEST_F(Outside, ACallThatNobodyKnowsIsNone) { EXPECT_FALSE(calls.carry_out({.call = 77, .words = {}, .blobs = {{}}})); }

TEST_F(Outside, ACheckOfTheGuestsOwnIsItsOwn) {
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_DEFEND, .words = {0}, .blobs = {{}, text("mine.length")}})->value, 0u);
  EXPECT_EQ(table.asked, "log its own check refuses: mine.length");
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_DEFEND, .words = {1}, .blobs = {{}, text("mine.length")}})->value, 1u);
  EXPECT_EQ(calls.carry_out({.call = GLACIS_CALL_LIFTED, .words = {}, .blobs = {{}, text("mine.length")}})->value, 0u);
}

}  // namespace
}  // namespace engine
