#pragma once
// The guest's side of its owner's services: what it asks goes sealed under a key from the owner's secret, and what comes back is
// believed when it was sealed so and is the answer to this question.
#include <optional>
#include <string>

#include "guest/abi/guest.h"
#include "guest/relying_party/service_seal.h"
#include "platform/trust/defence.h"

namespace net {

class OwnerClient {
 public:
  OwnerClient(abi::Guest& guest, base::View owner_secret, trust::Defences& defences)
      : guest_(guest), key_(relying_party::service_key(owner_secret)), defences_(defences) {}
  OwnerClient(const OwnerClient&) = delete;
  OwnerClient& operator=(const OwnerClient&) = delete;

  // Each: nothing when no answer came that the guest believes.
  std::optional<std::string> config();
  std::optional<std::uint64_t> seconds();  // since 1970
  // The root of that store; of generation 0 when none was committed yet.
  std::optional<relying_party::StoreRoot> root(const std::string& store);
  bool commit(const std::string& store, const relying_party::StoreRoot& next);

 private:
  std::optional<relying_party::Answer> ask(relying_party::ServiceCall call, const std::string& name, base::View body);

  abi::Guest& guest_;
  relying_party::ServiceKey key_;
  trust::Defences& defences_;
};

void collect_client_defences(std::vector<const trust::Defence*>& into);

}  // namespace net
