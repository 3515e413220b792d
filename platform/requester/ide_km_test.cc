#include "platform/requester/ide_km.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/requester/rows.h"
#include "platform/requester/test_responder.h"

namespace requester {
namespace {

using base::Bytes;

// What an honest port answers.
Bytes answer_to(base::View request) {
  Bytes out = base::bytes_of(request);
  switch (*ide_km::object_of(request)) {
    case ide_km::Object::kQuery:
      return wire::encode(
          ide_km::QueryResp{.port_index = request[3], .bus = 1, .max_port_index = 2, .registers = Bytes(8)});
    case ide_km::Object::kKeyProg:
      out.resize(8);
      out[1] = static_cast<std::uint8_t>(ide_km::Object::kKpAck);
      return out;
    default:
      out[1] = static_cast<std::uint8_t>(ide_km::Object::kGoStopAck);
      return out;
  }
}

struct Port {
  trust::Defences defences;
  IdeKm km{counting_random(), defences, "x"};
  std::vector<Bytes> requests;
  std::function<void(Bytes&)> spoil;

  std::string run(const IdeKm::Goal& goal) {
    if (auto started = km.start(goal); !started) return std::string(started.refusal().by->id);
    while (auto request = km.next()) {
      requests.push_back(*request);
      Bytes answer = answer_to(*request);
      if (spoil) spoil(answer);
      if (auto r = km.receive(answer); !r) return std::string(r.refusal().by->id);
    }
    return "";
  }
};

IdeKm::Go go(ide::Direction direction, unsigned key_set = 0) {
  return {.stream = 5, .port = 1, .key_set = key_set, .direction = direction};
}
constexpr IdeKm::Program kProgram{.stream = 5, .port = 1, .key_set = 0};
constexpr IdeKm::Program kRefresh{.stream = 5, .port = 1, .key_set = 1};

TEST(IdeKmRequester, KeysAStreamAndRefreshesIt) {
  Port port;
  EXPECT_EQ(port.run(IdeKm::Query{1}), "");
  EXPECT_EQ(port.km.port()->max_port_index, 2);
  for (unsigned set : {0u, 1u}) {
    EXPECT_EQ(port.run(set == 0 ? kProgram : kRefresh), "");
    EXPECT_EQ(port.run(go(ide::Direction::kReceive, set)), "");
    EXPECT_EQ(port.run(go(ide::Direction::kTransmit, set)), "");
  }
  EXPECT_EQ(port.run(IdeKm::Stop{5, 1, 1}), "");
  // Query; then twice six keys and six GOs; then six STOPs.
  ASSERT_EQ(port.requests.size(), 1u + 2 * 12 + 6);
  EXPECT_EQ(base::to_hex(port.requests[0]), "00000001");
  const std::uint8_t kOrder[] = {0x00, 0x10, 0x20, 0x02, 0x12, 0x22};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(port.requests[1 + i][6], kOrder[i]);
    EXPECT_EQ(port.requests[1 + 6 + i][6], kOrder[i]);
    EXPECT_EQ(port.requests[1 + 12 + i][6], kOrder[i] | 1);
  }
  EXPECT_EQ(base::to_hex(port.requests[7]), "0004000005000001");
}

TEST(IdeKmRequester, MirrorsWhatItProgramsForTheOtherEnd) {
  Port port;
  ASSERT_EQ(port.run(kRefresh), "");
  const auto& mirror = port.km.mirror_keys();
  ASSERT_EQ(mirror.size(), 6u);
  std::set<ide::Key> keys;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto request = wire::decode<ide_km::KeyProg>(port.requests[i]);
    const auto name = ide_km::key_sub_stream_of(request->key_sub_stream);
    EXPECT_EQ(ide_km::key_of(request->key), mirror[i].key);
    EXPECT_EQ(ide_km::ifv_of(request->ifv), mirror[i].ifv);
    EXPECT_NE(name.direction, mirror[i].direction);
    EXPECT_EQ(name.sub_stream, static_cast<unsigned>(mirror[i].sub_stream));
    EXPECT_EQ(mirror[i].key_set, 1u);
    keys.insert(mirror[i].key);
  }
  EXPECT_EQ(keys.size(), 6u);
}

TEST(IdeKmRequester, RefusesEachWrongStepByItsRule) {
  struct Wrong {
    const char* rule;
    std::vector<IdeKm::Goal> goals;
    std::function<void(Bytes&)> spoil{};
  };
  const auto flip = [](std::size_t at) { return [at](Bytes& b) { b.at(at) ^= 1; }; };
  const auto cut = [](Bytes& b) { b.pop_back(); };
  const Wrong kWrongs[] = {
      {"ide_km.go.keys", {go(ide::Direction::kReceive)}},
      {"ide_km.go.keys", {kProgram, go(ide::Direction::kReceive, 1)}},
      {"ide_km.go.keys", {kProgram, IdeKm::Stop{5, 1, 0}, go(ide::Direction::kReceive)}},
      {"ide_km.go.order", {kProgram, go(ide::Direction::kTransmit)}},
      {"ide_km.response.object", {kProgram}, [](Bytes& b) { b[1] = 6; }},
      {"ide_km.response.object", {kProgram}, [](Bytes& b) { b[0] = 1; }},
      {"ide_km.response.object", {IdeKm::Query{}}, [](Bytes& b) { b.clear(); }},
      {"ide_km.response.form", {kProgram}, cut},
      {"ide_km.response.form", {IdeKm::Query{}}, cut},
      {"ide_km.response.form", {kProgram, go(ide::Direction::kReceive)}, [](Bytes& b) { b.push_back(0); }},
      {"ide_km.response.echo", {kProgram}, flip(4)},
      {"ide_km.response.echo", {kProgram}, flip(6)},
      {"ide_km.response.echo", {kProgram}, flip(7)},
      {"ide_km.response.echo", {IdeKm::Query{}}, flip(3)},
      {"ide_km.response.echo", {kProgram, go(ide::Direction::kReceive)}, flip(6)},
      {"ide_km.response.echo", {kProgram, IdeKm::Stop{5, 1, 0}}, flip(7)},
      {"ide_km.key-prog.status", {kProgram}, [](Bytes& b) { b[5] = 3; }},
  };
  std::set<std::string_view> refused{"ide_km.response.expected", "ide_km.key.fresh"};
  for (const Wrong& wrong : kWrongs) {
    Port port;
    for (std::size_t i = 0; i < wrong.goals.size(); ++i) {
      const bool is_last = i + 1 == wrong.goals.size();
      if (is_last) port.spoil = wrong.spoil;
      EXPECT_EQ(port.run(wrong.goals[i]), is_last ? wrong.rule : "") << wrong.rule;
    }
    EXPECT_FALSE(port.km.next());
    refused.insert(wrong.rule);
  }
  for (const trust::Defence* row : rows())
    EXPECT_EQ(refused.contains(row->id), row->id.starts_with("ide_km.")) << row->id;
}

TEST(IdeKmRequester, RefusesAnswersNobodyAskedForAndKeysThatWereUsed) {
  trust::Defences defences;
  IdeKm km([](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), 7); }, defences, "x");
  EXPECT_EQ(km.receive(Bytes{0, 3}).refusal().by->id, "ide_km.response.expected");
  EXPECT_EQ(km.start(kProgram).refusal().by->id, "ide_km.key.fresh");
  EXPECT_FALSE(km.next());
}

}  // namespace
}  // namespace requester
