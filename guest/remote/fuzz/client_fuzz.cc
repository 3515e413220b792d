// Whatever stands on the stream in Glacis's place, the client of a guest in C gives the guest what fits its buffers, or leaves.
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "guest/remote/fuzz/client_stream.h"
#include "guest/remote/fuzz/reply_stream.h"
#include "guest/remote/glacis_protocol.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::uint64_t kRoom = 32;

// A row of calls with small buffers, each with a border that no answer may touch. Nothing here has a destructor: the client may leave at
// each of them.
void guest(const glacis_guest* c, int, const char* const*) {
  static std::uint8_t live[4];
  static std::uint8_t room[kRoom + 8];
  std::memset(room + kRoom, 0xA5, 8);
  std::uint64_t size = kRoom, value = 0;
  std::uint32_t word = 0;
  (void)c->alloc(c->self, "page", 4096, GLACIS_PRIVATE);
  (void)c->live(c->self, live, sizeof live);
  (void)c->yield(c->self);
  (void)c->read(c->self, 0x1000, room, kRoom);
  (void)c->provider(c->self);
  (void)c->launch_secret(c->self, room, &(size = kRoom));
  (void)c->receive(c->self, "owner0", room, &(size = kRoom));
  (void)c->host_data(c->self, "acpi/XSDT", room, &(size = kRoom));
  (void)c->image_file(c->self, "policy", room, &(size = kRoom));
  (void)c->device_config(c->self, "gpu0", 0, &word, 0);
  (void)c->device_mmio(c->self, "gpu0", 0, 0, room, kRoom, 0);
  (void)c->msr(c->self, 1, &value, 0);
  (void)c->tpm(c->self, room, kRoom, room, &(size = kRoom));
  (void)c->random(c->self, room, kRoom);
  for (std::uint64_t i = 0; i < 8; ++i) base::check(room[kRoom + i] == 0xA5, "an answer stays within the guest's buffer");
  (void)c->live(c->self, nullptr, 0);
}

void answer(base::View in) {
  int ends[2];
  base::check(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "there are sockets");
  const std::size_t size = std::min(in.size(), remote::kStreamBytesMax);
  base::check(size == 0 || ::send(ends[0], in.data(), size, 0) == static_cast<ssize_t>(size), "a socket takes the input at once");
  ::shutdown(ends[0], SHUT_WR);
  (void)serve_until_it_leaves(ends[1], &guest);
  ::close(ends[0]);
  ::close(ends[1]);
}

base::Bytes seed() {
  base::Bytes out;
  remote::say(out, {.result = GLACIS_GUEST_ABI_VERSION, .value = 0, .blobs = {{}, {'a', ' ', 'b'}}});
  remote::say(out, {.result = GLACIS_OK, .value = 0x1000, .blobs = {{}}});
  remote::say(out, {.result = GLACIS_OK, .value = 0, .blobs = {{0, 0, 0, 0}}});
  remote::say(out, {.result = GLACIS_OK, .value = 0, .blobs = {{1, 2, 3, 4}}});
  remote::say(out, {.result = GLACIS_OK, .value = 0, .blobs = {{1, 2, 3, 4}, base::Bytes(kRoom, 7)}});
  for (int i = 0; i < 10; ++i) remote::say(out, {.result = GLACIS_OK, .value = 5, .blobs = {{1, 2, 3, 4}, base::Bytes(16, 7)}});
  return out;
}

}  // namespace

FUZZ_TARGET(answer, seed())
