// Guest processes, against small programs of this test's own: it starts itself again and is then the guest.
#include "scenarios/gateway/guest_process.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "guest/remote/frames.h"
#include "guest/remote/glacis_client.h"
#include "platform/base/user_error.h"

namespace gateway {
namespace {

using std::chrono::milliseconds;

base::Bytes hello(std::string_view arguments) {
  return remote::encode(remote::Reply{.result = GLACIS_GUEST_ABI_VERSION, .value = 0, .blobs = {{}, base::bytes_of(base::view_of(arguments))}});
}

std::unique_ptr<engine::GuestLink> start(const std::string& part, milliseconds silence = milliseconds(20'000)) {
  return start_guest("/proc/self/exe", "--guest=" + part, silence);
}

TEST(GuestProcess, AsksInTheProtocolsWords) {
  const auto link = start("logs");
  ASSERT_TRUE(link->send(hello("one two")));
  const auto frame = link->receive();
  ASSERT_TRUE(frame);
  EXPECT_EQ(remote::decode_request(*frame), (remote::Request{.call = GLACIS_CALL_LOG, .words = {}, .blobs = {{}, {'t', 'w', 'o'}}}));
  ASSERT_TRUE(link->send(remote::encode(remote::Reply{.result = 0, .value = 0, .blobs = {{}}})));
  EXPECT_EQ(remote::decode_request(*link->receive())->call, std::uint32_t{GLACIS_CALL_RETURN});
}

TEST(GuestProcess, OneThatIsKilledSaysBySignalWhy) {
  const auto link = start("segv");
  ASSERT_TRUE(link->send(hello("")));
  EXPECT_FALSE(link->receive());
  EXPECT_EQ(link->ended().why, "was ended by SIGSEGV");
  EXPECT_TRUE(link->ended().memory_error);
}

TEST(GuestProcess, OneThatLeavesSaysByItsExitCode) {
  const auto link = start("leaves");
  EXPECT_FALSE(link->receive());
  EXPECT_EQ(link->ended().why, "left with exit code 9 before it returned");
  EXPECT_FALSE(link->ended().memory_error);
}

TEST(GuestProcess, OneThatCallsNothingIsEndedByItsLimit) {
  const auto link = start("silent", milliseconds(300));
  EXPECT_FALSE(link->receive());
  EXPECT_EQ(link->ended().limit, "guest.silence_max");
}

TEST(GuestProcess, AFrameThatIsTooLargeIsNotReadAtAll) {
  const auto link = start("floods");
  EXPECT_FALSE(link->receive());
  EXPECT_EQ(link->ended().why, "sends a frame that is too large");
}

TEST(GuestProcess, HalfAFrameIsNone) {
  const auto link = start("half");
  EXPECT_FALSE(link->receive());
  EXPECT_EQ(link->ended().why, "left with exit code 0 before it returned");
}

TEST(GuestProcess, WhoIsNotThereIsNamed) {
  load::Thread thread{.vm = "vm0", .name = "", .program = {"/nowhere/libmine.so", {}}, .args = {}, .from = load::Thread::From::kLibrary};
  EXPECT_THROW((void)open_guest(thread), base::UserError);
  thread.from = load::Thread::From::kConnect;
  EXPECT_THROW((void)open_guest(thread), base::UserError);
}

TEST(GuestProcess, AListenerIsAGuestForEachConnection) {
  char folder[] = "/tmp/glacis-guest-XXXXXX";  // a socket's path is short
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/guest.sock";
  const pid_t listener = fork();
  if (listener == 0) {
    glacis_listen(path.c_str(), [](const glacis_guest* guest, int, const char* const*) { guest->log(guest->self, "here"); });
    _exit(1);
  }
  load::Thread thread{.vm = "vm0", .name = "", .program = {path, {}}, .args = {}, .from = load::Thread::From::kConnect};
  for (int i = 0; i < 2; ++i) {
    std::unique_ptr<engine::GuestLink> link;
    for (int tries = 0; tries < 500 && !link; ++tries) try {
        link = open_guest(thread);
      } catch (const base::UserError&) {
        std::this_thread::sleep_for(milliseconds(20));
      }
    ASSERT_TRUE(link);
    ASSERT_TRUE(link->send(hello("")));
    const auto frame = link->receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(remote::decode_request(*frame)->text(1), "here");
  }
  kill(listener, SIGKILL);
  unlink(path.c_str()), rmdir(folder);
}

// ---- the guests -----------------------------------------------------------------------------------------------------

int be_guest(const std::string& part) {
  constexpr int kStream = 3;
  const auto say = [](const void* bytes, std::size_t count) { (void)!::send(kStream, bytes, count, MSG_NOSIGNAL); };
  if (part == "logs")
    return glacis_serve(kStream, [](const glacis_guest* guest, int argc, const char* const* argv) {
      guest->log(guest->self, argc == 2 ? argv[1] : "wrong arguments");
    });
  if (part == "segv")
    return glacis_serve(kStream, [](const glacis_guest*, int, const char* const*) {
      signal(SIGSEGV, SIG_DFL);
      raise(SIGSEGV);
    });
  if (part == "leaves") return 9;
  if (part == "silent") sleep(60);
  if (part == "floods") say("\xFF\xFF\xFF\xFF", 4), sleep(5);
  if (part == "half") say("\x10\x00\x00\x00\x01", 5);
  return 0;
}

}  // namespace
}  // namespace gateway

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "--guest=", 8) == 0) return gateway::be_guest(argv[i] + 8);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
