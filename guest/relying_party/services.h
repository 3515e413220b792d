#pragma once
// The guest's owner at run time: who holds the secret gets the configuration, the time, and a place for the root of a store that can
// only go forward. Bytes in, bytes out.
#include <map>
#include <string>
#include <vector>

#include "guest/relying_party/server.h"
#include "guest/relying_party/service_seal.h"

namespace relying_party {

// A configuration, from this moment on.
struct Published {
  Picoseconds from = 0;
  std::string text;
};

class Services {
 public:
  static constexpr std::size_t kStoresMax = 64;

  // `published` in order of time, the first one from the start.
  Services(base::View owner_secret, std::vector<Published> published, Random random, trust::Defences& defences);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  // Whether it is for the services at all.
  static bool takes(base::View message) { return type_of(message) == MessageType::kService; }
  // Always a SERVICE or a REFUSED.
  base::Bytes receive(base::View message, const Arrival& arrival);

  const std::string& config(Picoseconds at) const;

 private:
  Answer answer(const Question& question, const Arrival& arrival);
  Answer commit(const Question& question);

  ServiceKey key_;
  std::vector<Published> published_;
  Random random_;
  trust::Defences& defences_;
  std::map<std::string, StoreRoot> stores_;
};

void collect_service_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
