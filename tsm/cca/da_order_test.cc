// For each command of device assignment, what it is refused for and in which order: data written from the failure conditions of the
// alphas and, where they are silent, from the reference implementation's order. Each condition alone gives its status, and of any two
// that hold at once the earlier one speaks. A call that is refused changes nothing, so that one machine serves all of a command's calls.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "tsm/cca/da_bench.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

using B = DaBench;
using Act = std::function<void(B&, Registers&)>;

constexpr std::uint64_t kInput = 1, kRealm = 2, kRecError = 3, kNotSupported = 5, kDevice = 6, kGranule = 16;
constexpr std::uint64_t rtt(unsigned level) { return 4 | level << 8; }

struct Condition {
  const char* name;
  Act holds;
  std::uint64_t status;
};
struct Row {
  Rmi command;
  Stage stage;
  Act before;  // once
  Act good;    // a call that succeeds
  std::vector<Condition> conditions;
};
#define ARG(reg, value) [](B&, Registers& in) { in.reg = value; }
const Act kNothing = [](B&, Registers&) {};

// ---- parameters -----------------------------------------------------------------------------------------------------

template <class Params>
Act with(Params (*params)(), void (*change)(Params&)) {
  return [params, change](B& b, Registers&) {
    Params p = params();
    change(p);
    b.put(p);
  };
}
#define PDEV(change) with<ccaproto::PdevParams>(&B::device_params, [](ccaproto::PdevParams& p) { change; })
#define STREAM(change) with<ccaproto::PdevStreamParams>(&B::stream_params, [](ccaproto::PdevStreamParams& p) { change; })
#define VDEV(change) with<ccaproto::VdevParams>(&B::vdev_params, [](ccaproto::VdevParams& p) { change; })
#define KEY(change)                  \
  [](B& b, Registers&) {             \
    auto p = b.key_params();         \
    change;                          \
    b.put(p);                        \
  }
#define COMM(change)                                                          \
  [](B& b, Registers&) {                                                      \
    ccaproto::DevCommEnter e{.req_addr = B::kHost, .resp_addr = B::kHost};    \
    change;                                                                   \
    b.put_comm(e);                                                            \
  }

std::vector<Condition> join(std::initializer_list<std::vector<Condition>> parts) {
  std::vector<Condition> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

const std::vector<Condition> kCommForm{{"req_align", COMM(e.req_addr = B::kHost + 8), kInput},
                                       {"resp_len", COMM(e.resp_len = 4097), kInput},
                                       {"response_empty", COMM(e.status = ccaproto::CommStatus::kResponse), kInput},
                                       {"req_pas", COMM(e.req_addr = B::kFree), kInput},
                                       {"resp_pas", COMM(e.resp_addr = B::kFree), kInput},
                                       {"status", COMM(e.status = ccaproto::CommStatus::kError), kDevice}};
const std::vector<Condition> kPdevObject{{"pdev_align", ARG(x1, B::kPdev + 8), kInput},
                                         {"pdev_bound", ARG(x1, B::kOutside), kInput},
                                         {"pdev_state", ARG(x1, B::kSpare), kInput}};
const std::vector<Condition> kNames{{"rd_align", ARG(x1, B::kRd + 8), kInput},       {"pdev_align", ARG(x2, B::kPdev + 8), kInput},
                                    {"vdev_align", ARG(x3, B::kVdev + 8), kInput},   {"rd_bound", ARG(x1, B::kOutside), kInput},
                                    {"rd_state", ARG(x1, B::kSpare), kInput},        {"pdev_bound", ARG(x2, B::kOutside), kInput},
                                    {"pdev_state", ARG(x2, B::kSpare), kInput},      {"vdev_bound", ARG(x3, B::kOutside), kInput},
                                    {"vdev_state", ARG(x3, B::kSpare), kInput}};
// Another realm, and a device that is the interface's not.
const std::vector<Condition> kOfOthers{{"realm", ARG(x1, B::kFree), kInput}, {"device", ARG(x2, B::kPort), kDevice}};
const std::vector<Condition> kOfOthersDevice{{"realm", ARG(x1, B::kFree), kDevice}, {"device", ARG(x2, B::kPort), kDevice}};
const Act kSecondRealm = [](B& b, Registers&) { b.make_realm(B::kFree, B::kFreeToo, 2); };
const Act kVdevCall = [](B& b, Registers& in) { in = b.vdev_names(), b.put_comm(); };

const Act kStreamCall = [](B&, Registers& in) { in = {.x1 = B::kPdev, .x2 = B::kPort, .x3 = B::kPdev | 1}; };
const std::vector<Condition> kEnds{{"pdev1_align", ARG(x1, B::kPdev + 8), kInput}, {"pdev2_align", ARG(x2, B::kPort + 8), kInput},
                                   {"handle", ARG(x3, B::kPdev | 2), kInput},      {"pdev2_state", ARG(x2, B::kSpare), kInput},
                                   {"pdev2", ARG(x2, B::kPdev), kInput}};

std::vector<Row> rows() {
  std::vector<Row> out;
  out.push_back({Rmi::kPdevCreate, Stage::kPort, kNothing,
                 [](B& b, Registers& in) { in = {.x1 = B::kPdev, .x2 = B::kPage0}, b.put(B::device_params()); },
                 {{"pdev_align", ARG(x1, B::kPdev + 8), kInput},
                  {"params_align", ARG(x2, B::kPage0 + 8), kInput},
                  {"params_bound", ARG(x2, B::kOutside), kInput},
                  {"params_pas", ARG(x2, B::kFree), kInput},
                  {"rid_range", PDEV(p.rid_top = p.rid_base), kInput},
                  {"hash", PDEV(p.hash_algo = ccaproto::DigestAlgorithm{3}), kInput},
                  {"flags", PDEV(p.flags |= 8), kInput},
                  {"category", PDEV(p.flags = ccaproto::pdev_flags(ccaproto::PdevCategory::kOnChip, true)), kNotSupported},
                  {"spdm", PDEV(p.flags = ccaproto::pdev_flags(ccaproto::PdevCategory::kOffChip, false)), kNotSupported},
                  {"routing_id", PDEV(p.routing_id = 0x10000), kInput},
                  {"pdev_id", PDEV(p.pdev_id = 0x4242), kInput},
                  {"pdev_bound", ARG(x1, B::kOutside), kInput},
                  {"pdev_gran_state", ARG(x1, B::kData), kInput}}});
  out.push_back({Rmi::kPdevGetState, Stage::kNew, kNothing, ARG(x1, B::kPdev), kPdevObject});
  out.push_back({Rmi::kPdevCommunicate, Stage::kNew, kNothing,
                 [](B& b, Registers& in) { in = {.x1 = B::kPdev, .x2 = B::kComm}, b.put_comm(); },
                 join({{{"data_align", ARG(x2, B::kComm + 8), kInput}},
                       kPdevObject,
                       {{"data_bound", ARG(x2, B::kOutside), kInput}, {"data_pas", ARG(x2, B::kFree), kInput}, {"due", ARG(x1, B::kPort), kDevice}},
                       kCommForm})});
  out.push_back({Rmi::kPdevSetPubkey, Stage::kNeedsKey, kNothing,
                 [](B& b, Registers& in) { in = {.x1 = B::kPdev, .x2 = B::kPage0}, b.put(b.key_params()); },
                 {{"pdev_align", ARG(x1, B::kPdev + 8), kInput},
                  {"params_align", ARG(x2, B::kPage0 + 8), kInput},
                  {"params_bound", ARG(x2, B::kOutside), kInput},
                  {"params_pas", ARG(x2, B::kFree), kInput},
                  {"key_len_max", KEY(p.key_len = 1025), kInput},
                  {"metadata_len_max", KEY(p.metadata_len = 1025), kInput},
                  {"algorithm", KEY(p.algo = ccaproto::SignatureAlgorithm{9}), kInput},
                  {"key_len", KEY(--p.key_len), kInput},
                  {"pdev_bound", ARG(x1, B::kOutside), kInput},
                  {"pdev_gran_state", ARG(x1, B::kSpare), kInput},
                  {"pdev_state", ARG(x1, B::kPort), kDevice},
                  {"key", KEY(p.key[0] = 2), kDevice}}});
  out.push_back({Rmi::kPdevStop, Stage::kNeedsKey, kNothing, ARG(x1, B::kPdev), kPdevObject});
  out.push_back({Rmi::kPdevAbort, Stage::kNew, kNothing, ARG(x1, B::kPdev), join({kPdevObject, {{"idle", ARG(x1, B::kPort), kDevice}}})});
  out.push_back({Rmi::kPdevDestroy, Stage::kNeedsKey,
                 [](B& b, Registers&) { B::must(b.call(Rmi::kPdevStop, {.x1 = B::kPdev})), B::must(b.talk_to_pdev()); }, ARG(x1, B::kPdev),
                 join({kPdevObject, {{"pdev_stopped", ARG(x1, B::kPort), kDevice}}})});
  out.push_back({Rmi::kPdevStreamConnect, Stage::kReady, kNothing,
                 [](B& b, Registers& in) { in = {.x1 = B::kPage0}, b.put(B::stream_params()); },
                 {{"params_align", ARG(x1, B::kPage0 + 8), kInput},
                  {"params_bound", ARG(x1, B::kOutside), kInput},
                  {"params_pas", ARG(x1, B::kFree), kInput},
                  {"num_addr_range", STREAM(p.num_addr_range = 17), kInput},
                  {"stream_type", STREAM(p.stream_type = 2), kNotSupported},
                  {"pdev_1", STREAM(p.pdev_1 = B::kSpare), kInput},
                  {"pdev_2", STREAM(p.pdev_2 = B::kSpare), kInput},
                  {"category", STREAM(p.pdev_1 = B::kPort), kInput},
                  {"ide_sid", STREAM(p.ide_sid = 256), kInput}}});
  for (const Rmi command : {Rmi::kPdevStreamDisconnect, Rmi::kPdevStreamKeyRefresh}) out.push_back({command, Stage::kStream, kNothing, kStreamCall, kEnds});
  out.push_back({Rmi::kPdevStreamComplete, Stage::kReady,
                 [](B& b, Registers&) {
                   b.put(B::stream_params());
                   B::must(b.call(Rmi::kPdevStreamConnect, {.x1 = B::kPage0}));
                   for (const std::uint64_t end : {B::kPort, B::kPdev, B::kPort, B::kPdev}) B::must(b.talk_to_pdev(end));
                 },
                 kStreamCall, kEnds});
  out.push_back({Rmi::kVdevCreate, Stage::kStream, kNothing,
                 [](B& b, Registers& in) { in = b.vdev_names(), in.x4 = B::kPage0, b.put(B::vdev_params()); },
                 {{"rd_align", ARG(x1, B::kRd + 8), kInput},
                  {"pdev_align", ARG(x2, B::kPdev + 8), kInput},
                  {"vdev_align", ARG(x3, B::kVdev + 8), kInput},
                  {"params_align", ARG(x4, B::kPage0 + 8), kInput},
                  {"rd_state", ARG(x1, B::kSpare), kInput},
                  {"pdev_state", ARG(x2, B::kSpare), kInput},
                  {"params_bound", ARG(x4, B::kOutside), kInput},
                  {"params_pas", ARG(x4, B::kFree), kInput},
                  {"flags", VDEV(p.flags = 1), kInput},
                  {"num_addr_range", VDEV(p.num_addr_range = 9), kInput},
                  {"addr_range", VDEV(p.addr_range[0].top = p.addr_range[0].base), kInput},
                  {"tdi_id", VDEV(p.tdi_id = B::kId + 1), kInput},
                  {"vdev_bound", ARG(x3, B::kOutside), kInput},
                  {"vdev_gran_state", ARG(x3, B::kData), kInput}}});
  out.push_back({Rmi::kVdevCommunicate, Stage::kUnlocked,
                 [](B& b, Registers& in) { kSecondRealm(b, in), B::must(b.call(Rmi::kVdevLock, b.vdev_names())); }, kVdevCall,
                 join({{{"data_align", ARG(x4, B::kComm + 8), kInput}},
                       kNames,
                       {{"realm", ARG(x1, B::kFree), kInput},
                        {"data_bound", ARG(x4, B::kOutside), kInput},
                        {"data_pas", ARG(x4, B::kData), kInput},
                        {"device", ARG(x2, B::kPort), kDevice}},
                       kCommForm})});
  out.push_back({Rmi::kVdevGetState, Stage::kUnlocked, kNothing, ARG(x1, B::kVdev),
                 {{"vdev_align", ARG(x1, B::kVdev + 8), kInput}, {"vdev_bound", ARG(x1, B::kOutside), kInput}, {"vdev_state", ARG(x1, B::kPdev), kInput}}});
  out.push_back({Rmi::kVdevLock, Stage::kUnlocked, kSecondRealm, kVdevCall, join({kNames, kOfOthers})});
  out.push_back({Rmi::kVdevStart, Stage::kLocked, kSecondRealm, kVdevCall, join({kNames, kOfOthers})});
  out.push_back({Rmi::kVdevGetMeasurements, Stage::kLocked, kSecondRealm, kVdevCall,
                 join({kNames, kOfOthersDevice, {{"params_bound", ARG(x4, B::kOutside), kInput}, {"params_pas", ARG(x4, B::kData), kInput}}})});
  out.push_back({Rmi::kVdevGetInterfaceReport, Stage::kLocked, kSecondRealm, kVdevCall, join({kNames, kOfOthersDevice})});
  out.push_back({Rmi::kVdevAbort, Stage::kUnlocked,
                 [](B& b, Registers& in) { kSecondRealm(b, in), B::must(b.call(Rmi::kVdevLock, b.vdev_names())); }, kVdevCall,
                 join({kNames, kOfOthersDevice})});
  out.push_back({Rmi::kVdevDestroy, Stage::kUnlocked, kSecondRealm, kVdevCall, join({kNames, kOfOthersDevice})});
  out.push_back({Rmi::kVdevUnlock, Stage::kLocked, kSecondRealm, kVdevCall, join({kNames, kOfOthersDevice})});
  out.push_back({Rmi::kVdevComplete, Stage::kLocked,
                 [](B& b, Registers&) {
                   B::must(b.enter());
                   (void)b.rsi(Rsi::kVdevGetInfo, {.x1 = B::kName, .x2 = B::kInfo});
                 },
                 [](B&, Registers& in) { in = {.x1 = B::kRec, .x2 = B::kVdev}; },
                 {{"rec_align", ARG(x1, B::kRec + 8), kInput},
                  {"vdev_align", ARG(x2, B::kVdev + 8), kInput},
                  {"rec_bound", ARG(x1, B::kOutside), kInput},
                  {"rec_state", ARG(x1, B::kRd), kInput},
                  {"vdev_bound", ARG(x2, B::kOutside), kInput},
                  {"vdev_state", ARG(x2, B::kPdev), kInput}}});
  out.push_back({Rmi::kRttDevMap, Stage::kUnlocked,
                 [](B& b, Registers& in) {
                   kSecondRealm(b, in);
                   b.delegate(B::kBar), b.delegate(B::kBar + 8 * B::kPage);
                   B::must(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = b.fresh(), .x3 = B::kBar + B::kPage}));
                 },
                 [](B&, Registers& in) {
                   in = {.x1 = B::kRd, .x2 = B::kVdev, .x3 = B::kBar, .x4 = B::kBar + B::kPage, .x5 = ccaproto::kAddressSingle,
                         .x6 = ccaproto::address_range(B::kBar, 1)};
                 },
                 {{"rd_align", ARG(x1, B::kRd + 8), kInput},
                  {"rd_state", ARG(x1, B::kSpare), kInput},
                  {"base_align", ARG(x3, B::kBar + 8), kInput},
                  {"size", ARG(x4, 0), kInput},
                  {"top_bound", ARG(x4, B::kUnprotected + B::kPage), kInput},
                  {"oaddr_type", ARG(x5, ccaproto::kAddressList), kInput},
                  {"oaddr_count", ARG(x6, ccaproto::address_range(B::kBar, 0)), kInput},
                  {"oaddr_block", ARG(x6, ccaproto::address_range(B::kBar, 1) | 1), kInput},
                  {"oaddr_state", ARG(x6, ccaproto::address_range(B::kBar, 1) | ccaproto::kRangeUndelegated), kInput},
                  {"vdev_bound", ARG(x2, B::kOutside), kInput},
                  {"vdev_state", ARG(x2, B::kPdev), kInput},
                  {"rtt_walk", [](B&, Registers& in) { in.x3 = 1ull << 33, in.x4 = in.x3 + B::kPage; }, rtt(1)},
                  {"range", ARG(x6, ccaproto::address_range(B::kBar + 8 * B::kPage, 1)), kInput},
                  {"rtte_state", [](B&, Registers& in) { in.x3 = B::kBar + B::kPage, in.x4 = in.x3 + B::kPage; }, rtt(3)},
                  {"gran_state", ARG(x6, ccaproto::address_range(B::kBar + B::kPage, 1)), kInput}}});
  out.push_back({Rmi::kRttDevUnmap, Stage::kUnlocked, [](B& b, Registers&) { b.delegate(B::kBar), B::must(b.map(B::kBar, B::kBar)); },
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kBar, .x3 = B::kBar + B::kPage}; },
                 {{"rd_align", ARG(x1, B::kRd + 8), kInput},
                  {"rd_state", ARG(x1, B::kSpare), kInput},
                  {"base_align", ARG(x2, B::kBar + 8), kInput},
                  {"size", ARG(x3, 0), kInput},
                  {"oaddr_type", ARG(x4, ccaproto::kAddressList), kInput},
                  {"oaddr", ARG(x5, 8), kInput},
                  {"rtt_walk", [](B&, Registers& in) { in.x2 = 1ull << 33, in.x3 = in.x2 + B::kPage; }, rtt(1)},
                  {"rtte_state", [](B&, Registers& in) { in.x2 = B::kBar + B::kPage, in.x3 = in.x2 + B::kPage; }, rtt(3)}}});
  out.push_back({Rmi::kRttDevValidate, Stage::kReported,
                 [](B& b, Registers& in) {
                   kSecondRealm(b, in);
                   b.delegate(B::kBar);
                   B::must(b.map(B::kBar, B::kBar));
                   B::must(b.enter());
                   (void)b.ask(Rsi::kVdevValidateMapping, b.mapping(b.info()));
                 },
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kRec, .x3 = B::kBar, .x4 = B::kBar + B::kPage}; },
                 {{"size", ARG(x4, B::kBar), kInput},
                  {"top_align", ARG(x4, B::kBar + 8), kInput},
                  {"rd_align", ARG(x1, B::kRd + 8), kInput},
                  {"rd_state", ARG(x1, B::kSpare), kInput},
                  {"rec_align", ARG(x2, B::kRec + 8), kInput},
                  {"rec_state", ARG(x2, B::kRd), kInput},
                  {"rec_owner", ARG(x1, B::kFree), kRecError},
                  {"base_bound", ARG(x3, B::kBar - B::kPage), kInput},
                  {"top_bound", ARG(x4, B::kBar + 2 * B::kPage), kInput}}});
  return out;
}

std::uint64_t status(B& b, const Row& row, std::initializer_list<const Condition*> conditions) {
  Registers in;
  row.good(b, in);
  // The one whose status is wanted is applied last: two conditions may be about one operand.
  for (const auto* condition : conditions) condition->holds(b, in);
  return b.call(row.command, in).out.x0;
}

TEST(DeviceRefusals, EachConditionAloneAndOfTwoTheEarlierOne) {
  for (const auto& row : rows()) {
    B b(row.stage);
    Registers none;
    row.before(b, none);
    for (std::size_t later = 0; later < row.conditions.size(); ++later) {
      const auto& one = row.conditions[later];
      EXPECT_EQ(status(b, row, {&one}), one.status) << ccaproto::name_of(row.command) << " " << one.name;
      for (std::size_t earlier = 0; earlier < later; ++earlier)
        EXPECT_EQ(status(b, row, {&one, &row.conditions[earlier]}), row.conditions[earlier].status)
            << ccaproto::name_of(row.command) << " " << row.conditions[earlier].name << " before " << one.name;
    }
    EXPECT_EQ(status(b, row, {}), 0u) << ccaproto::name_of(row.command);
  }
}

TEST(DeviceRefusals, EveryCommandThatCanBeRefusedIsInTheTable) {
  std::set<Rmi> tested;
  for (const auto& row : rows()) tested.insert(row.command);
  for (const auto commands : {pdev_commands(), vdev_commands()})
    for (const auto& command : commands) EXPECT_EQ(tested.contains(command.call), !command.steps.empty()) << ccaproto::name_of(command.call);
}

// Every state of a device and of an interface, with every command that asks for one.
TEST(DeviceRefusals, ACommandFindsItsDeviceInTheStateThatItIsFor) {
  const Stage kStages[] = {Stage::kNew, Stage::kNeedsKey, Stage::kHasKey, Stage::kReady, Stage::kStream, Stage::kUnlocked, Stage::kLocked, Stage::kStarted};
  const std::map<Rmi, std::set<Stage>> kGood{
      {Rmi::kPdevCommunicate, {Stage::kNew, Stage::kHasKey}},
      {Rmi::kPdevSetPubkey, {Stage::kNeedsKey}},
      {Rmi::kPdevStop, {Stage::kNeedsKey, Stage::kReady}},
      {Rmi::kPdevAbort, {Stage::kNew, Stage::kHasKey}},
      {Rmi::kPdevDestroy, {}},
      {Rmi::kPdevStreamDisconnect, {Stage::kStream}},
      {Rmi::kPdevStreamKeyRefresh, {Stage::kStream, Stage::kUnlocked, Stage::kLocked, Stage::kStarted}},
      {Rmi::kPdevStreamComplete, {}},
      {Rmi::kVdevLock, {Stage::kUnlocked}},
      {Rmi::kVdevStart, {Stage::kLocked}},
      {Rmi::kVdevGetMeasurements, {Stage::kLocked, Stage::kStarted}},
      {Rmi::kVdevGetInterfaceReport, {Stage::kLocked, Stage::kStarted}},
      {Rmi::kVdevUnlock, {Stage::kLocked, Stage::kStarted}},
      {Rmi::kVdevAbort, {}},
      {Rmi::kVdevDestroy, {Stage::kUnlocked}},
      {Rmi::kVdevCommunicate, {}},
  };
  for (const auto& [command, good] : kGood) {
    const bool of_vdev = ccaproto::name_of(command).starts_with("RMI_VDEV");
    for (const Stage stage : kStages) {
      if (of_vdev && stage < Stage::kUnlocked) continue;
      B b(stage);
      Registers in;
      if (of_vdev) in = b.vdev_names();
      else if (ccaproto::name_of(command).starts_with("RMI_PDEV_STREAM")) kStreamCall(b, in);
      else in = {.x1 = B::kPdev, .x2 = B::kPage0};
      if (command == Rmi::kPdevCommunicate) in.x2 = B::kComm;
      if (command == Rmi::kPdevSetPubkey && stage >= Stage::kNeedsKey) b.put(b.key_params());
      const auto answer = b.call(command, in).out.x0;
      EXPECT_EQ(answer == 0, good.contains(stage)) << ccaproto::name_of(command) << " at stage " << static_cast<int>(stage) << ": " << answer;
      EXPECT_TRUE(answer == 0 || answer == kInput || answer == kDevice) << ccaproto::name_of(command);
    }
  }
}

TEST(DeviceRefusals, StatesThatNeedMoreThanAStage) {
  B stream(Stage::kStream);
  stream.put(B::stream_params());
  EXPECT_EQ(stream.call(Rmi::kPdevStreamConnect, {.x1 = B::kPage0}).out.x0, kInput) << "there is one";
  B b(Stage::kUnlocked);
  b.put(B::vdev_params());
  EXPECT_EQ(b.call(Rmi::kVdevCreate, {.x1 = B::kRd, .x2 = B::kPdev, .x3 = B::kSpare, .x4 = B::kPage0}).out.x0, kInput) << "ranges and number are taken";
  b.put(B::device_params());
  EXPECT_EQ(b.call(Rmi::kPdevCreate, {.x1 = B::kSpare, .x2 = B::kPage0}).out.x0, kInput) << "there is one";
  B early(Stage::kReady);
  early.put(B::vdev_params());
  EXPECT_EQ(early.call(Rmi::kVdevCreate, {.x1 = B::kRd, .x2 = B::kPdev, .x3 = B::kVdev, .x4 = B::kPage0}).out.x0, kDevice) << "no stream";
  EXPECT_EQ(early.call(Rmi::kRealmDestroy, {.x1 = B::kRd}).out.x0, kRealm);
  EXPECT_EQ(early.call(Rmi::kPdevStreamKeyPurge, {.x1 = B::kPdev}).out.x0, kNotSupported);
  B asked(Stage::kLocked);
  B::must(asked.enter());
  EXPECT_EQ(asked.call(Rmi::kVdevComplete, {.x1 = B::kRec, .x2 = B::kVdev}).out.x0, kInput) << "nothing was asked";
  B mapped(Stage::kLocked);
  mapped.delegate(B::kBar);
  B::must(mapped.map(B::kBar, B::kBar));
  EXPECT_EQ(mapped.call(Rmi::kVdevUnlock, mapped.vdev_names()).out.x0, kGranule);
}

}  // namespace
}  // namespace cca
