#pragma once
// What a TDISP requester refuses.
#include "platform/trust/defence.h"

namespace requester {

struct TdispStartCase {
  bool has_nonce;
  bool has_flags;  // LOCK asks only for what the device supports, as far as it was asked
};
inline constexpr trust::Rule<TdispStartCase> kTdispStartRules[] = {
    {{"tdisp.goal.nonce", "PCIe 6.1, 11.3.14", "An interface is started with the nonce of its last lock, once.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispStartCase& c) { return c.has_nonce; }},
    {{"tdisp.goal.flags", "PCIe 6.1, 11.3.8", "A lock asks for nothing that the interface does not support.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispStartCase& c) { return c.has_flags; }},
};

struct TdispResponseCase {
  bool expected;
  bool has_header;
  bool of_version;
  bool of_function;
  bool is_error;
  bool of_kind;
  bool has_form;
};
inline constexpr trust::Rule<TdispResponseCase> kTdispResponseRules[] = {
    {{"tdisp.response.expected", "PCIe 6.1, 11.3", "An answer follows a request.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.expected; }},
    {{"tdisp.response.header", "PCIe 6.1, 11.3.1", "A message has a TDISP header.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.has_header; }},
    {{"tdisp.response.version", "PCIe 6.1, 11.3.1", "A response speaks the version of its request.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.of_version; }},
    {{"tdisp.response.function", "PCIe 6.1, 11.3.1", "A response is about the interface that was asked about.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.of_function; }},
    {{"tdisp.response.error", "PCIe 6.1, 11.3.24", "A TDISP_ERROR ends what its request was for.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return !c.is_error; }},
    {{"tdisp.response.code", "PCIe 6.1, 11.3.1", "A response is of the kind that was asked for.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.of_kind; }},
    {{"tdisp.response.form", "PCIe 6.1, 11.3", "A response has the fields and lengths of its kind.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispResponseCase& c) { return c.has_form; }},
};

struct TdispVersionCase {
  bool has_version;
};
inline constexpr trust::Rule<TdispVersionCase> kTdispVersionRules[] = {
    {{"tdisp.version.offered", "PCIe 6.1, 11.3.4", "Version 1.0 is spoken by both sides.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispVersionCase& c) { return c.has_version; }},
};

struct TdispReportCase {
  bool fits;    // not empty, not more than was asked for
  bool steady;  // tells the same size of the whole as before
  bool in_bound;
  bool has_form;  // of the whole, once it is there
};
inline constexpr trust::Rule<TdispReportCase> kTdispReportRules[] = {
    {{"tdisp.report.portion", "PCIe 6.1, 11.3.11", "A portion is neither empty nor larger than asked for.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispReportCase& c) { return c.fits; }},
    {{"tdisp.report.length", "PCIe 6.1, 11.3.11", "All portions tell of one report of one size.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispReportCase& c) { return c.steady; }},
    {{"tdisp.report.bound", "PCIe 6.1, 11.3.11", "A report comes in a bounded number of portions.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispReportCase& c) { return c.in_bound; }},
    {{"tdisp.report.form", "PCIe 6.1, 11.3.11", "A report has the ranges and lengths that it tells.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const TdispReportCase& c) { return c.has_form; }},
};

struct TdispStateCase {
  bool is_known;
};
inline constexpr trust::Rule<TdispStateCase> kTdispStateRules[] = {
    {{"tdisp.state.known", "PCIe 6.1, 11.3.13", "An interface is in one of the four states.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdispStateCase& c) { return c.is_known; }},
};

}  // namespace requester
