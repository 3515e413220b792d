#pragma once
// What platform firmware refuses when a confidential VM takes a device.
#include <cstdint>

#include "platform/trust/defence.h"

namespace tio {

struct StreamCase {
  bool is_there;  // the root port has a stream of that number
  bool is_free_or_own;
};
inline constexpr trust::Rule<StreamCase> kStreamRules[] = {
    {{"tio.stream.exists", "PCIe 6.0, 6.33", "Keys go into a stream that the root port has.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const StreamCase& c) { return c.is_there; }},
    {{"tio.stream.owner", "PCIe 6.1, 11.4", "The keys of a stream are written for one VM until it lets go of the stream.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const StreamCase& c) { return c.is_free_or_own; }},
};

inline constexpr trust::Defence kKeyInUse = {"tio.stream.key-in-use", "PCIe 6.0, 6.33.3", "A key that is in use is not written over.",
                                             trust::Act::kRefuse, trust::Kind::kConformance};

struct BindCase {
  bool stream_is_own;
  bool stream_is_secure;
  bool stream_carries_it;  // the port's association registers lead the function's requests onto the stream
  bool is_free_or_own;
};
inline constexpr trust::Rule<BindCase> kBindRules[] = {
    {{"tio.bind.stream-owner", "PCIe 6.1, 11.4", "A function is bound over a stream of the VM's own.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const BindCase& c) { return c.stream_is_own; }},
    {{"tio.bind.stream-secure", "PCIe 6.1, 11.4", "A function is bound when the root port's end of its stream is secure.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const BindCase& c) { return c.stream_is_secure; }},
    {{"tio.bind.association", "PCIe 6.1, 11.4", "The root port's registers lead a bound function's packets onto its stream.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const BindCase& c) { return c.stream_carries_it; }},
    {{"tio.bind.one-vm", "PCIe 6.1, 11.2", "A function acts for one VM.", trust::Act::kRefuse, trust::Kind::kConformance},
     [](const BindCase& c) { return c.is_free_or_own; }},
};

struct MapCase {
  bool is_bound;
};
inline constexpr trust::Rule<MapCase> kMapRules[] = {
    {{"tio.map.bound", "PCIe 6.1, 11.2", "Private memory is mapped for a function that is bound to its VM.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const MapCase& c) { return c.is_bound; }},
};

}  // namespace tio
