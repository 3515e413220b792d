#include "scenarios/engine/guest_machine.h"

#include <algorithm>
#include <cstring>

#include "guest/programs/programs.h"
#include "guest/relying_party/messages.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/sev/ghcb.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_rows.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr sim::Time kAccessTime = 100 * sim::kNanosecond;
constexpr sim::Time kExitTime = 2 * sim::kMicrosecond;
constexpr std::uint32_t kSevLeaf = 0x8000'001F;

std::string object_of(std::uint64_t code) {
  switch (static_cast<sevproto::ExitCode>(code)) {
    case sevproto::ExitCode::kCpuid: return "CPUID";
    case sevproto::ExitCode::kSnpPsc: return "PSC";
    case sevproto::ExitCode::kGuestRequest:
    case sevproto::ExitCode::kTioGuestRequest:
    case sevproto::ExitCode::kExtGuestRequest: return "GUEST_REQUEST";
    case sevproto::ExitCode::kTioOp: return "TIO_OP";
    default: return "EXIT";
  }
}

}  // namespace

tsm_abi::SevLayout layout_of(const World& world, std::uint8_t vmpl) {
  return {.snp = world.settings.technology == "sev-snp",
          .vmpl = vmpl,
          .secrets_gpa = kSecretsGpa,
          .cpuid_gpa = kCpuidGpa,
          .psc_gpa = kPscGpa,
          .request_gpa = kRequestGpa,
          .response_gpa = kResponseGpa,
          .cert_gpa = kCertGpa,
          .cert_pages = kCertPages};
}

GuestMachine::GuestMachine(World& world, VmState& vm)
    : world_(world), vm_(vm),
      rdrand_(world.run.seed + (world.other_secret ? 0x5EC2E7 : 0), world.stream_name(vm.name + ".rdrand")),
      interrupts_(world.weather.interrupt_stream()),
      sev_(*this, layout_of(world, vm.vmpl), world.defences, vm.name), protects_(world.sev != nullptr) {}

void GuestMachine::run(sim::Fiber& fiber, const std::string& program, const std::vector<std::string>& args) {
  fiber_ = &fiber;
  boot();
  glacis_guest calls = abi_of(*this);
  abi::Guest guest(calls);
  const auto* found = programs::find_program(program);
  base::check(found != nullptr, "the loader knows every program");
  found->run(guest, args);
}

// What a guest kernel does before anything else: learns where the C-bit is, takes over the pages that firmware validated, reads
// its secrets page.
void GuestMachine::boot() {
  for (const auto& page : vm_.launched)
    if (page.kind != cpu::LaunchPage::Kind::kSaveArea) {
      vm_.vm.space.set(page.gpa, kPage, memory::AddressSpace::Attribute::kPrivate);
      sev_.note_accepted(page.gpa, kPage);
    }
  if (!protects_) return;
  if (world_.settings.kernel_hashes) {
    // The firmware compares what the host loaded with the hashes in its own measured page.
    const auto kernel = read_private(kKernelGpa, kPage), table = read_private(kHashesGpa, 176);
    const bool same = table == wire::encode(sevproto::kernel_hashes(kernel, {}, kCommandLine));
    if (!defend("guest.kernel.hashes", same)) stop("the kernel is not the one whose hash was measured");
  }
  const auto leaf = cpuid(kSevLeaf, 0);
  const auto truth = world_.host.cpuid(kSevLeaf, 0);
  c_bit_works_ = (leaf[1] & 0x3F) == (truth.ebx & 0x3F);
  if (!c_bit_works_ && !defend("guest.cbit.check", false)) stop("the C-bit that the host named does not encrypt");
  if (world_.settings.technology == "sev-snp" && !sev_.boot_read_secrets()) stop("the secrets page is not what it should be");
  if (world_.settings.config && world_.settings.technology == "sev-snp") check_config();
}

// The configuration is the host's to choose; what the owner will read in reports is HOST_DATA, so the two have to agree.
void GuestMachine::check_config() {
  const auto own = sev_.get_report({}, 0);
  const auto report = wire::decode<sevproto::Report>(own ? *own : base::Bytes{});
  const bool same = report && report->host_data == crypto::sha256(read_private(kConfigGpa, kPage));
  if (!defend("guest.config.host-data", same)) stop("the configuration is not the one that HOST_DATA names");
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
      return;
    }
    const std::uint64_t page = result.gpa & ~(kPage - 1);
    if (result.kind == cpu::AccessResult::Kind::kNotMapped) {
      // A nested fault: the host learns which page, and puts back what it had there.
      exit_to_host({.code = static_cast<std::uint64_t>(sevproto::ExitCode::kNpf), .info1 = 0, .info2 = page}, "NPF");
      if (!vm_.vm.nested.translate(page)) stop("the host keeps a page away");
      continue;
    }
    if (result.kind == cpu::AccessResult::Kind::kRefused && result.refusal->by->act == trust::Act::kDetect) {
      // #VC, page not validated: the guest's lazy path accepts a page, though never one that it had accepted.
      if (!sev_.accept_page(page)) stop("a page was taken away behind the guest's back");
      continue;
    }
    if (result.kind == cpu::AccessResult::Kind::kRefused) stop("the host cannot resolve the fault");
    stop("machine check");
  }
  stop("the same fault again and again");
}

cpu::Exit GuestMachine::exit_to_host(const cpu::Exit& exit, const std::string& object) {
  step(world_.weather.exit_time(kExitTime));
  static const wire::Schema kSchema = wire::schema_of<cpu::Exit>("exit");
  auto there = vm_.exit.cross({.object = object, .bytes = wire::encode(exit), .schema = &kSchema});
  if (!there) stop("the host never answers");
  const auto handled = vm_.exit.deliver(*there);
  if (exit.code == static_cast<std::uint64_t>(sevproto::ExitCode::kNpf)) world_.adversary->restore_mapping(vm_, exit.info2);
  if (!handled) stop("the host makes nothing of the exit");
  auto back = vm_.exit.cross(*handled);
  if (!back) stop("the host never resumes the guest");
  const auto got = wire::decode<cpu::Exit>(back->bytes);
  if (!got) stop("the host resumes the guest with no answer");
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
}

std::array<std::uint32_t, 4> GuestMachine::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  const auto truth = world_.host.cpuid(leaf, subleaf);
  std::array<std::uint32_t, 4> got{};
  if (world_.settings.cpuid_page && world_.settings.technology == "sev-snp") {
    const auto answer = sev_.cpuid(leaf, subleaf);
    if (answer) got = {answer->eax, answer->ebx, answer->ecx, answer->edx};
  } else {
    const auto answer = exit_to_host({.code = static_cast<std::uint64_t>(sevproto::ExitCode::kCpuid), .rax = leaf, .rcx = subleaf}, "CPUID");
    got = {static_cast<std::uint32_t>(answer.rax), static_cast<std::uint32_t>(answer.rbx), static_cast<std::uint32_t>(answer.rcx),
           static_cast<std::uint32_t>(answer.rdx)};
  }
  if (leaf != kSevLeaf && got != std::array<std::uint32_t, 4>{truth.eax, truth.ebx, truth.ecx, truth.edx})
    world_.oracle.breach(trust::Promise::kIntegrity, vm_.name + " acts on a CPUID value that its processor does not have",
                         world_.sim.now());
  return got;
}

std::uint64_t GuestMachine::alloc(const std::string& name, std::uint64_t bytes, bool shared) {
  const std::uint64_t pages = (bytes + kPage - 1) / kPage;
  const std::uint64_t gpa = vm_.next_gpa;
  if (pages == 0 || gpa + pages * kPage > kVmBytes) return 0;
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
      if (was && !sev_.share_page(at)) return false;
      private_.erase(at / kPage);
      world_.oracle.forgot(vm_.name, at, kPage);
      vm_.vm.space.set(at, kPage, memory::AddressSpace::Attribute::kShared);
    } else {
      if (c_bit_works_) vm_.vm.space.set(at, kPage, memory::AddressSpace::Attribute::kPrivate);
      if (!was && !sev_.accept_page(at)) return false;
      private_.insert(at / kPage);
    }
  }
  return true;
}

bool GuestMachine::defend(const char* id, bool holds) {
  return !world_.defences.refuse_unless(guest_row(id), holds, vm_.name);
}

base::Bytes GuestMachine::read_private(std::uint64_t gpa, std::size_t count) {
  base::Bytes out(count);
  touch(gpa, out, {}, false);
  return out;
}

void GuestMachine::write_private(std::uint64_t gpa, base::View bytes) { touch(gpa, {}, bytes, true); }

tsm_abi::VmgexitReply GuestMachine::vmgexit(const tsm_abi::Vmgexit& exit) {
  const auto code = static_cast<std::uint64_t>(exit.exit_code);
  auto r = exit.registers;
  if (exit.exit_code == sevproto::ExitCode::kSnpPsc) r.rbx = kPscGpa;
  const auto answer = exit_to_host({.code = code, .info1 = exit.info1, .info2 = exit.info2, .rax = r.rax, .rbx = r.rbx, .rcx = r.rcx, .rdx = r.rdx},
                                   object_of(code));
  return {.info1 = answer.info1, .info2 = answer.info2, .registers = {answer.rax, answer.rbx, answer.rcx, answer.rdx}};
}

std::uint32_t GuestMachine::pvalidate(std::uint64_t gpa, bool validate) { return world_.technology->accept(vm_.vm, gpa, validate); }

std::uint32_t GuestMachine::rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) {
  return world_.technology->grant(vm_.vm, gpa, vmpl, perms, vmsa);
}

void GuestMachine::sealed(base::View key, base::View iv, base::View plaintext) {
  world_.oracle.sealed(key, iv, plaintext, world_.sim.now());
}

base::Bytes GuestMachine::trusted_random(std::size_t count) {
  base::Bytes out(count);
  rdrand_.fill(out);
  return out;
}

}  // namespace engine
