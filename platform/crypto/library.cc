#include "platform/crypto/library.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "platform/crypto/algorithms.h"
#include "platform/crypto/hash.h"

namespace crypto {
namespace {

constexpr char kProvider[] = "glacis-random";
constexpr char kGenerator[] = "GLACIS-RAND";
constexpr std::size_t kRequestMax = 1 << 20;  // bytes OpenSSL may ask for at once

// SHA-256(key || i, LE64) for i = 0, 1, ... It belongs to the provider, not to an instance of the generator: OpenSSL
// makes instances per thread and per purpose, and all have to go on where the last one stopped.
struct Stream {
  base::Block<32> key{};
  std::uint64_t next = 0;
  base::Block<32> block{};
  std::size_t used = sizeof(block);

  void restart(const base::Block<32>& new_key) { *this = Stream{.key = new_key}; }
  void draw(std::uint8_t* out, std::size_t size) {
    while (size > 0) {
      if (used == block.size()) refill();
      std::size_t taken = std::min(size, block.size() - used);
      out = std::copy_n(block.data() + used, taken, out);
      used += taken;
      size -= taken;
    }
  }
  void refill() {
    base::Bytes input = base::bytes_of(base::View(key));
    base::append_le(input, next++);
    block = sha256(input);
    used = 0;
  }
};

// The provider's C faces. Every instance is the stream itself.
void* new_instance(void* stream, void*, const OSSL_DISPATCH*) { return stream; }
void free_instance(void*) {}
int instantiate(void*, unsigned, int, const unsigned char*, size_t, const OSSL_PARAM*) { return 1; }
int uninstantiate(void*) { return 1; }
int generate(void* stream, unsigned char* out, size_t size, unsigned, int, const unsigned char*, size_t) {
  static_cast<Stream*>(stream)->draw(out, size);
  return 1;
}
int enable_locking(void*) { return 1; }  // asked for by OpenSSL; a library is used by one thread at a time
int lock(void*) { return 1; }
void unlock(void*) {}
int get_parameters(void*, OSSL_PARAM parameters[]) {
  OSSL_PARAM* state = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STATE);
  OSSL_PARAM* strength = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_STRENGTH);
  OSSL_PARAM* request_max = OSSL_PARAM_locate(parameters, OSSL_RAND_PARAM_MAX_REQUEST);
  return (state == nullptr || OSSL_PARAM_set_int(state, EVP_RAND_STATE_READY)) &&
         (strength == nullptr || OSSL_PARAM_set_uint(strength, 256)) &&
         (request_max == nullptr || OSSL_PARAM_set_size_t(request_max, kRequestMax));
}

template <class F>
constexpr OSSL_DISPATCH entry(int id, F* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  static const OSSL_DISPATCH kFunctions[] = {
      entry(OSSL_FUNC_RAND_NEWCTX, new_instance),
      entry(OSSL_FUNC_RAND_FREECTX, free_instance),
      entry(OSSL_FUNC_RAND_INSTANTIATE, instantiate),
      entry(OSSL_FUNC_RAND_UNINSTANTIATE, uninstantiate),
      entry(OSSL_FUNC_RAND_GENERATE, generate),
      entry(OSSL_FUNC_RAND_ENABLE_LOCKING, enable_locking),
      entry(OSSL_FUNC_RAND_LOCK, lock),
      entry(OSSL_FUNC_RAND_UNLOCK, unlock),
      entry(OSSL_FUNC_RAND_GET_CTX_PARAMS, get_parameters),
      {0, nullptr},
  };
  static const OSSL_ALGORITHM kAlgorithms[] = {
      {kGenerator, "provider=glacis-random", kFunctions, "replayable random stream"},
      {nullptr, nullptr, nullptr, nullptr},
  };
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? kAlgorithms : nullptr;
}

void tear_down(void* stream) { delete static_cast<Stream*>(stream); }

int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** stream) {
  static const OSSL_DISPATCH kFunctions[] = {
      entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
      entry(OSSL_FUNC_PROVIDER_TEARDOWN, tear_down),
      {0, nullptr},
  };
  *functions = kFunctions;
  *stream = new Stream;
  return 1;
}

}  // namespace

struct Library::State {
  Owned<OSSL_LIB_CTX, OSSL_LIB_CTX_free> context;  // freed last
  Owned<OSSL_PROVIDER, OSSL_PROVIDER_unload> random;
  Owned<OSSL_PROVIDER, OSSL_PROVIDER_unload> algorithms;
  Stream* stream = nullptr;
  base::Bytes scalar;
  Pkey key;  // of that scalar

  class Spares;

  State() : context(OSSL_LIB_CTX_new()) {
    check_openssl(context != nullptr);
    check_openssl(OSSL_PROVIDER_add_builtin(context.get(), kProvider, start_provider) == 1);
    random.reset(OSSL_PROVIDER_load(context.get(), kProvider));
    algorithms.reset(OSSL_PROVIDER_load(context.get(), "default"));
    check_openssl(random != nullptr && algorithms != nullptr);
    check_openssl(RAND_set_DRBG_type(context.get(), kGenerator, nullptr, nullptr, nullptr) == 1);
    check_openssl(RAND_set_seed_source_type(context.get(), kGenerator, nullptr) == 1);
    stream = static_cast<Stream*>(OSSL_PROVIDER_get0_provider_ctx(random.get()));
  }
};

namespace {

constexpr std::size_t kSparesMax = 16;

}  // namespace

// Contexts between two libraries: loading the algorithms costs as much as a small world. Nothing of a world is left in one: its stream
// is restarted and its key is gone, and what else a context keeps are the algorithms that were looked up in it.
class Library::State::Spares {
 public:
  static Spares& all() {
    static auto* const kSpares = new Spares;  // never destroyed: a thread may outlive `main`
    return *kSpares;
  }
  std::unique_ptr<State> take() {
    {
      std::lock_guard lock(mutex_);
      if (!states_.empty()) {
        auto state = std::move(states_.back());
        states_.pop_back();
        return state;
      }
    }
    return std::make_unique<State>();
  }
  void give_back(std::unique_ptr<State> state) {
    state->stream->restart({});
    state->key.reset();
    state->scalar.clear();
    std::lock_guard lock(mutex_);
    if (states_.size() < kSparesMax) states_.push_back(std::move(state));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<State>> states_;
};

Library::Library(std::uint64_t seed) : seed_(seed) {}
Library::~Library() {
  if (state_ != nullptr) State::Spares::all().give_back(std::move(state_));
}

base::Block<32> Library::operation_key(const Operation& operation) const {
  base::Bytes input;
  base::append_le(input, seed_);
  for (std::string_view text : {operation.actor, operation.purpose}) {
    base::append_le<std::uint64_t>(input, text.size());
    base::append(input, base::view_of(text));
  }
  base::append_le(input, operation.count);
  return sha256(input);
}

void Library::rekey(const Operation& operation) {
  context();
  state_->stream->restart(operation_key(operation));
}

OSSL_LIB_CTX* Library::context() {
  if (state_ == nullptr) state_ = State::Spares::all().take();
  return state_->context.get();
}

EVP_PKEY* Library::kept_key(base::View scalar) const {
  const bool same = state_ != nullptr && std::ranges::equal(state_->scalar, scalar);
  return same ? state_->key.get() : nullptr;
}

EVP_PKEY* Library::keep_key(base::View scalar, EVP_PKEY* key) {
  state_->scalar = base::bytes_of(scalar);
  state_->key.reset(key);
  return key;
}

}  // namespace crypto
