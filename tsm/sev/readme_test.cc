// The README's tables of commands and messages, against the protocol's names and against the program.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "platform/protocol/sev/guest_message.h"
#include "tsm/sev/test_firmware.h"

namespace sev {
namespace {

using C = sevproto::Command;
using sevproto::MessageType;
using sevproto::Status;

struct Row {
  std::string name;
  bool modelled = false;
};
// The rows of one table, by number.
std::map<std::uint32_t, Row> table(bool messages) {
  std::map<std::uint32_t, Row> out;
  std::ifstream file("tsm/sev/README.md");
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::string cell;
    for (std::istringstream cut(line); std::getline(cut, cell, '|');) {
      const auto first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    if (cells.size() < 4 || cells[2].find_first_of("0123456789") != 0 || cells[1].starts_with("MSG_") != messages) continue;
    EXPECT_TRUE(cells[3] == "modelled" || cells[3] == "refused") << line;
    const auto number = static_cast<std::uint32_t>(std::stoul(cells[2], nullptr, 0));
    EXPECT_TRUE(out.emplace(number, Row{cells[1], cells[3] == "modelled"}).second) << line;
  }
  return out;
}

TEST(Readme, NamesEveryCommandAndMessageAndNoOther) {
  auto commands = table(false), messages = table(true);
  unsigned named = 0, requests = 0;
  for (std::uint32_t number = 0; number < 0x200; ++number) {
    const auto name = sevproto::name_of(C{number});
    if (name == "UNKNOWN") continue;
    ++named;
    EXPECT_EQ(commands[number].name, name);
  }
  for (std::uint32_t number = 0; number < 0x100; ++number) {
    const auto name = sevproto::name_of(static_cast<MessageType>(number));
    if (!name.ends_with("_REQ")) continue;
    ++requests;
    EXPECT_EQ(messages[number].name, name);
  }
  EXPECT_EQ(commands.size(), named);
  EXPECT_EQ(messages.size(), requests);
}

TEST(Readme, IsWhatTheFirmwareDoesForItsHost) {
  for (const auto& [number, row] : table(false)) {
    Firmware f;
    (void)f.call(C::kTioInit);
    EXPECT_EQ(f.call(C{number}) != Status::kInvalidCommand, row.modelled) << row.name;
    if (!row.name.starts_with("SNP_") && !row.name.starts_with("TIO_")) continue;
    PspSettings old;
    old.level = Level::kSevEs;
    EXPECT_EQ(TestMachine(old).call(C{number}).status, Status::kUnsupported) << row.name;
  }
}

// A message is dispatched where some length of its payload is right.
TEST(Readme, IsWhatTheFirmwareDoesForItsGuests) {
  constexpr std::size_t kLongest = 256;
  constexpr std::uint64_t kDev = 0x30'0000, kTdi = 0x30'1000, kRequest = 0x30'2000, kResponse = 0x30'3000;
  for (const auto& [number, row] : table(true)) {
    Firmware f;
    (void)f.call(C::kTioInit);
    ASSERT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100}), Status::kSuccess);
    ASSERT_EQ(f.call(C::kTioTdiCreate, command::TioTdiCreate{.dev_ctx = kDev, .tdi_ctx = kTdi, .function_id = 0x100}), Status::kSuccess);
    bool answered = false;
    for (std::size_t size = 0; size < kLongest && !answered; ++size) {
      const auto sealed = sevproto::seal_message(f.machine.context().vmpck[0], 0, 1, static_cast<MessageType>(number), base::Bytes(size));
      base::Bytes page = wire::encode(sealed);
      page.resize(4096);
      f.machine.write_host(kRequest, page);
      for (const bool about_tdi : {false, true}) {
        const auto status =
            about_tdi ? f.call(C::kTioGuestRequest, command::TioGuestRequest{kDev, kTdi, TestMachine::kContext, kRequest, kResponse})
                      : f.call(C::kSnpGuestRequest, command::GuestRequest{TestMachine::kContext, kRequest, kResponse});
        answered |= status == Status::kSuccess;
        EXPECT_TRUE(answered || status == Status::kInvalidParam) << row.name;
        if (answered) break;
      }
    }
    EXPECT_EQ(answered, row.modelled) << row.name;
  }
}

}  // namespace
}  // namespace sev
