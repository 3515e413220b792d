// A protected VM's firmware and then its kernel.
#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/certificate.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kits/boot_words.h"
#include "scenarios/engine/kits/pkvm_kit.h"
#include "tsm/abi/pkvm_guest.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;

class PkvmKernel final : public GuestKernel, private tsm_abi::PkvmPlatform {
 public:
  PkvmKernel(World& world, PkvmKit& kit, VmState& vm, GuestMachine& machine)
      : world_(world), kit_(kit), vm_(vm), machine_(machine), pkvm_(*this, world.defences, vm.name) {}

  void note_accepted(std::uint64_t, std::uint64_t) override {}

  std::string boot() override {
    for (const auto& page : vm_.started.pages) take_private(page.gpa, 1);
    take_private(kPvmfwIpa, pkvm::kPvmfwPages);
    take_private(kHandoverIpa, kHandoverBytesMax / kPage);
    if (const auto why = firmware(); !why.empty()) return why;
    if (!pkvm_.boot()) return "the hypervisor is not what the guest was built for";
    const auto size = base::load_le<std::uint32_t>(read(kHandoverIpa, 4));
    if (size > kHandoverBytesMax - 4 || !pkvm_.take_handover(read(kHandoverIpa + 4, size)))
      return "firmware handed over nothing that makes sense";
    if (world_.settings.on(vm_.name, "config") && !pkvm_.measure_configuration(world_.library, read(kConfigGpa, kPage), kit_.edit()))
      return "the configuration cannot be measured";
    return "";
  }

  kernel::Features features() const override { return {.architecture = kernel::Architecture::kArm}; }
  bool accept(std::uint64_t gpa) override {
    if (pkvm_.shared(gpa)) return static_cast<bool>(pkvm_.unshare_page(gpa));
    write(gpa, base::Bytes(kPage));  // what the host had there is nothing to the guest
    return true;
  }
  bool share(std::uint64_t gpa) override { return static_cast<bool>(pkvm_.share_page(gpa)); }

  std::string fault(const cpu::AccessResult& result, std::uint64_t page, bool write) override {
    if (result.kind == cpu::AccessResult::Kind::kMemoryFault) return "a system error: memory failed";
    if (!leave(kit_.machine().fault(vm_.vm, page, write), page)) return "the host does not bring the page back";
    if (!vm_.vm.space.is_private(page) && !pkvm_.shared(page) && !pkvm_.share_page(page))
      return "a page cannot be shared";
    return "";
  }

  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto got = kit_.machine().id_register(leaf, subleaf);
    return {got.eax, got.ebx, got.ecx, got.edx};
  }

  const char* provider() const override { return "pkvm_guest"; }
  std::optional<Attested> attest(const base::Block<64>& report_data, std::uint32_t) override {
    const auto evidence = pkvm_.attest(world_.library, report_data, kit_.edit());
    if (!evidence) return std::nullopt;
    Attested out{.report = *evidence, .attachment = pkvm_.chain(), .files = {}};
    out.files = {{"evidence.cbor", out.report}, {"dice-chain.cbor", out.attachment},
                 {"root-key.der", crypto::public_key_info(kit_.root_point())}};
    return out;
  }
  bool derives_keys() const override { return true; }
  std::optional<base::Block<32>> derive_key(std::uint64_t select) override {
    const auto key = pkvm_.sealing_key(select);
    return key ? std::optional(*key) : std::nullopt;
  }

 private:
  void take_private(std::uint64_t gpa, std::uint64_t pages) {
    vm_.vm.space.set(gpa, pages * kPage, memory::AddressSpace::Attribute::kPrivate);
  }

  // pvmfw, which EL2 put there: what the host loaded is looked at in the guest's own memory, where the host no longer
  // reaches it.
  std::string firmware() {
    const base::Bytes own = read(kPvmfwIpa, pkvm::kPvmfwPages * kPage), kernel = read(kKernelGpa, kPage),
                      ramdisk = read(kRamdiskIpa, kPage), vbmeta = read(kVbmetaIpa, kPage);
    base::Bytes instance;
    for (const auto& page : vm_.started.pages)
      if (page.gpa == kInstanceIpa) {
        const auto size = base::load_le<std::uint32_t>(read(kInstanceIpa, 4));
        instance = read(kInstanceIpa + 4, std::min<std::size_t>(size, kPage - 4));
      }
    // The host's words about the machine and for the kernel, beside the template that firmware has of them.
    bool environment_fits = true;
    for (const auto kind : {BootWord::kMachine, BootWord::kRom, BootWord::kKernel})
      if (take_words(machine_, kind) != expected_words(world_, vm_, kind)) environment_fits = false;
    pkvmproto::DiceHash fresh{};
    const base::Bytes drawn = machine_.random(fresh.size());
    std::copy(drawn.begin(), drawn.end(), fresh.begin());
    pkvm::Pvmfw pvmfw(world_.library, world_.defences, vm_.name);
    auto started =
        pvmfw.start({.firmware = own, .kernel = kernel, .ramdisk = ramdisk, .vbmeta = vbmeta, .instance = instance,
                     .environment_fits = environment_fits},
                    fresh, kit_.edit());
    if (!started) return "firmware starts nothing: " + std::string(started.refusal().by->id);
    base::Bytes out;
    const base::Bytes handover = pkvmproto::encode_handover(started->handover);
    base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(handover.size()));
    base::append(out, handover);
    base::check(out.size() <= kHandoverBytesMax, "a handover fits the pages kept for it");
    write(kHandoverIpa, out);
    return "";
  }

  // To the host and back. False: it did not serve what the guest left for.
  bool leave(const pkvm::GuestExit& why, std::optional<std::uint64_t> faulted) {
    const auto exit = pkvm::exit_of(why);
    answer_ = machine_.exit_to_host(exit, pkvm::object_of(exit), faulted);
    return kit_.machine().resume(vm_.vm, answer_);
  }

  // tsm_abi::PkvmPlatform
  // Page by page: each may have to be fetched first.
  base::Bytes read(std::uint64_t ipa, std::size_t count) override {
    base::Bytes out;
    while (out.size() < count)
      base::append(out, machine_.read(ipa + out.size(),
                                      std::min<std::size_t>(count - out.size(), kPage - (ipa + out.size()) % kPage)));
    return out;
  }
  void write(std::uint64_t ipa, base::View bytes) override {
    for (std::size_t done = 0, part = 0; done < bytes.size(); done += part) {
      part = std::min<std::size_t>(bytes.size() - done, kPage - (ipa + done) % kPage);
      machine_.write(ipa + done, bytes.subspan(done, part));
    }
  }
  pkvmproto::Registers hvc(const pkvmproto::Registers& in) override {
    for (;;) {
      machine_.step(sim::kMicrosecond);
      const auto result = kit_.machine().hvc(vm_.vm, in);
      if (!result.exit) return result.out;
      if (!leave(*result.exit, std::nullopt)) machine_.stop("the host does not bring the vCPU back");
      if (result.exit->code == pkvmproto::kExitHvc64) return {.x0 = answer_.rax};
    }
  }
  base::Bytes trusted_random(std::size_t count) override { return machine_.random(count); }

  World& world_;
  PkvmKit& kit_;
  VmState& vm_;
  GuestMachine& machine_;
  tsm_abi::PkvmGuest pkvm_;
  cpu::Exit answer_;
};

}  // namespace

std::unique_ptr<GuestKernel> make_pkvm_kernel(World& world, PkvmKit& kit, VmState& vm, GuestMachine& machine) {
  return std::make_unique<PkvmKernel>(world, kit, vm, machine);
}

}  // namespace engine
