#include "guest/net/test_guest.h"

#include <cstring>
#include <numeric>

#include "guest/net/owner_client.h"
#include "guest/net/owner_stream.h"

namespace net::test {

struct TestGuest::State {
  State(TestGuest& owner_of_this, base::View secret) : self(owner_of_this), client(guest, secret, owner_of_this.defences) {
    calls.self = this;
    calls.random = [](void* state, void* out, std::uint64_t bytes) {
      auto* to = static_cast<std::uint8_t*>(out);
      std::iota(to, to + bytes, ++static_cast<State*>(state)->self.drawn);
      return static_cast<int>(GLACIS_OK);
    };
    calls.send = [](void* state, const char*, const void* bytes, std::uint64_t count) {
      auto& s = *static_cast<State*>(state);
      s.waiting = s.self.owner({static_cast<const std::uint8_t*>(bytes), count});
      if (s.self.on_the_way) s.waiting = s.self.on_the_way(std::move(s.waiting));
      return static_cast<int>(GLACIS_OK);
    };
    calls.receive = [](void* state, const char*, void* out, std::uint64_t* bytes) {
      const auto& waiting = static_cast<State*>(state)->waiting;
      if (waiting.empty()) return static_cast<int>(GLACIS_TIMED_OUT);
      std::memcpy(out, waiting.data(), *bytes = waiting.size());
      return static_cast<int>(GLACIS_OK);
    };
  }
  TestGuest& self;
  glacis_guest calls{};
  abi::Guest guest{calls};
  base::Bytes waiting;
  OwnerClient client;
  std::optional<OwnerStream> stream;
};

TestGuest::TestGuest(base::View secret) : state_(std::make_unique<State>(*this, secret)) {}
TestGuest::~TestGuest() = default;

std::optional<std::string> TestGuest::config() { return state_->client.config(); }
std::optional<std::uint64_t> TestGuest::seconds() { return state_->client.seconds(); }
std::optional<relying_party::StoreRoot> TestGuest::root(const std::string& store) { return state_->client.root(store); }
bool TestGuest::commit(const std::string& store, const relying_party::StoreRoot& next) { return state_->client.commit(store, next); }

bool TestGuest::connect(const crypto::Certificate& pinned, crypto::CalendarTime now) {
  return state_->stream.emplace(state_->guest, defences, true, pinned, now).connect();
}
std::optional<base::Bytes> TestGuest::ask(base::View question) { return state_->stream->ask(question); }

}  // namespace net::test
