#pragma once
// The policy, as text, of an owner who expects just what this evidence says. `glacis evidence` writes it beside the evidence.
#include <map>
#include <string>

#include "platform/base/bytes.h"
#include "platform/crypto/calendar_time.h"

namespace verify {

struct HonestEvidence {
  std::string technology;
  std::string command;                         // what made it
  std::map<std::string, std::string> fields;   // "REPORT.measurement": a number, a text, or bytes in hexadecimal
  std::map<std::string, base::Bytes> files;    // that lie beside the policy
  std::string at;                              // "2026-01-15T00:00:00Z"
  base::Bytes report_data;
};

// Empty for a technology that has no policies.
std::string honest_policy(const HonestEvidence& honest);

}  // namespace verify
