#pragma once
// The part of a guest's kernel that measures: its TPM, and the list that IMA keeps of what was extended into PCR 10.
#include <optional>
#include <vector>

#include "guest/abi/guest.h"
#include "guest/relying_party/tpm_messages.h"
#include "platform/protocol/ima/log.h"
#include "platform/protocol/tpm/commands.h"

namespace programs {

class Measuring {
 public:
  explicit Measuring(abi::Guest& guest) : guest_(guest) {}

  // Begins the list with the aggregate of what was booted. False: there is no TPM, or it does not answer.
  bool begin();
  bool file(std::string_view path, base::View content, bool of_another = false);
  bool violation(std::string_view path);

  // A quote for this session over PCRs 0 to 10, with the keys and the values. False: the TPM did not do it.
  bool quote(relying_party::TpmEvidence& into);
  // The list as one owner is to see it.
  std::vector<ima::Entry> list_for_owner();

 private:
  bool add(ima::Entry entry, bool of_another);
  std::optional<tpm::Created> create(const tpm::PublicArea& wanted);
  bool read(std::vector<tpm::Digest>& into);

  abi::Guest& guest_;
  std::vector<ima::Entry> entries_;
  std::vector<bool> of_another_;
};

}  // namespace programs
