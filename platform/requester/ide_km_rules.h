#pragma once
// What an IDE_KM requester refuses.
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/trust/defence.h"

namespace requester {

struct IdeKmStartCase {
  bool has_keys;        // all six of the set were acknowledged
  bool receives_first;  // at this end
};
inline constexpr trust::Rule<IdeKmStartCase> kIdeKmStartRules[] = {
    {{"ide_km.go.keys", "PCIe 6.0, 6.33.3", "A key set goes when all of its six keys are programmed.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const IdeKmStartCase& c) { return c.has_keys; }},
    {{"ide_km.go.order", "PCIe 6.0, 6.33.3", "Receivers have gone before a transmitter goes.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const IdeKmStartCase& c) { return c.receives_first; }},
};

struct IdeKmResponseCase {
  bool expected;
  bool of_kind;  // the object that answers the request
  bool has_form;
  bool of_request;  // stream, sub-stream and port are those of the request
  bool succeeded;
};
inline constexpr trust::Rule<IdeKmResponseCase> kIdeKmResponseRules[] = {
    {{"ide_km.response.expected", "PCIe 6.0, 6.33.3", "An answer follows a request.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const IdeKmResponseCase& c) { return c.expected; }},
    {{"ide_km.response.object", "PCIe 6.0, 6.33.3", "An answer is the object that its request asks for.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const IdeKmResponseCase& c) { return c.of_kind; }},
    {{"ide_km.response.form", "PCIe 6.0, 6.33.3", "An object has the length of its kind.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const IdeKmResponseCase& c) { return c.has_form; }},
    {{"ide_km.response.echo", "PCIe 6.0, 6.33.3", "An answer is about the stream, key and port of its request.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const IdeKmResponseCase& c) { return c.of_request; }},
    {{"ide_km.key-prog.status", "PCIe 6.0, 6.33.3", "No key counts as programmed that the port did not take.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const IdeKmResponseCase& c) { return c.succeeded; }},
};

struct IdeKmKeyCase {
  bool is_new;
};
inline constexpr trust::Rule<IdeKmKeyCase> kIdeKmKeyRules[] = {
    {{"ide_km.key.fresh", "PCIe 6.0, 6.33.5", "No key is programmed twice.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const IdeKmKeyCase& c) { return c.is_new; }},
};

}  // namespace requester
