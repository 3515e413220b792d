#include "tsm/sev/tables.h"

#include "tsm/sev/injection_rules.h"
#include "tsm/sev/psp_rules.h"
#include "tsm/sev/registers_rules.h"
#include "tsm/sev/rmp_rules.h"

namespace sev {
namespace {

template <class Rows>
void add(std::vector<const trust::Defence*>& into, const Rows& rows) {
  for (const auto& row : rows) into.push_back(&row.defence);
}

}  // namespace

std::vector<const trust::Defence*> defences() {
  std::vector<const trust::Defence*> all;
  add(all, kAccessRules);
  add(all, kUpdateRules);
  add(all, kPvalidateRules);
  add(all, kVmrunRules);
  add(all, kSaveAreaRules);
  add(all, kInjectionRules);
  add(all, kStateRules);
  add(all, kStartRules);
  add(all, kActivateRules);
  add(all, kFlushRules);
  add(all, kLaunchUpdateRules);
  add(all, kCpuidRules);
  add(all, kIdBlockRules);
  add(all, kMessageRules);
  add(all, kReportRules);
  add(all, kKeyRules);
  add(all, kDebugRules);
  add(all, kInitRules);
  add(all, kFirmwareRules);
  add(all, kConfigRules);
  add(all, kSevStartRules);
  add(all, kSecretRules);
  add(all, kSevDebugRules);
  return all;
}

}  // namespace sev
