// For each RMI command, what the specification refuses it for and in which order: data written from its failure conditions. Each
// condition alone gives its status, and of any two that hold at once the earlier one speaks.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tsm/cca/bare_rmm.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

using B = BareRmm;
using Act = std::function<void(B&, Registers&)>;

constexpr std::uint64_t kInput = 1, kRealm = 2, kRealmOff = 2 | 1 << 8, kRecError = 3;
constexpr std::uint64_t rtt(unsigned level) { return 4 | level << 8; }

struct Condition {
  const char* name;  // as the specification has it
  Act holds;
  std::uint64_t status;
};
struct Row {
  Rmi command;
  bool active;
  Act good;  // a call that succeeds
  std::vector<Condition> conditions;
};

#define ARG(reg, value) [](B&, Registers& in) { in.reg = value; }

void pending_change(B& b, std::uint64_t base, std::uint64_t top) {
  B::must(b.enter());
  (void)b.rsi(Rsi::kIpaStateSet, {.x1 = base, .x2 = top, .x3 = 1, .x4 = 1});
}

ccaproto::RealmParams spare_params() { return B::realm_params_at(B::kFreeToo, 9); }
Act params(std::function<void(ccaproto::RealmParams&)> change) {
  return [change](B& b, Registers&) {
    auto p = *wire::decode<ccaproto::RealmParams>(*b.rmm.host_page(B::kParams));
    change(p);
    b.write(B::kParams, wire::encode(p));
  };
}
Act rec_params_with(std::function<void(ccaproto::RecParams&)> change) {
  return [change](B& b, Registers&) {
    auto p = *wire::decode<ccaproto::RecParams>(*b.rmm.host_page(B::kHost));
    change(p);
    b.write(B::kHost, wire::encode(p));
  };
}

// A second REC, which is not running, and the first one asks to switch it on.
void asks_for_second(B& b) {
  B::must(b.enter());
  (void)b.rmm.rsi(1, {.x0 = static_cast<std::uint64_t>(ccaproto::Psci::kCpuOn), .x1 = 1});
}

std::vector<Row> rows() {
  std::vector<Row> out;
  out.push_back({Rmi::kGranuleDelegate, false, ARG(x1, B::kSource),
                 {{"gran_align", ARG(x1, B::kSource + 1), kInput},
                  {"gran_bound", ARG(x1, B::kOutside), kInput},
                  {"gran_state", ARG(x1, B::kFree), kInput}}});
  out.push_back({Rmi::kGranuleUndelegate, false, ARG(x1, B::kFree),
                 {{"gran_align", ARG(x1, B::kFree + 8), kInput},
                  {"gran_bound", ARG(x1, B::kOutside), kInput},
                  {"gran_state", ARG(x1, B::kSource), kInput},
                  {"gran_state", ARG(x1, B::kData), kInput}}});
  out.push_back({Rmi::kRealmCreate, false,
                 [](B& b, Registers& in) { in.x1 = B::kFree, in.x2 = B::kParams, b.write(B::kParams, wire::encode(spare_params())); },
                 {{"params_align", ARG(x2, B::kParams + 4), kInput},
                  {"params_bound", ARG(x2, B::kOutside), kInput},
                  {"params_pas", ARG(x2, B::kData), kInput},
                  {"params_supp", params([](auto& p) { p.flags = ccaproto::kRealmSve; }), kInput},
                  {"params_supp", params([](auto& p) { p.hash_algo = HashAlgorithm{2}; }), kInput},
                  {"params_supp", params([](auto& p) { p.num_bps = 6; }), kInput},
                  {"params_supp", params([](auto& p) { p.s2sz = 52; }), kInput},
                  {"rtt_num_level", params([](auto& p) { p.rtt_num_start = 2; }), kInput},
                  {"rtt_num_level", params([](auto& p) { p.rtt_level_start = 2; }), kInput},
                  {"vmid_valid", params([](auto& p) { p.vmid = 1; }), kInput},
                  {"alias", params([](auto& p) { p.rtt_base = B::kFree; }), kInput},
                  {"rd_align", ARG(x1, B::kFree + 1), kInput},
                  {"rd_bound", ARG(x1, B::kOutside), kInput},
                  {"rtt_align", params([](auto& p) { p.rtt_base = B::kFreeToo + 0x800; }), kInput},
                  {"rd_state", ARG(x1, B::kData), kInput},
                  {"rtt_state", params([](auto& p) { p.rtt_base = B::kRec; }), kInput}}});
  const std::vector<Condition> rd{{"rd_align", ARG(x1, B::kRd + 1), kInput}, {"rd_bound", ARG(x1, B::kOutside), kInput}, {"rd_state", ARG(x1, B::kFree), kInput}};
  const auto with_rd = [&](std::vector<Condition> before, std::vector<Condition> after) {
    before.insert(before.end(), rd.begin(), rd.end());
    before.insert(before.end(), after.begin(), after.end());
    return before;
  };
  out.push_back({Rmi::kRealmActivate, false, ARG(x1, B::kRd),
                 with_rd({}, {{"realm_state", [](B& b, Registers&) { B::must(b.call(Rmi::kRealmActivate, {.x1 = B::kRd})); }, kRealm}})});
  out.push_back({Rmi::kRealmDestroy, false,
                 [](B& b, Registers& in) {
                   b.make_realm(B::kFree, B::kFreeToo, 2);
                   in.x1 = B::kFree;
                 },
                 {{"rd_align", ARG(x1, B::kFree + 1), kInput},
                  {"rd_bound", ARG(x1, B::kOutside), kInput},
                  {"rd_state", ARG(x1, B::kData), kInput},
                  {"realm_live", ARG(x1, B::kRd), kRealm}}});
  out.push_back({Rmi::kRecAuxCount, false, ARG(x1, B::kRd), rd});
  out.push_back({Rmi::kRecCreate, false,
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kHost}; },
                 with_rd({{"params_align", ARG(x3, B::kHost + 1), kInput},
                          {"params_bound", ARG(x3, B::kOutside), kInput},
                          {"params_pas", ARG(x3, B::kData), kInput},
                          {"num_aux", rec_params_with([](auto& p) { p.num_aux = 17; }), kInput},
                          {"aux_align", rec_params_with([](auto& p) { p.aux[3] += 8; }), kInput},
                          {"aux_state", rec_params_with([](auto& p) { p.aux[3] = B::kData; }), kInput},
                          {"aux_alias", rec_params_with([](auto& p) { p.aux[3] = p.aux[4]; }), kInput},
                          {"aux_alias", rec_params_with([](auto& p) { p.aux[3] = B::kFree; }), kInput},
                          {"rec_align", ARG(x2, B::kFree + 1), kInput},
                          {"rec_bound", ARG(x2, B::kOutside), kInput},
                          {"rec_state", ARG(x2, B::kRec), kInput}},
                         {{"realm_state", [](B& b, Registers&) { B::must(b.call(Rmi::kRealmActivate, {.x1 = B::kRd})); }, kRealm},
                          {"mpidr_index", rec_params_with([](auto& p) { p.mpidr = 5; }), kInput},
                          {"num_aux", rec_params_with([](auto& p) { p.num_aux = 15; }), kInput}})});
  const std::vector<Condition> rec{{"rec_align", ARG(x1, B::kRec + 1), kInput}, {"rec_bound", ARG(x1, B::kOutside), kInput},
                                   {"rec_gran_state", ARG(x1, B::kRd), kInput}};
  out.push_back({Rmi::kRecDestroy, true, ARG(x1, B::kRec), {rec[0], rec[1], rec[2], {"rec_state", [](B& b, Registers&) { B::must(b.enter()); }, kRecError}}});
  out.push_back({Rmi::kRecEnter, true,
                 [](B& b, Registers& in) { in = {.x1 = B::kRec, .x2 = B::kRun}, b.put_enter(0); },
                 {{"run_align", ARG(x2, B::kRun + 1), kInput},
                  {"run_bound", ARG(x2, B::kOutside), kInput},
                  {"run_pas", ARG(x2, B::kData), kInput},
                  rec[0], rec[1], rec[2],
                  {"rec_state", [](B& b, Registers&) { B::must(b.enter()); }, kRecError},
                  {"system_off",
                   [](B& b, Registers&) {
                     B::must(b.enter());
                     (void)b.rmm.rsi(1, {.x0 = static_cast<std::uint64_t>(ccaproto::Psci::kSystemOff)});
                   },
                   kRealmOff},
                  {"rec_runnable",
                   [](B& b, Registers&) {
                     if (!b.enter().ok()) return;
                     (void)b.rmm.rsi(1, {.x0 = static_cast<std::uint64_t>(ccaproto::Psci::kCpuOff)});
                   },
                   kRecError},
                  {"rec_mmio", [](B& b, Registers&) { b.put_enter(ccaproto::kEnterEmulatedMmio); }, kRecError},
                  {"rec_gicv3", [](B& b, Registers&) { b.write(B::kRun, wire::encode(ccaproto::RecEnter{.gicv3_hcr = 1})); }, kRecError}}});
  out.push_back({Rmi::kPsciComplete, true,
                 [](B& b, Registers& in) {
                   asks_for_second(b);
                   in = {.x1 = B::kRec, .x2 = B::kFree, .x3 = 0};
                 },
                 {{"alias", ARG(x2, B::kRec), kInput},
                  {"calling_align", ARG(x1, B::kRec + 1), kInput},
                  {"calling_bound", ARG(x1, B::kOutside), kInput},
                  {"target_align", ARG(x2, B::kFree + 1), kInput},
                  {"target_bound", ARG(x2, B::kOutside), kInput},
                  {"calling_state", ARG(x1, B::kData), kInput},
                  {"target_state", ARG(x2, B::kData), kInput},
                  {"pending", [](B& b, Registers&) { B::must(b.call(Rmi::kPsciComplete, {.x1 = B::kRec, .x2 = B::kFree, .x3 = 0})); }, kInput},
                  {"status", ARG(x3, 7), kInput}}});
  out.push_back({Rmi::kRttCreate, false,
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kNoTable, .x4 = 3}; },
                 with_rd({{"rtt_align", ARG(x2, B::kFree + 1), kInput},
                          {"rtt_bound", ARG(x2, B::kOutside), kInput},
                          {"rtt_state", ARG(x2, B::kData), kInput}},
                         {{"level_bound", ARG(x4, 0), kInput},
                          {"level_bound", ARG(x4, 4), kInput},
                          {"level_bound", ARG(x4, ~0ull), kInput},
                          {"ipa_align", ARG(x3, B::kNoTable + 0x1000), kInput},
                          {"ipa_bound", ARG(x3, 1ull << 40), kInput},
                          {"rtt_walk", ARG(x3, 1ull << 33), rtt(1)},
                          {"rtte_state", ARG(x3, 0), rtt(2)}})});
  const auto table_below = [&](std::uint64_t) {
    return with_rd({}, {{"level_bound", ARG(x3, 0), kInput},
                        {"level_bound", ARG(x3, 4), kInput},
                        {"ipa_align", ARG(x2, B::kNoTable + 0x1000), kInput},
                        {"ipa_bound", ARG(x2, 1ull << 40), kInput},
                        {"rtt_walk", ARG(x2, 1ull << 33), rtt(1)},
                        {"rtte_state", ARG(x2, B::kNoTable * 2), rtt(2)}});
  };
  const Act add_table = [](B& b, Registers& in) {
    B::must(b.call(Rmi::kRttCreate, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kNoTable, .x4 = 3}));
    in = {.x1 = B::kRd, .x2 = B::kNoTable, .x3 = 3};
  };
  auto destroys = table_below(0), folds = table_below(0);
  destroys.push_back({"rtt_live", ARG(x2, 0), rtt(3)});
  folds.push_back({"rtt_fold", ARG(x2, 0), rtt(3)});
  out.push_back({Rmi::kRttDestroy, false, add_table, destroys});
  out.push_back({Rmi::kRttFold, false, add_table, folds});
  out.push_back({Rmi::kRttReadEntry, false,
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kMapped, .x3 = 3}; },
                 with_rd({}, {{"level_bound", ARG(x3, 4), kInput},
                              {"level_bound", ARG(x3, ~0ull), kInput},
                              {"ipa_align", ARG(x2, B::kMapped + 1), kInput},
                              {"ipa_bound", ARG(x2, 1ull << 40), kInput}})});
  const std::vector<Condition> unprotected{{"ipa_align", ARG(x2, B::kUnprotected + 1), kInput},
                                           {"ipa_bound", ARG(x2, B::kMapped), kInput},
                                           {"ipa_bound", ARG(x2, 1ull << 40), kInput},
                                           {"rtt_walk", ARG(x2, B::kUnprotected + (1ull << 33)), rtt(1)}};
  auto maps = with_rd({{"level_bound", ARG(x3, 1), kInput}, {"level_bound", ARG(x3, 4), kInput}}, {{"rtte_host", ARG(x4, B::kHost | 1), kInput}});
  maps.insert(maps.end(), unprotected.begin(), unprotected.end());
  maps.push_back({"rtte_state",
                  [](B& b, Registers&) {
                    B::must(b.call(Rmi::kRttMapUnprotected, {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3, .x4 = B::kHost}));
                  },
                  rtt(3)});
  out.push_back({Rmi::kRttMapUnprotected, false,
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3, .x4 = B::kHost | ccaproto::kUnprotectedReadWrite}; }, maps});
  auto unmaps = with_rd({{"level_bound", ARG(x3, 1), kInput}}, {});
  unmaps.insert(unmaps.end(), unprotected.begin(), unprotected.end());
  unmaps.push_back({"rtte_state", ARG(x2, B::kUnprotected + 0x1000), rtt(3)});
  out.push_back({Rmi::kRttUnmapUnprotected, false,
                 [](B& b, Registers& in) {
                   B::must(b.call(Rmi::kRttMapUnprotected, {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3, .x4 = B::kHost}));
                   in = {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3};
                 },
                 unmaps});
  const std::vector<Condition> data{{"data_align", ARG(x2, B::kFree + 1), kInput},
                                    {"data_bound", ARG(x2, B::kOutside), kInput},
                                    {"data_state", ARG(x2, B::kData), kInput},
                                    {"data_state", ARG(x2, B::kHost), kInput}};
  const std::vector<Condition> page{{"ipa_align", ARG(x3, B::kEmpty + 1), kInput},
                                    {"ipa_bound", ARG(x3, B::kUnprotected), kInput},
                                    {"ipa_bound", ARG(x3, 1ull << 40), kInput},
                                    {"rtt_walk", ARG(x3, B::kNoTable), rtt(2)},
                                    {"rtte_state", ARG(x3, B::kMapped), rtt(3)}};
  std::vector<Condition> creates{{"flags_valid", ARG(x5, 2), kInput},
                                 {"src_align", ARG(x4, B::kSource + 1), kInput},
                                 {"src_bound", ARG(x4, B::kOutside), kInput},
                                 {"src_pas", ARG(x4, B::kData), kInput}};
  creates.insert(creates.end(), data.begin(), data.end());
  creates = with_rd(creates, {{"realm_state", [](B& b, Registers&) { (void)b.call(Rmi::kRealmActivate, {.x1 = B::kRd}); }, kRealm}});
  creates.insert(creates.end(), page.begin(), page.end());
  out.push_back({Rmi::kDataCreate, false,
                 [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kEmpty, .x4 = B::kSource, .x5 = 1}; }, creates});
  auto unknown = with_rd(data, page);
  out.push_back({Rmi::kDataCreateUnknown, true, [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kEmpty}; }, unknown});
  out.push_back({Rmi::kDataDestroy, true, [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kMapped}; },
                 with_rd({}, {{"ipa_align", ARG(x2, B::kMapped + 1), kInput},
                              {"ipa_bound", ARG(x2, B::kUnprotected), kInput},
                              {"rtt_walk", ARG(x2, B::kNoTable), rtt(2)},
                              {"rtte_state", ARG(x2, B::kEmpty), rtt(3)}})});
  out.push_back({Rmi::kRttInitRipas, false, [](B&, Registers& in) { in = {.x1 = B::kRd, .x2 = B::kEmpty, .x3 = B::kEmpty + 0x1000}; },
                 with_rd({{"size_valid", ARG(x3, 0), kInput}},
                         {{"base_align", ARG(x2, B::kEmpty - 1), kInput},
                          {"top_bound", ARG(x3, B::kUnprotected + 0x1000), kInput},
                          {"realm_state", [](B& b, Registers&) { (void)b.call(Rmi::kRealmActivate, {.x1 = B::kRd}); }, kRealm},
                          {"base_align", [](B&, Registers& in) { in.x2 = B::kNoTable + 0x1000, in.x3 = B::kNoTable + 0x40'0000; }, rtt(2)},
                          {"rtte_state", ARG(x2, B::kMapped), rtt(3)}})});
  out.push_back({Rmi::kRttSetRipas, true,
                 [](B& b, Registers& in) {
                   pending_change(b, B::kEmpty, B::kEmpty + 0x1000);
                   in = {.x1 = B::kRd, .x2 = B::kRec, .x3 = B::kEmpty, .x4 = B::kEmpty + 0x1000};
                 },
                 with_rd({{"size_valid", ARG(x4, B::kEmpty), kInput}},
                         {{"rec_align", ARG(x2, B::kRec + 1), kInput},
                          {"rec_bound", ARG(x2, B::kOutside), kInput},
                          {"rec_gran_state", ARG(x2, B::kData), kInput},
                          {"rec_state", [](B& b, Registers&) { B::must(b.enter()); }, kRecError},
                          {"base_bound", ARG(x3, B::kMapped), kInput},
                          {"top_bound", ARG(x4, B::kEmpty + 0x2000), kInput}})});
  return out;
}

// Before a good call of REC_CREATE there are parameters of a second REC; before PSCI_COMPLETE there is one.
std::unique_ptr<B> machine_for(const Row& row) {
  auto out = std::make_unique<B>(row.active && row.command != Rmi::kPsciComplete);
  if (row.command == Rmi::kPsciComplete) {
    auto params = rec_params();
    params.flags = 0, params.mpidr = 1;
    for (std::uint64_t i = 0; i < kRecAuxGranules; ++i) params.aux[i] = B::kSpareAux + i * B::kPage;
    out->write(B::kHost, wire::encode(params));
    B::must(out->call(Rmi::kRecCreate, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kHost}));
    B::must(out->call(Rmi::kRealmActivate, {.x1 = B::kRd}));
  }
  return out;
}

std::uint64_t status(const Row& row, std::initializer_list<const Condition*> conditions) {
  const auto b = machine_for(row);
  Registers in;
  row.good(*b, in);
  // The one whose status is wanted is applied last: two conditions may be about one operand.
  for (const auto* condition : conditions) condition->holds(*b, in);
  return b->call(row.command, in).out.x0;
}

TEST(Refusals, EachConditionAloneGivesItsStatus) {
  for (const auto& row : rows()) {
    EXPECT_EQ(status(row, {}), 0u) << ccaproto::name_of(row.command);
    for (const auto& condition : row.conditions)
      EXPECT_EQ(status(row, {&condition}), condition.status) << ccaproto::name_of(row.command) << " " << condition.name;
  }
}

// Conditions that change what is there, instead of an operand, stand last in the product: they need operands that are good.
TEST(Refusals, OfTwoConditionsTheEarlierOneSpeaks) {
  for (const auto& row : rows())
    for (std::size_t later = 1; later < row.conditions.size(); ++later)
      for (std::size_t earlier = 0; earlier < later; ++earlier)
        try {
          EXPECT_EQ(status(row, {&row.conditions[later], &row.conditions[earlier]}), row.conditions[earlier].status)
              << ccaproto::name_of(row.command) << " " << row.conditions[earlier].name << " before " << row.conditions[later].name;
        } catch (const std::runtime_error&) {
          // The two exclude each other: one needs a call that the other makes impossible.
        }
}

TEST(Refusals, EveryCommandOfTheInterfaceThatCanBeRefusedIsInTheTable) {
  std::set<Rmi> tested;
  for (const auto& row : rows()) tested.insert(row.command);
  for (const auto& command : commands()) EXPECT_EQ(tested.contains(command.call), !command.steps.empty()) << ccaproto::name_of(command.call);
}

TEST(Refusals, AnEnteredRealmThatIsNewIsRefusedWithItsOwnIndex) {
  B b(false);
  b.put_enter(0);
  EXPECT_EQ(b.enter().out.x0, kRealm);
}

TEST(Refusals, ARecOfAnotherRealmIsRefused) {
  B b(true);
  b.make_realm(B::kFree, B::kFreeToo, 2);
  pending_change(b, B::kEmpty, B::kEmpty + 0x1000);
  EXPECT_EQ(b.call(Rmi::kRttSetRipas, {.x1 = B::kFree, .x2 = B::kRec, .x3 = B::kEmpty, .x4 = B::kEmpty + 0x1000}).out.x0, kRecError);
}

}  // namespace
}  // namespace cca
