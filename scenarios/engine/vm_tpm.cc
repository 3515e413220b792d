#include "scenarios/engine/vm_tpm.h"

#include <algorithm>

#include "guest/programs/components.h"
#include "guest/relying_party/tpm_messages.h"
#include "platform/base/user_error.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr unsigned kFirmwarePcr = 0, kConfigurationPcr = 1, kKernelPcr = 4, kSeparatorsEnd = 8, kCommandLinePcr = 8;

constexpr std::size_t kResultBytes = 4;  // that an answer of the process begins with

// What a TPM takes at least; a world that serves one to programs outside has no other clock.
constexpr std::uint64_t kCommandNanoseconds = 1'000'000;

using Extensions = std::vector<std::pair<unsigned, tpm::Digest>>;

// In the order of boot.
Extensions boot_extensions(World& world, const std::vector<cpu::LaunchPage>& pages) {
  Extensions out;
  const auto firmware = world.kit->image_part("firmware"), kernel = world.kit->image_part("kernel");
  for (const auto& page : pages)
    if (firmware && page.gpa == *firmware) out.emplace_back(kFirmwarePcr, crypto::sha256(page.bytes));
  for (const auto& page : pages)
    if (page.gpa == kConfigGpa) out.emplace_back(kConfigurationPcr, crypto::sha256(page.bytes));
  for (const auto& page : pages)
    if (kernel && page.gpa == *kernel) out.emplace_back(kKernelPcr, crypto::sha256(page.bytes));
  for (unsigned pcr = 0; pcr < kSeparatorsEnd; ++pcr) out.emplace_back(pcr, crypto::sha256(base::Bytes(4)));
  base::Bytes line = base::bytes_of(base::view_of(kCommandLine));
  line.push_back(0);
  out.emplace_back(kCommandLinePcr, crypto::sha256(line));
  return out;
}

vtpm::Seed seed_of(const World& world, const VmState& vm, VmTpm::Holder holder) {
  // The same TPM each time that the VM is launched, where the host keeps it; another one, made at launch, inside.
  const std::string name = holder == VmTpm::Holder::kHost ? "host.tpm." + vm.name : world.stream_name(vm.name + ".tpm");
  vtpm::Seed seed{};
  sim::Random(world.run.seed, name).fill(seed);
  return seed;
}

std::unique_ptr<GuestLink> lent(const World& world) {
  if (!world.run.open_tpm) throw base::UserError(world.run.scenario->file + ": machines with a TPM are run by commands alone");
  return world.run.open_tpm();
}

}  // namespace

VmTpm::VmTpm(World& world, VmState& vm, Holder holder)
    : world_(world), vm_(vm), holder_(holder), link_(lent(world)),
      chip_(
          [this](base::View frame) -> std::optional<base::Bytes> {
            // Without it nothing can be said of what was attacked.
            auto answer = link_->send(frame) ? link_->receive() : std::nullopt;
            if (!answer) throw base::UserError("the TPM of " + vm_.name + ": its process " + link_->ended().why);
            if (answer->size() < kResultBytes) throw base::UserError("the TPM of " + vm_.name + ": its process says something that is no answer");
            return answer;
          },
          [this] { return world_.sim.now() / sim::kNanosecond + ++asked_ * kCommandNanoseconds; }, seed_of(world, vm, holder)) {
  if (chip_.power_on().result != vtpm::kOk) throw base::UserError("the TPM of " + vm.name + " does not start");
  (void)carry_out(tpm::startup());
  if (holder_ == Holder::kHost)
    vm_.tpm.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
      static const wire::Schema kResponse = wire::schema_of<tpm::Response>("tpm.RESPONSE");
      const auto answer = carry_out(message.bytes);
      if (!answer) return std::nullopt;
      return trust::Message{.object = message.object, .bytes = *answer, .schema = &kResponse, .reply = true};
    });
}

std::optional<base::Bytes> VmTpm::ask(const base::Bytes& command) {
  if (holder_ == Holder::kTrusted) return carry_out(command);
  const auto there = vm_.tpm.cross({.object = tpm::object_of(command), .bytes = command, .schema = &tpm::schema_of(command)});
  if (!there) return std::nullopt;
  const auto answer = vm_.tpm.deliver(*there);
  if (!answer) return std::nullopt;
  const auto back = vm_.tpm.cross(*answer);
  return back ? std::optional(back->bytes) : std::nullopt;
}

void VmTpm::measure_boot() {
  for (const auto& [pcr, digest] : boot_extensions(world_, vm_.launched)) (void)ask(tpm::pcr_extend(pcr, digest));
}

std::map<unsigned, tpm::Digest> boot_pcrs(World& world, const VmState& vm, bool golden) {
  std::map<unsigned, tpm::Digest> out;
  for (const auto& [pcr, digest] : boot_extensions(world, golden ? vm.golden : vm.launched)) out[pcr] = tpm::extended(out[pcr], digest);
  return out;
}

base::Bytes VmTpm::manifest() {
  if (holder_ != Holder::kTrusted) return {};
  if (!manifest_.empty()) return manifest_;
  const auto response = carry_out(tpm::create_primary(tpm::kEndorsement, tpm::endorsement_template()));
  const auto created = response ? tpm::read_created(*response) : std::nullopt;
  if (!created) return {};
  (void)carry_out(tpm::flush_context(created->handle));
  return manifest_ = wire::encode(created->area);
}

std::map<unsigned, tpm::Digest> VmTpm::pcrs() {
  std::map<unsigned, tpm::Digest> out;
  for (unsigned first = 0; first < tpm::kPcrs; first += 8) {
    std::vector<unsigned> eight;
    for (unsigned pcr = first; pcr < first + 8; ++pcr) eight.push_back(pcr);
    const auto response = carry_out(tpm::pcr_read(eight));
    if (const auto values = response ? tpm::read_pcrs(*response) : std::nullopt) out.insert(values->begin(), values->end());
  }
  return out;
}

void VmTpm::reset() {
  (void)chip_.power_on(true);
  (void)carry_out(tpm::startup());
}

void VmTpm::save(const std::string& name) {
  saved_[name] = {chip_.state(vtpm::State::kPermanent).bytes, chip_.state(vtpm::State::kVolatile).bytes};
}

bool VmTpm::restore(const std::string& name) {
  const auto kept = saved_.find(name);
  if (kept == saved_.end()) return false;
  (void)chip_.power_off();
  (void)chip_.set_state(vtpm::State::kPermanent, kept->second.first);
  (void)chip_.set_state(vtpm::State::kVolatile, kept->second.second);
  (void)chip_.power_on();
  return true;
}

base::Bytes attested_manifest(World& world, VmState& vm) {
  const auto said = world.settings.value(vm.name + ".tpm", "none");
  if (said == "none" || said == "host") return {};
  if (vm.vtpm && vm.vtpm->holder() == VmTpm::Holder::kTrusted) return vm.vtpm->manifest();
  return VmTpm(world, vm, VmTpm::Holder::kTrusted).manifest();
}

relying_party::TpmPolicy quote_policy(World& world, const VmState& vm) {
  relying_party::TpmPolicy policy{.boot = boot_pcrs(world, vm, true), .files = {}, .neighbours = {}};
  for (const auto& file : {programs::kApplication, programs::kModule})
    policy.files[file.path] = {crypto::sha256(base::view_of(file.content))};
  const auto neighbour = ima::file_entry(ima::Bank::kSha256, crypto::sha256(base::view_of(programs::kNeighbour.content)), programs::kNeighbour.path);
  tpm::Digest told;
  std::copy(neighbour.digest.begin(), neighbour.digest.end(), told.begin());
  policy.neighbours = {told};
  return policy;
}

base::Bytes evidence_in(const base::Bytes& message) {
  const auto quoted = wire::decode<relying_party::TpmEvidence>(message);
  return quoted && quoted->header.type == relying_party::MessageType::kTpmEvidence ? quoted->evidence : message;
}

std::optional<VmTpm::Holder> tpm_holder(const World& world, const std::string& vm) {
  const auto said = world.settings.value(vm + ".tpm", "none");
  if (said == "none") return std::nullopt;
  if (said != "host" && !world.kit->protects())
    throw base::UserError(world.run.machine->file + ": `" + vm + "` wants its TPM kept from the host, and this technology keeps nothing from it: take `tpm: host`");
  return said == "host" || world.host_gives_tpms ? VmTpm::Holder::kHost : VmTpm::Holder::kTrusted;
}

}  // namespace engine
