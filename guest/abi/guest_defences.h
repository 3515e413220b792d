#pragma once
// The defences of libraries that guest code uses (the SPDM requester, the judgement on devices), asked of the world: what the world
// has lifted is lifted here, and what speaks here is heard there.
#include <string>
#include <vector>

#include "guest/abi/guest.h"
#include "platform/trust/defence.h"

namespace abi {

class GuestDefences final : public trust::Defences::Listener {
 public:
  GuestDefences(Guest& guest, const std::vector<const trust::Defence*>& rows) : guest_(guest) {
    defences_.listen(this);
    for (const auto* row : rows)
      if (row->kind == trust::Kind::kDefence && guest_.lifted(std::string(row->id).c_str())) defences_.lift(row->id);
  }
  GuestDefences(const GuestDefences&) = delete;
  GuestDefences& operator=(const GuestDefences&) = delete;

  trust::Defences& get() { return defences_; }
  void spoke(const trust::Defence& defence, std::string_view) override { (void)guest_.defend(std::string(defence.id).c_str(), false); }
  void missed(const trust::Defence& defence, std::string_view) override { (void)guest_.defend(std::string(defence.id).c_str(), false); }

 private:
  Guest& guest_;
  trust::Defences defences_;
};

}  // namespace abi
