// Reads "LAYOUT WORDS HEX" from standard input, a line each, and answers with the fields of these bytes as our own readers have them:
// "NAME OFFSET SIZE NUMBER", a line each, then "whole" or "cut", and the word of a strict reader behind it. WORDS are "-" or what was
// agreed on before, joined by commas: summary, signed, clear. With "samples": every message as its struct comes into the world,
// "LAYOUT HEX", a line each.
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "platform/base/bytes.h"
#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/ide/ide.h"
#include "platform/protocol/ide_km/schemas.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/protocol/spdm/schemas.h"
#include "platform/protocol/tdisp/schemas.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/wire/schema.h"

namespace {

struct Reading {
  wire::Fields fields;
  bool whole = false;
  std::string error;
};
using Read = Reading (*)(base::View, const spdm::Shape&);

template <wire::Message M>
Reading read(base::View raw, const spdm::Shape& shape) {
  M form{}, strict{};
  if constexpr (requires { form.shape; }) form.shape = strict.shape = shape;
  Reading out;
  wire::Reader reader(raw, wire::Reader::Mode::kLenient, &out.fields);
  out.whole = wire::walk(reader, form);
  if (const auto decoded = wire::decode<M>(raw, strict); !decoded) out.error = decoded.error().text();
  return out;
}

const std::map<std::string, Read> kTyped = {
    {"doe.OBJECT", &read<doe::Object>},
    {"doe.DISCOVERY_REQUEST", &read<doe::DiscoveryRequest>},
    {"doe.DISCOVERY_RESPONSE", &read<doe::DiscoveryResponse>},
    {"tlp.TLP", &read<tlp::Tlp>},
    {"ide.PACKET", &read<ide::Packet>},
    {"spdm.DIGESTS", &read<spdm::Digests>},
    {"spdm.CHALLENGE_AUTH", &read<spdm::ChallengeAuth>},
    {"spdm.MEASUREMENTS", &read<spdm::Measurements>},
    {"spdm.KEY_EXCHANGE", &read<spdm::KeyExchange>},
    {"spdm.KEY_EXCHANGE_RSP", &read<spdm::KeyExchangeResponse>},
    {"spdm.FINISH", &read<spdm::Finish>},
    {"spdm.FINISH_RSP", &read<spdm::FinishResponse>},
    {"spdm.PSK_EXCHANGE_RSP", &read<spdm::PskExchangeResponse>},
    {"spdm.PSK_FINISH", &read<spdm::PskFinish>},
    {"tdisp.START_INTERFACE_RESPONSE", &read<tdisp::StartInterfaceResponse>},
    {"tdisp.STOP_INTERFACE_RESPONSE", &read<tdisp::StopInterfaceResponse>},
    {"tdisp.BIND_P2P_STREAM_RESPONSE", &read<tdisp::BindP2pStreamResponse>},
    {"tdisp.UNBIND_P2P_STREAM_RESPONSE", &read<tdisp::UnbindP2pStreamResponse>},
    {"tdisp.SET_MMIO_ATTRIBUTE_RESPONSE", &read<tdisp::SetMmioAttributeResponse>},
    {"tdisp.VDM_RESPONSE", &read<tdisp::VdmResponse>},
};

// Of the others the schema tells all but how far a reader gets: to the end, where a strict one has nothing to say or only of the tail
// and of reserved bytes.
std::optional<Reading> by_schema(const std::string& name, base::View raw) {
  for (const auto* all : {&spdm::schemas(), &ide_km::schemas(), &tdisp::schemas()})
    for (const auto& schema : *all) {
      if (schema.name != name) continue;
      Reading out{.fields = schema.fields_of(raw)};
      const auto error = schema.check(raw);
      if (error) out.error = error->text();
      out.whole = !error || error->what.find("bytes too many") != std::string::npos || error->what == "reserved byte is not zero";
      return out;
    }
  return std::nullopt;
}

int print_samples() {
  for (const auto* all : {&spdm::schemas(), &ide_km::schemas(), &tdisp::schemas()})
    for (const auto& schema : *all) std::printf("%s %s\n", schema.name.c_str(), base::to_hex(schema.empty).c_str());
  return 0;
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) return print_samples();
  std::string name, words, hex, line;
  while (std::getline(std::cin, line)) {
    std::istringstream in(line);
    in >> name >> words >> hex;
    if (hex == "-") hex.clear();
    const auto raw = base::from_hex(hex);
    spdm::Shape shape;
    shape.measurement_summary = words.find("summary") != words.npos;
    shape.signed_measurements = words.find("signed") != words.npos;
    shape.handshake_in_the_clear = words.find("clear") != words.npos;
    const auto typed = kTyped.find(name);
    const auto reading = !raw ? std::nullopt : typed != kTyped.end() ? std::optional(typed->second(*raw, shape)) : by_schema(name, *raw);
    if (!reading) return std::fprintf(stderr, "cannot read: %s\n", line.c_str()), 1;
    for (const auto& field : reading->fields) {
      const bool number = field.kind == wire::Kind::kLittle || field.kind == wire::Kind::kBig;
      std::printf("%s %zu %zu %s\n", field.name.c_str(), field.offset, field.size,
                  number ? std::to_string(*wire::get_number(*raw, field)).c_str() : "-");
    }
    std::printf("%s %s\n", reading->whole ? "whole" : "cut", reading->error.c_str());
  }
  return 0;
}
