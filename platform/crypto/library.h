#pragma once
// One world's OpenSSL: a library context whose only source of randomness is this object. It serves what draws random
// bytes (signatures and their blinding); everything else is a pure function and needs none.
//
// Promise: an operation's random bytes depend on the seed and on its `Operation`, and on nothing that happened
// before, on no thread and on no address. So caching one operation, or skipping it, shifts no other. Used by one
// thread at a time.
#include <memory>
#include <string_view>

#include "platform/base/bytes.h"

struct evp_pkey_st;
struct ossl_lib_ctx_st;

namespace crypto {

// Names one public-key operation: who does it, what for, and the how manieth time.
struct Operation {
  std::string_view actor;
  std::string_view purpose;
  std::uint64_t count = 0;
};

class Library {
 public:
  explicit Library(std::uint64_t seed);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Restarts the random stream for `operation`. To be called before each use of `context`.
  void rekey(const Operation& operation);
  // What `rekey` would key the stream with: the part of the world's state that an operation's result depends on.
  base::Block<32> operation_key(const Operation& operation) const;
  // Made on first use (about 600 us). Bytes drawn before the first `rekey` come from an all-zero key.
  ossl_lib_ctx_st* context();

  // The private key that was read last in this context, when it is the one of this scalar; else null. Devices sign with
  // one key again and again.
  evp_pkey_st* kept_key(base::View scalar) const;
  evp_pkey_st* keep_key(base::View scalar, evp_pkey_st* key);  // takes it over, and returns it

 private:
  struct State;
  std::uint64_t seed_;
  std::unique_ptr<State> state_;
};

}  // namespace crypto
