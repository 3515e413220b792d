#include "scenarios/engine/guest_machine.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "guest/programs/programs.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/vm_tpm.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr sim::Time kAccessTime = 100 * sim::kNanosecond;
constexpr sim::Time kExitTime = 2 * sim::kMicrosecond;
constexpr unsigned kFaultsMax = 8;  // handlers of faults within each other
constexpr std::uint32_t kSevLeaf = 0x8000'001F;

}  // namespace

GuestMachine::GuestMachine(World& world, VmState& vm)
    : world_(world), vm_(vm),
      rdrand_(world.run.seed + (world.other_secret ? 0x5EC2E7 : 0), world.stream_name(vm.name + ".rdrand")),
      interrupts_(world.weather.interrupt_stream()),
      kernel_(world.kit->kernel(vm, *this)), reports_(std::make_unique<GuestReports>(world, vm, *this, *kernel_)) {}

void GuestMachine::run(sim::Fiber& fiber, const std::string& program, const std::vector<std::string>& args) {
  fiber_ = &fiber;
  boot();
  glacis_guest calls = abi_of(*this);
  abi::Guest guest(calls);
  const auto* found = programs::find_program(program);
  base::check(found != nullptr, "the loader knows every program");
  found->run(guest, args);
  goes_on();
}

// What a guest kernel does before anything else: takes over the pages that were there at launch, and looks around.
void GuestMachine::boot() {
  for (const auto& page : vm_.launched)
    if (page.kind != cpu::LaunchPage::Kind::kSaveArea) {
      vm_.vm.space.set(page.gpa, kPage, memory::AddressSpace::Attribute::kPrivate);
      kernel_->note_accepted(page.gpa, kPage);
    }
  if (vm_.vtpm) vm_.vtpm->measure_boot();
  if (!kernel_->protects()) return;
  if (const auto why = kernel_->boot(); !why.empty()) stop(why);
}

void GuestMachine::step(sim::Time span) {
  fiber_->step();
  fiber_->sleep(span);
}

void GuestMachine::stop(const std::string& why) {
  vm_.stopped = why;
  world_.record.say(vm_.name, "stops: " + why);
  fiber_->kill();
  std::abort();  // kill() on the own fiber does not return
}

void GuestMachine::touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in, bool write) {
  if (world_.weather.interrupts(interrupts_)) save_and_resume();
  step(kAccessTime);
  for (int tries = 0; tries < 4; ++tries) {
    const auto result = write ? vm_.vcpu.write(gpa, in) : vm_.vcpu.read(gpa, out);
    if (result) {
      if (private_.contains(gpa / kPage)) {
        if (write) world_.oracle.wrote(vm_.name, gpa, in);
        else world_.oracle.read(vm_.name, gpa, out, world_.sim.now());
      }
      let_step(write ? in.size() : out.size());
      return;
    }
    if (faulting_ == kFaultsMax) stop("a fault in the handler of a fault, again and again");
    ++faulting_;
    const auto why = kernel_->fault(result, result.gpa & ~(kPage - 1), write);
    --faulting_;
    if (!why.empty()) stop(why);
  }
  stop("the same fault again and again");
}

cpu::Exit GuestMachine::exit_to_host(const cpu::Exit& exit, const std::string& object, std::optional<std::uint64_t> faulted) {
  step(world_.weather.exit_time(kExitTime));
  static const wire::Schema kSchema = wire::schema_of<cpu::Exit>("exit");
  auto there = vm_.exit.cross({.object = object, .bytes = wire::encode(exit), .schema = &kSchema});
  if (!there) stop("the host never answers");
  const auto handled = vm_.exit.deliver(*there);
  if (faulted) world_.adversary->restore_mapping(vm_, *faulted);
  if (!handled) stop("the host makes nothing of the exit");
  auto back = vm_.exit.cross(*handled);
  if (!back) stop("the host never resumes the guest");
  const auto got = wire::decode<cpu::Exit>(back->bytes);
  if (!got) stop("the host resumes the guest with no answer");
  entered_ = true;
  return *got;
}

void GuestMachine::save_and_resume() {
  step(world_.weather.exit_time(kExitTime));
  const base::Bytes before(live_, live_ + live_bytes_);
  vm_.registers_now = before;
  world_.technology->leave(vm_.vm, before);
  (void)vm_.registers.cross({.object = "VMEXIT", .bytes = {}});
  auto back = world_.technology->enter(vm_.vm, live_bytes_);
  if (!back) stop("VMRUN fails");
  if (live_bytes_ != 0) {
    const bool known = std::find(saved_before_.begin(), saved_before_.end(), *back) != saved_before_.end();
    world_.oracle.resumed(vm_.name, before, *back, known, world_.sim.now());
    std::memcpy(live_, back->data(), live_bytes_);
    saved_before_.push_back(before);
  }
  take_events();
}

std::array<std::uint32_t, 4> GuestMachine::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  const auto truth = world_.host.cpuid(leaf, subleaf);
  const auto got = kernel_->cpuid(leaf, subleaf);
  if (leaf != kSevLeaf && got != std::array<std::uint32_t, 4>{truth.eax, truth.ebx, truth.ecx, truth.edx})
    misled_ = true;
  return got;
}

void GuestMachine::goes_on() {
  if (std::exchange(misled_, false))
    world_.oracle.breach(trust::Promise::kIntegrity, vm_.name + " acts on a CPUID value that its processor does not have",
                         world_.sim.now());
}

std::uint64_t GuestMachine::alloc(const std::string& name, std::uint64_t bytes, bool shared) {
  const std::uint64_t pages = (bytes + kPage - 1) / kPage;
  const std::uint64_t gpa = vm_.next_gpa;
  if (pages == 0 || pages > (kVmBytes - gpa) / kPage) return 0;
  vm_.next_gpa += pages * kPage;
  vm_.pages[name] = gpa;
  for (std::uint64_t i = 0; i < pages; ++i)
    if (world_.host.back(vm_.vm, gpa + i * kPage) == 0) return 0;
  if (!shared && !convert(gpa, pages * kPage, false)) stop("a new page cannot be made private");
  return gpa;
}

bool GuestMachine::convert(std::uint64_t gpa, std::uint64_t bytes, bool shared) {
  for (std::uint64_t at = gpa; at < gpa + bytes; at += kPage) {
    step(world_.weather.exit_time(kExitTime));
    const bool was = private_.contains(at / kPage);
    if (shared) {
      if (was) call_other_cpus();
      if (was && !kernel_->share(at)) return false;
      private_.erase(at / kPage);
      world_.oracle.forgot(vm_.name, at, kPage);
      vm_.vm.space.set(at, kPage, memory::AddressSpace::Attribute::kShared);
    } else {
      if (kernel_->maps_private()) vm_.vm.space.set(at, kPage, memory::AddressSpace::Attribute::kPrivate);
      if (!was && !kernel_->accept(at)) return false;
      private_.insert(at / kPage);
    }
  }
  return true;
}

bool GuestMachine::defend(const char* id, bool holds) {
  return !world_.defences.refuse_unless(guest_row(id), holds, vm_.name);
}

base::Bytes GuestMachine::read(std::uint64_t gpa, std::size_t count) {
  base::Bytes out(count);
  touch(gpa, out, {}, false);
  return out;
}

void GuestMachine::write(std::uint64_t gpa, base::View bytes) { touch(gpa, {}, bytes, true); }

base::Bytes GuestMachine::random(std::size_t count) {
  base::Bytes out(count);
  rdrand_.fill(out);
  return out;
}

}  // namespace engine
