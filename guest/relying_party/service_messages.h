#pragma once
// What a guest that holds its owner's secret asks the owner at run time, through the host and a network:
//
//   guest: SERVICE{nonce, sealed question} -> owner: SERVICE{nonce, sealed answer}
//
// Sealed by AES-256-GCM under a key from the secret; each answer names the question that it is for. Little-endian.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "guest/relying_party/messages.h"

namespace relying_party {

inline constexpr std::size_t kServiceTextMax = 16 * 1024;

struct SealedService {
  Header header{.type = MessageType::kService};
  std::array<std::uint8_t, 12> nonce{};
  std::uint32_t sealed_size = 0;
  base::Bytes sealed;
  using Wire = wire::Layout<&SealedService::header, &SealedService::nonce, &SealedService::sealed_size,
                            wire::Run<&SealedService::sealed, &SealedService::sealed_size>{}>;
};

enum class ServiceCall : std::uint8_t {
  kConfig = 1,  // the configuration that counts now
  kTime = 2,    // seconds since 1970, 8 bytes
  kRoot = 3,    // of the store that the text names: StoreRoot, the one committed last
  kCommit = 4,  // StoreRoot, behind the name of the store: the next one
};

enum class ServiceStatus : std::uint8_t { kDone = 0, kNoSuch = 1, kRefused = 2 };

using QuestionId = std::array<std::uint8_t, 16>;

struct Question {
  QuestionId id{};
  ServiceCall call = ServiceCall::kConfig;
  std::uint32_t name_size = 0;
  std::uint32_t body_size = 0;
  base::Bytes name, body;
  using Wire = wire::Layout<&Question::id, &Question::call, wire::Reserved<3>{}, &Question::name_size, &Question::body_size,
                            wire::Run<&Question::name, &Question::name_size>{}, wire::Run<&Question::body, &Question::body_size>{}>;
};

struct Answer {
  QuestionId question{};
  ServiceStatus status = ServiceStatus::kDone;
  std::uint32_t body_size = 0;
  base::Bytes body;
  using Wire = wire::Layout<&Answer::question, &Answer::status, wire::Reserved<3>{}, &Answer::body_size,
                            wire::Run<&Answer::body, &Answer::body_size>{}>;
};

// What the owner keeps of a store, so that the store cannot be turned back. Each commit counts one more.
struct StoreRoot {
  std::uint64_t generation = 0;
  std::array<std::uint8_t, 16> disk_id{};
  std::array<std::uint8_t, 32> hash{};
  bool operator==(const StoreRoot&) const = default;
  using Wire = wire::Layout<&StoreRoot::generation, &StoreRoot::disk_id, &StoreRoot::hash>;
};

inline std::vector<wire::Schema> service_schemas() {
  return {wire::schema_of<SealedService>("rp.SERVICE"), wire::schema_of<Question>("rp.QUESTION"), wire::schema_of<Answer>("rp.ANSWER"),
          wire::schema_of<StoreRoot>("rp.STORE_ROOT")};
}

}  // namespace relying_party
