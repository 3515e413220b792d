#pragma once
// What a DOE discovery walk refuses.
#include "platform/trust/defence.h"

namespace requester {

struct DiscoveryCase {
  bool expected;
  bool has_form;
  bool starts_with_discovery;
  bool is_new;
  bool in_bound;
};
inline constexpr trust::Rule<DiscoveryCase> kDiscoveryRules[] = {
    {{"doe.discovery.expected", "PCIe 6.x, 6.30.1", "An answer follows a request.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const DiscoveryCase& c) { return c.expected; }},
    {{"doe.discovery.form", "PCIe 6.x, 6.30.1", "An answer to discovery is a discovery object of three dwords.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const DiscoveryCase& c) { return c.has_form; }},
    {{"doe.discovery.first", "PCIe 6.x, 6.30.1", "The first object that an instance serves is discovery.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const DiscoveryCase& c) { return c.starts_with_discovery; }},
    {{"doe.discovery.cycle", "PCIe 6.x, 6.30.1", "A walk meets no type twice.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const DiscoveryCase& c) { return c.is_new; }},
    {{"doe.discovery.bound", "PCIe 6.x, 6.30.1", "A walk ends after a bounded number of steps.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const DiscoveryCase& c) { return c.in_bound; }},
};

}  // namespace requester
