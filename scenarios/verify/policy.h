#pragma once
// A policy file: what the owner of a guest believes, when, and what evidence has to be bound to. Of one technology.
#include <functional>
#include <string>

#include <boost/json/value.hpp>

#include "guest/relying_party/appraiser.h"
#include "platform/crypto/calendar_time.h"
#include "scenarios/load/document.h"

namespace verify {

struct Policy {
  std::string file, title;
  std::string technology;  // "snp", "tdx", ...
  crypto::CalendarTime at = 0;
  base::Block<64> report_data{};
  std::function<relying_party::Appraiser(trust::Defences&)> appraiser;
};

// Throws base::UserError with file, line and column.
Policy load_policy(const std::string& path);
Policy policy_of(const load::Node& document, const std::string& file);

boost::json::value policy_schema();

// One technology's section. vendor_policies.cc, token_policies.cc
using MakeAppraiser = std::function<relying_party::Appraiser(trust::Defences&)>;
MakeAppraiser read_snp(const load::Node& section);
MakeAppraiser read_tdx(const load::Node& section);
MakeAppraiser read_cca(const load::Node& section);
MakeAppraiser read_pkvm(const load::Node& section);
MakeAppraiser read_cove(const load::Node& section);

}  // namespace verify
