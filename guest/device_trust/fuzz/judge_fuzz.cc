// Whatever a host calls the evidence of a device, it is judged or refused by a named defence, however many are lifted.
#include "guest/device_trust/judge.h"
#include "guest/device_trust/test_device.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace device_trust;

base::Bytes seed() {
  test::TestDevice device;
  device.slots[3] = test::alias_chain("vendor", "device", device.question.seen.identity);
  return bytes_of(device.evidence());
}

void judge_one(const DeviceEvidence& evidence, bool lift_all) {
  static const test::TestDevice device;
  trust::Defences defences;
  std::vector<const trust::Defence*> rows;
  collect_device_defences(rows);
  if (lift_all)
    for (const trust::Defence* row : rows) defences.lift(row->id);
  const Decision decision = judge(evidence, device.question, device.policy, defences, "vm0");
  base::check(decision.accepted() != decision.refusal.has_value(), "a device is accepted or refused");
  if (!decision.refusal) return;
  base::check(!lift_all || decision.refusal->by->kind == trust::Kind::kConformance, "what is lifted does not refuse");
  base::check(!decision.teardown.empty(), "who refuses lets go");
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto evidence = evidence_of(in);
      if (!evidence) return;
      base::check(base::View(bytes_of(*evidence)).size() == in.size(), "evidence is written back as it was read");
      judge_one(*evidence, false);
      judge_one(*evidence, true);
    },
    seed())
