// Whatever ECALLs a host and a TVM make, in whatever order and with whatever operands, the TSM answers, and a page has one state. An
// input is a row of calls of eight bytes: who calls (0 host, 1 TVM, 2 a trap), the function, and six operands, each a byte that is
// scaled to what is in use.
#include "platform/base/check.h"
#include "tests/fuzz/target.h"
#include "tsm/cove/test_machine.h"

namespace {

constexpr std::size_t kCallsMax = 64, kCallBytes = 8;

std::uint64_t operand(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {0, 1, 16, 48, 0x1000, 0x2000, 0x4000, 0x8000, 1 << 20, 2 << 20, 16 << 20, 17 << 20, ~0ull, 1ull << 50, 64 << 20, 2};
  return kKnown[byte & 15] + (std::uint64_t{byte} >> 4 << 12);
}

void play(base::View in) {
  cove::TestMachine m;
  base::check(m.start() == "", "an honest TVM starts");
  for (std::size_t at = 0, calls = 0; at + kCallBytes <= in.size() && calls < kCallsMax; at += kCallBytes, ++calls) {
    cove::Ecall call{operand(in[at + 2]), operand(in[at + 3]), operand(in[at + 4]), operand(in[at + 5]), operand(in[at + 6]), operand(in[at + 7])};
    const std::uint16_t function = in[at + 1] % 24;
    if (in[at] % 3 == 0) (void)m.call(static_cast<cove::Covh>(function), call, in[at] / 3 % 5);
    if (in[at] % 3 == 1) {
      call.a6 = function, call.a7 = coveproto::kCovg;
      (void)m.tsm.ecall(1, call);
    }
    if (in[at] % 3 == 2) m.tsm.trap(1);
  }
  for (const auto& [spa, entry] : m.tsm.tracking().entries()) {
    base::check(entry.state != cove::PageState::kNonConfidential, "the table holds what is not non-confidential");
    base::check(entry.state == cove::PageState::kAssigned || entry.owner == 0, "only what is assigned has an owner");
  }
  // No two mappings of confidential pages lead to one page.
  std::set<std::uint64_t> seen;
  for (cove::TvmId id = 1; id < 16; ++id)
    if (const auto* tvm = m.tsm.tvm(id))
      for (const auto& [gpa, mapping] : tvm->mappings)
        if (!mapping.shared) {
          base::check(seen.insert(mapping.spa).second, "a confidential page is mapped once");
          base::check(m.tsm.tracking().entry(mapping.spa).owner == id, "and belongs to that TVM");
        }
}

// A page that is converted, fenced, given to the TVM, shared, taken away and reclaimed; then the end of the TVM.
base::Bytes seed() {
  using H = cove::Covh;
  base::Bytes out;
  const auto row = [&](std::uint8_t who, std::uint8_t function, std::initializer_list<std::uint8_t> operands) {
    out.push_back(who), out.push_back(function);
    for (const std::uint8_t one : operands) out.push_back(one);
    out.resize((out.size() + kCallBytes - 1) / kCallBytes * kCallBytes);
  };
  const auto host = [&](H function, std::initializer_list<std::uint8_t> operands, std::uint8_t hart = 1) {
    row(static_cast<std::uint8_t>(3 * hart), static_cast<std::uint8_t>(function), operands);
  };
  host(H::kConvertPages, {8, 2});
  host(H::kGlobalFence, {});
  for (const std::uint8_t hart : {0, 2, 3}) host(H::kLocalFence, {}, hart);
  host(H::kAddTvmZeroPages, {1, 8, 0, 1, 7});
  row(1, 2, {7, 4});
  host(H::kTvmInvalidatePages, {1, 7, 4});
  host(H::kTvmFence, {1});
  row(2, 0, {});
  host(H::kTvmRemovePages, {1, 7, 4});
  host(H::kRunTvmVcpu, {1, 0});
  host(H::kReclaimPages, {8, 1});
  host(H::kAddTvmSharedPages, {1, 8, 0, 1, 7});
  row(1, 3, {7, 4});
  row(2, 0, {});
  host(H::kDestroyTvm, {1});
  return out;
}

}  // namespace

FUZZ_TARGET([](base::View in) { play(in); }, seed())
