#include "scenarios/verify/policy.h"

#include <algorithm>

#include "scenarios/load/values.h"
#include "scenarios/verify/reader.h"

namespace verify {

namespace {

struct Technology {
  std::string_view name;
  MakeAppraiser (*read)(const load::Node&);
};
constexpr Technology kTechnologies[] = {{"snp", read_snp}, {"tdx", read_tdx}, {"cca", read_cca}, {"pkvm", read_pkvm}, {"cove", read_cove}};

}  // namespace

Policy load_policy(const std::string& path) { return policy_of(load::load_document(path), path); }

Policy policy_of(const load::Node& document, const std::string& file) {
  const Reader top(document, "policy", kTopKeys);
  if (top.count("format", 1) != 1) load::fail(top.find("format")->place, "this version reads policies of format 1");
  Policy out;
  out.file = file;
  out.title = top.text("policy");
  out.at = time_of(*top.find("at"));
  const auto data = *top.hex("report-data");
  if (data.size() > out.report_data.size()) load::fail(top.find("report-data")->place, "`report-data` has at most 64 bytes");
  std::copy(data.begin(), data.end(), out.report_data.begin());
  for (const auto& technology : kTechnologies) {
    const auto* section = top.find(technology.name);
    if (!section) continue;
    if (out.appraiser) load::fail(section->place, "a policy is of one technology; this one has `" + out.technology + "` already");
    out.technology = technology.name;
    out.appraiser = technology.read(*section);
  }
  if (!out.appraiser) load::fail(document.place, "a policy wants one of the keys snp, tdx, cca, pkvm, cove");
  return out;
}

}  // namespace verify
