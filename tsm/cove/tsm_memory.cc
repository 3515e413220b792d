// Pages of a TVM: its regions and G-stage tables, what enters, what leaves, and the fence between the two.
#include "tsm/cove/tsm.h"

namespace cove {
namespace {

CallResult succeeded() { return {{SbiError::kSuccess, 0}, std::nullopt}; }
constexpr std::uint64_t first_of(std::uint64_t gpa, unsigned level) { return gpa & ~((kPage << (9 * level)) - 1); }
// Sv48x4: guest physical addresses have 50 bits, and the directory is the top level.
constexpr std::uint64_t kGpaEnd = 1ull << 50;
constexpr unsigned kTopLevel = 3;

bool gpas_ok(std::uint64_t gpa, std::uint64_t bytes) {
  return gpa % kPage == 0 && bytes % kPage == 0 && bytes <= kGpaEnd && gpa <= kGpaEnd - bytes;
}

}  // namespace

CallResult Tsm::add_memory_region(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  CallCase c;
  c.count = in.a2 != 0 && in.a2 % kPage == 0 && in.a2 <= kGpaEnd;
  c.address = in.a1 % kPage == 0 && in.a1 < kGpaEnd && (!c.count || in.a1 <= kGpaEnd - in.a2);
  c.tvm = tvm != nullptr;
  c.region_free = !tvm || !c.address || !c.count || tvm->regions.none(in.a1, in.a2);
  c.initializing = !tvm || tvm->state == coveproto::TvmState::kInitializing;
  if (auto no = refuse(kAddMemoryRegionSteps, c); !no.ok()) return no;
  tvm->regions.set(in.a1, in.a2, Region::kConfidential);
  return succeeded();
}

CallResult Tsm::add_page_table_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const Range pages{in.a1, in.a2};
  CallCase c;
  c.tvm = tvm != nullptr;
  c.count = pages.count != 0;
  look_at_pages(c, pages);
  if (auto no = refuse(kAddPageTablePagesSteps, c); !no.ok()) return no;
  take(pages, tvm->id, PageUse::kPageTable);
  for (std::uint64_t i = 0; i < pages.count; ++i) tvm->table_pool.push_back(pages.first + i * kPage);
  return succeeded();
}

// What a mapping of `count` pages at that address asks of the TVM.
void Tsm::look_at_mapping(CallCase& c, const Tvm* tvm, std::uint64_t gpa, std::uint64_t count, Region kind) const {
  const bool sane = count <= settings_.memory_bytes / kPage && gpas_ok(gpa, count * kPage);
  c.address = c.address && sane;
  c.tvm = tvm != nullptr;
  c.count = c.count && count != 0;
  if (!tvm || !sane || count == 0) return;
  const std::uint64_t end = gpa + count * kPage;
  c.region = tvm->regions.all(gpa, count * kPage, kind);
  c.free = !tvm->any_mapped(gpa, count * kPage);
  std::uint64_t tables = 0;
  for (unsigned level = 0; level < kTopLevel; ++level)
    for (std::uint64_t at = first_of(gpa, level + 1); at < end; at += kPage << (9 * (level + 1)))
      tables += !tvm->tables.contains({level, at});
  c.table_pages = tables <= tvm->table_pool.size();
  c.runnable = tvm->state == coveproto::TvmState::kRunnable;
  c.initializing = !c.runnable;
}

void Tsm::map(Tvm& tvm, std::uint64_t gpa, const Mapping& mapping) {
  for (unsigned level = 0; level < kTopLevel; ++level)
    if (!tvm.table_pool.empty() && tvm.tables.insert({level, first_of(gpa, level + 1)}).second) tvm.table_pool.pop_back();
  tvm.mappings[gpa] = mapping;
}

CallResult Tsm::add_measured_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const std::uint64_t source = in.a1, count = in.a4, gpa = in.a5;
  const Range pages{in.a2, count};
  CallCase c;
  look_at_mapping(c, tvm, gpa, count, Region::kConfidential);
  look_at_pages(c, pages);
  c.address = c.address && source % kPage == 0 && tracking_.covers(source, count * kPage);
  c.source = !c.address || own_memory(source, count * kPage);
  c.page_type = in.a3 == static_cast<std::uint64_t>(coveproto::PageType::k4K);
  c.late_content = c.runnable;
  if (auto no = refuse(kAddMeasuredPagesSteps, c); !no.ok()) return no;
  take(pages, tvm->id, PageUse::kData);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t from = source + i * kPage, to = pages.first + i * kPage, at = gpa + i * kPage;
    base::Bytes content(kPage);
    (void)memory_.read(own_memory(from, kPage) ? memory::KeyId::kNone : key(), from, content);
    (void)memory_.write(key(), to, content);
    if (!c.late_content) {
      auto& measured = tvm->registers[coveproto::kTvmPagesRegister];
      measured = coveproto::extended_by_page(measured, at, content);
    }
    map(*tvm, at, {.spa = to});
  }
  return succeeded();
}

CallResult Tsm::add_zero_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const std::uint64_t count = in.a3, gpa = in.a4;
  const Range pages{in.a1, count};
  CallCase c;
  look_at_mapping(c, tvm, gpa, count, Region::kConfidential);
  look_at_pages(c, pages);
  c.page_type = in.a2 == static_cast<std::uint64_t>(coveproto::PageType::k4K);
  if (auto no = refuse(kAddZeroPagesSteps, c); !no.ok()) return no;
  take(pages, tvm->id, PageUse::kData);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t to = pages.first + i * kPage;
    (void)memory_.write(key(), to, base::Bytes(kPage));
    map(*tvm, gpa + i * kPage, {.spa = to});
  }
  return succeeded();
}

CallResult Tsm::add_shared_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const std::uint64_t count = in.a3, gpa = in.a4;
  const Range pages{in.a1, count};
  CallCase c;
  look_at_mapping(c, tvm, gpa, count, Region::kShared);
  c.address = c.address && pages_ok(pages);
  c.source = !c.address || own_memory(pages.first, count * kPage);
  c.page_type = in.a2 == static_cast<std::uint64_t>(coveproto::PageType::k4K);
  if (auto no = refuse(kAddSharedPagesSteps, c); !no.ok()) return no;
  for (std::uint64_t i = 0; i < count; ++i) map(*tvm, gpa + i * kPage, {.spa = pages.first + i * kPage, .shared = true});
  return succeeded();
}

// ---- what leaves ----------------------------------------------------------------------------------------------------

namespace {

struct Leaving {
  CallCase c;
  std::uint64_t gpa = 0, bytes = 0;
};

Leaving look_at_leaving(const Tvm* tvm, const Ecall& in) {
  Leaving out{.c = {}, .gpa = in.a1, .bytes = in.a2};
  CallCase& c = out.c;
  c.tvm = tvm != nullptr;
  c.count = out.bytes != 0 && out.bytes % kPage == 0 && out.bytes <= kGpaEnd;
  c.address = out.gpa % kPage == 0 && out.gpa < kGpaEnd && (!c.count || out.gpa <= kGpaEnd - out.bytes);
  if (!tvm || !c.count || !c.address) return out;
  std::uint64_t found = 0;
  for (auto at = tvm->mappings.lower_bound(out.gpa); at != tvm->mappings.end() && at->first < out.gpa + out.bytes; ++at) {
    ++found;
    const auto& invalidated = at->second.invalidated;
    c.present = c.present && !invalidated;
    c.invalidated = c.invalidated && invalidated.has_value();
    c.tlb_fenced = c.tlb_fenced && (!invalidated || tvm->fenced(*invalidated));
  }
  const bool all = found == out.bytes / kPage;
  c.present = c.present && all;
  c.invalidated = c.invalidated && all;
  c.removable = tvm->regions.all(out.gpa, out.bytes, Region::kConfidentialRemovable) ||
                tvm->regions.all(out.gpa, out.bytes, Region::kSharedRemovable);
  return out;
}

}  // namespace

CallResult Tsm::invalidate_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const Leaving what = look_at_leaving(tvm, in);
  if (auto no = refuse(kInvalidatePagesSteps, what.c); !no.ok()) return no;
  for (auto at = tvm->mappings.lower_bound(what.gpa); at != tvm->mappings.end() && at->first < what.gpa + what.bytes; ++at)
    at->second.invalidated = tvm->version;
  return succeeded();
}

CallResult Tsm::validate_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  const Leaving what = look_at_leaving(tvm, in);
  if (auto no = refuse(kValidatePagesSteps, what.c); !no.ok()) return no;
  for (auto at = tvm->mappings.lower_bound(what.gpa); at != tvm->mappings.end() && at->first < what.gpa + what.bytes; ++at)
    at->second.invalidated.reset();
  return succeeded();
}

CallResult Tsm::remove_pages(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  Leaving what = look_at_leaving(tvm, in);
  what.c.removable = what.c.removable || !settings_.removable_on_request;
  if (auto no = refuse(kRemovePagesSteps, what.c); !no.ok()) return no;
  const auto first = tvm->mappings.lower_bound(what.gpa), last = tvm->mappings.lower_bound(what.gpa + what.bytes);
  for (auto at = first; at != last; ++at)
    if (!at->second.shared) tracking_.release(at->second.spa);
  tvm->mappings.erase(first, last);
  settle(*tvm);
  return succeeded();
}

CallResult Tsm::tvm_fence(const Ecall& in) {
  Tvm* tvm = find(in.a0);
  CallCase c;
  c.tvm = tvm != nullptr;
  c.idle = !tvm || !tvm->fencing();
  if (auto no = refuse(kTvmFenceSteps, c); !no.ok()) return no;
  ++tvm->version;
  return succeeded();
}

// A change of assignment is complete once nothing of the old kind is mapped.
void Tsm::settle(Tvm& tvm) {
  std::erase_if(tvm.pending, [&](const PendingChange& change) {
    if (tvm.any_mapped(change.gpa, change.bytes)) return false;
    tvm.regions.set(change.gpa, change.bytes, change.becomes);
    return true;
  });
}

}  // namespace cove
