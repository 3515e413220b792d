#pragma once
// A guest that asks its owner, for tests, with a network between them that does what a test wants. The guest ABI's own header stays
// out of sight: its namespace is one that gtest wants for itself.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "guest/relying_party/service_messages.h"
#include "platform/crypto/certificate.h"
#include "platform/trust/defence.h"

namespace net::test {

class TestGuest {
 public:
  explicit TestGuest(base::View secret);
  ~TestGuest();
  TestGuest(const TestGuest&) = delete;
  TestGuest& operator=(const TestGuest&) = delete;

  std::optional<std::string> config();
  std::optional<std::uint64_t> seconds();
  std::optional<relying_party::StoreRoot> root(const std::string& store);
  bool commit(const std::string& store, const relying_party::StoreRoot& next);
  bool connect(const crypto::Certificate& pinned, crypto::CalendarTime now);  // over TLS
  std::optional<base::Bytes> ask(base::View question);

  trust::Defences defences;
  std::uint8_t drawn = 0;
  std::function<base::Bytes(base::View)> owner;
  std::function<base::Bytes(base::Bytes)> on_the_way;  // to the guest

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace net::test
