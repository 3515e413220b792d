#include "scenarios/engine/world.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "platform/crypto/calendar_time.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/page_info.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/vmsa.h"
#include "platform/vmm/no_technology.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/mem_rows.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kHostFirst = 16ull << 20;  // below lie firmware and tables
using Kind = cpu::LaunchPage::Kind;

// What this processor answers; EBX of 8000001F: C-bit at 51.
std::vector<cpu::CpuidLeaf> processor_cpuid() {
  return {{.leaf = 0x0, .eax = 0x10, .ebx = 0x6874'7541, .ecx = 0x444d'4163, .edx = 0x6974'6e65},
          {.leaf = 0x1, .eax = 0x00a0'0f11, .ebx = 0, .ecx = 0x7ef8'320b, .edx = 0x178b'fbff},
          {.leaf = 0x7, .ebx = 0x219c'97a9},
          {.leaf = 0xd, .eax = 0x207, .ebx = 0x988, .ecx = 0x988},
          {.leaf = 0x8000'001f, .eax = 0x1a, .ebx = 51}};
}

base::Bytes image_page(std::string_view what) {
  base::Bytes page(kPage);
  for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<std::uint8_t>(sim::fnv1a(what) >> (i % 8 * 8)) ^ static_cast<std::uint8_t>(i);
  return page;
}

}  // namespace

VmState::VmState(World& world, std::string vm_name, std::uint32_t asid)
    : name(std::move(vm_name)), vm(name, asid, kVmBytes), vcpu(name + ".cpu", vm, world.memory, *world.technology),
      exit(name + ".exit"), registers(name + ".registers") {}

VmState::~VmState() = default;

World::World(const Run& the_run, bool the_other_secret)
    : run(the_run), settings(read_settings(*the_run.machine, the_run.set)),
      record(sim, verdict.spoken, verdict.missed), random(the_run.seed, "world"), library(the_run.seed),
      memory([&] {
        auto s = settings.memory;
        for (const auto& id : the_run.lift) {
          if (id == kEncryptionRow.id) s.mode = memory::Mode::kNone;
          if (id == kHidingRow.id) s.ciphertext_hiding = false;
        }
        settings.memory = s;
        return s;
      }()),
      host(memory, kHostFirst, settings.memory.bytes / 2), other_secret(the_other_secret) {
  defences.listen(&record);
  for (const auto& id : run.lift) defences.lift(id);
  for (const auto& id : settings.absent) defences.lift(id);
  owner_secret.resize(32);
  sim::Random(run.seed + (other_secret ? 0x5EC2E7 : 0), "owner.secret").fill(owner_secret);
  oracle.secret("owner0.secret", owner_secret);
  host.set_cpuid(processor_cpuid());
  adversary = std::make_unique<Adversary>(*this);
  tsm_calls.attach(*adversary);
}

World::~World() { sim.clear(); }

const trust::Boundary& World::net(const std::string& from, const std::string& to) {
  const std::string name = "net " + from + " -> " + to;
  auto& boundary = nets[name];
  if (!boundary) {
    boundary = std::make_unique<trust::Boundary>(name);
    boundary->attach(*adversary);
  }
  return *boundary;
}

bool World::boot() {
  adversary->before_boot();
  // Boot firmware looks for aliases before anything is in memory, and then refuses to start confidential guests.
  if (settings.alias_check && settings.technology != "none") {
    if (defences.refuse_unless(kAliasRow, !memory.aliases_present(), "firmware")) return false;
  }
  if (settings.technology == "none") {
    technology = std::make_unique<vmm::NoTechnology>(host);
    return true;
  }
  for (const auto& leaf : host.cpuid_leaves())
    settings.psp.cpuid.push_back({.eax_in = leaf.leaf, .ecx_in = leaf.subleaf, .eax = leaf.eax, .ebx = leaf.ebx, .ecx = leaf.ecx, .edx = leaf.edx});
  const auto chip = sev::Chip::from_seed(settings.psp.product, base::view_of(chip_name));
  auto machine = std::make_unique<sev::SevMachine>(chip, settings.psp, host, tsm_calls, defences, library, run.seed);
  sev = machine.get();
  technology = std::move(machine);
  const sev::KeyHierarchy vendor(settings.psp.product);
  sev->set_certificates(sevproto::encode_cert_table({{sevproto::kGuidVcek, vendor.vcek_certificate(chip, settings.psp.reported).to_der()},
                                                     {sevproto::kGuidAsk, vendor.ask().to_der()},
                                                     {sevproto::kGuidArk, vendor.ark().to_der()}}));
  if (const auto why = technology->boot(); !why.empty()) record.say("vmm", "the platform does not start: " + why);
  return true;
}

void World::launch(VmState& vm) {
  sevproto::CpuidPage cpuid;
  for (const auto& f : settings.psp.cpuid) cpuid.functions[cpuid.count++] = f;
  vm.golden = {{kFirmwareGpa, image_page("firmware"), Kind::kMeasured}, {kKernelGpa, image_page("kernel"), Kind::kUnmeasured}};
  if (settings.kernel_hashes) {
    base::Bytes table = wire::encode(sevproto::kernel_hashes(vm.golden[1].bytes, {}, kCommandLine));
    table.resize(kPage);
    vm.golden.push_back({kHashesGpa, table, Kind::kMeasured});
  }
  if (settings.technology == "sev-snp") {
    vm.golden.push_back({kSecretsGpa, {}, Kind::kSecrets});
    vm.golden.push_back({kCpuidGpa, wire::encode(cpuid), Kind::kCpuid});
  } else {
    vm.golden.push_back({kLaunchSecretGpa, base::Bytes(kPage), Kind::kMeasured});
  }
  vm.golden.push_back({0, wire::encode(sevproto::reset_vmsa({.eip = 0xFFFF'FFF0, .cpuid_signature = 0x00A0'0F11, .sev_features = 1})), Kind::kSaveArea});
  vm.launched = vm.golden;
  adversary->before_launch(vm);
  // Measured direct boot: the host fills in the hashes of what it really loads, and the firmware checks what it finds.
  cpu::Launch launch;
  launch.pages = vm.launched;
  launch.debug = vm.debug;
  if (sev && settings.technology != "sev-snp") open_session(vm, launch);
  vm.pages["psc"] = kPscGpa;
  vm.exit.attach(*adversary);
  vm.registers.attach(*adversary);
  if (const auto why = technology->launch(vm.vm, launch); !why.empty()) {
    record.say("vmm", vm.name + " is not launched: " + why);
    vm.stopped = why;
    return;
  }
  if (sev && settings.technology != "sev-snp") {
    if (settings.owner_requires == "launch-measure") inject_secret(vm);
    if (const auto why = sev->finish(vm.vm); !why.empty()) vm.stopped = why;
  }
  for (std::uint64_t gpa = kPscGpa; gpa < kCertGpa + kCertPages * kPage; gpa += kPage) host.back(vm.vm, gpa);
}

// The owner's part before and after a legacy launch: keys wrapped for the platform with the policy that he wants, and the secret
// once the measurement is right.
void World::open_session(VmState& vm, cpu::Launch& launch) {
  const bool es = settings.technology == "sev-es";
  crypto::Hash256 digest;
  for (const auto& page : vm.golden)
    if (page.kind == Kind::kMeasured) digest.update(page.bytes);
  if (es) digest.update(vm.golden.back().bytes);
  auto stream = std::make_shared<sim::Random>(run.seed, "owner." + vm.name);
  const std::uint32_t policy = (vm.debug ? 0 : sevproto::kSevPolicyNoDebug) | (es ? sevproto::kSevPolicyEs : 0);
  sev_owner = std::make_unique<relying_party::SevOwner>(relying_party::SevPolicy{.digests = {digest.finish()}}, [stream](std::size_t size) {
    base::Bytes out(size);
    stream->fill(out);
    return out;
  }, defences);
  if (const auto session = sev_owner->session(sev->psp().pdh_point(), policy)) launch.owner_session = wire::encode(*session);
}

void World::inject_secret(VmState& vm) {
  const auto blob = wire::decode<sevproto::MeasureBlob>(sev->measurement(vm.vm));
  if (!blob) return;
  const bool es = settings.technology == "sev-es";
  const auto& api = settings.psp.sev_api;
  const relying_party::LaunchReport report{.api_major = api.major, .api_minor = api.minor, .build = api.build,
      .policy = (vm.debug ? 0 : sevproto::kSevPolicyNoDebug) | (es ? sevproto::kSevPolicyEs : 0), .measure = *blob};
  base::Bytes plain;
  base::append_le<std::uint32_t>(plain, static_cast<std::uint32_t>(owner_secret.size()));
  base::append(plain, owner_secret);
  plain.resize((plain.size() + 15) / 16 * 16);
  auto packet = sev_owner->release(report, plain);
  if (!packet) return record.say("owner0", "releases nothing");
  judge_image(vm);
  base::Bytes bytes = wire::encode(packet->header);
  base::append(bytes, packet->data);
  if (const auto why = sev->inject(vm.vm, kLaunchSecretGpa, bytes, static_cast<std::uint32_t>(plain.size())); !why.empty())
    record.say("vmm", "the secret is not injected: " + why);
}

void World::make_owner() {
  if (settings.owner_requires != "report") return;
  relying_party::Policy policy;
  const sev::KeyHierarchy vendor(settings.psp.product);
  sev::PspSettings honest;
  policy.products.emplace(settings.psp.product, relying_party::AcceptedProduct{vendor.ark(), honest.reported});
  policy.require_revocation_list = false;
  policy.require_alias_check = settings.alias_check;
  if (settings.chip_allow_list) policy.chips = std::set{sev::Chip::from_seed(settings.psp.product, base::view_of("chip0")).hwid};
  sevproto::LaunchDigest digest{};
  for (const auto& page : vms.front()->golden) {
    const auto type = page.kind == Kind::kSecrets ? sevproto::PageType::kSecrets : page.kind == Kind::kCpuid ? sevproto::PageType::kCpuid
                      : page.kind == Kind::kSaveArea ? sevproto::PageType::kVmsa : page.kind == Kind::kUnmeasured ? sevproto::PageType::kUnmeasured
                                                                                                              : sevproto::PageType::kNormal;
    digest = sevproto::extend_with_page(digest, type, page.bytes, page.kind == Kind::kSaveArea ? sevproto::kVmsaGpa : page.gpa);
  }
  policy.measurements = {digest};
  auto stream = std::make_shared<sim::Random>(run.seed, "owner");
  owner = std::make_unique<relying_party::RelyingParty>(policy, owner_secret, [stream](std::size_t size) {
    base::Bytes out(size);
    stream->fill(out);
    return out;
  }, defences);
}

std::optional<base::Bytes> World::to_peer(VmState& vm, const std::string& peer, const base::Bytes& bytes) {
  const bool to_owner = peer == "owner0";
  std::string object = "DATA";
  if (to_owner)
    if (const auto evidence = wire::decode<relying_party::Evidence>(bytes)) {
      object = "EVIDENCE";
      base::Bytes session(evidence->nonce.begin(), evidence->nonce.end());
      base::append(session, evidence->channel_key);
      honest_sessions.insert(std::move(session));
    }
  static const wire::Schema kEvidence = wire::schema_of<relying_party::Evidence>("rp.EVIDENCE");
  const auto arrived = net(vm.name, peer).cross({.object = object, .bytes = bytes, .schema = object == "EVIDENCE" ? &kEvidence : nullptr});
  if (!arrived) return std::nullopt;
  if (!to_owner) return base::Bytes{};
  const base::Bytes answer = ask_owner(arrived->bytes);
  judge_release(vm, arrived->bytes);
  const auto back = net(peer, vm.name).cross({.object = "ANSWER", .bytes = answer, .reply = true});
  if (!back) return std::nullopt;
  return back->bytes;
}

base::Bytes World::ask_owner(base::View message) {
  if (owner) return owner->receive(message, {.at = sim.now(), .calendar = crypto::calendar_time(2026, 1, 15)});
  // An owner who has nothing to check: whoever asks is believed.
  const relying_party::Random draw = [&](std::size_t size) {
    base::Bytes out(size);
    random.fill(out);
    return out;
  };
  const auto evidence = wire::decode<relying_party::Evidence>(message);
  if (!evidence) {
    relying_party::Challenge challenge;
    random.fill(challenge.nonce);
    return wire::encode(challenge);
  }
  const auto sealed = relying_party::seal_secret(relying_party::make_channel_key(draw), evidence->channel_key, evidence->nonce, owner_secret);
  relying_party::Secret secret;
  secret.nonce = evidence->nonce;
  if (sealed) secret.ephemeral = sealed->ephemeral, secret.sealed = sealed->sealed;
  secret.sealed_size = static_cast<std::uint32_t>(secret.sealed.size());
  return wire::encode(secret);
}

// Ground truth at the moment of release: is the other end what the owner takes it for?
void World::judge_release(VmState& vm, base::View message) {
  const auto evidence = wire::decode<relying_party::Evidence>(message);
  if (!evidence) return;
  if (owner && (owner->releases().empty() || owner->releases().back().nonce != evidence->nonce || owner->releases().size() == releases_judged)) return;
  if (owner) releases_judged = owner->releases().size();
  const auto breach = [&](const char* what) { oracle.breach(trust::Promise::kAuthenticity, what, sim.now()); };
  base::Bytes session(evidence->nonce.begin(), evidence->nonce.end());
  base::append(session, evidence->channel_key);
  if (!honest_sessions.contains(session)) breach("the owner released its secret on evidence that was not made for this session");
  if (!released_sessions.insert(session).second)
    oracle.breach(trust::Promise::kFreshness, "the owner released its secret once more on evidence of an earlier session", sim.now());
  if (chip_name != "chip0") breach("the owner released its secret to a guest on another machine than its own");
  judge_image(vm);
  if (sev && sev->psp().state().settings.current.snp < sev::PspSettings{}.reported.snp) breach("the owner released its secret to a platform with old firmware");
}

void World::judge_image(const VmState& vm) {
  for (std::size_t i = 0; i < vm.golden.size(); ++i)
    if (vm.golden[i].bytes != vm.launched[i].bytes)
      return oracle.breach(trust::Promise::kAuthenticity, "the owner released its secret to a guest that runs another image", sim.now());
  if (vm.debug) oracle.breach(trust::Promise::kAuthenticity, "the owner released its secret to a guest that the host may debug", sim.now());
}

std::uint64_t World::resolve_page(const std::string& name, VmState** vm) {
  for (auto& candidate : vms) {
    const std::string prefix = candidate->name + ".page.";
    if (!name.starts_with(prefix)) continue;
    const auto page = candidate->pages.find(name.substr(prefix.size()));
    if (page == candidate->pages.end()) throw base::UserError("the guest has no page " + name + " at the moment the attack wants it");
    *vm = candidate.get();
    return page->second;
  }
  throw base::UserError("no VM of the machine has a page " + name);
}

void World::moment(VmState& vm, const std::string& name) {
  record.say(vm.name, "reaches " + name);
  adversary->moment(vm.name + "." + name);
}

Verdict World::play() {
  if (!boot()) {
    record.say("firmware", "starts no confidential guest");
  } else {
    std::uint32_t asid = 1;
    for (const auto& thread : run.scenario->guest)
      if (std::none_of(vms.begin(), vms.end(), [&](const auto& vm) { return vm->name == thread.vm; }))
        vms.push_back(std::make_unique<VmState>(*this, thread.vm, asid++));
    for (auto& vm : vms) vm->debug = debug_asked;
    for (auto& vm : vms) launch(*vm);
    make_owner();
    for (auto& vm : vms) {
      if (!vm->stopped.empty()) continue;
      const auto thread = std::find_if(run.scenario->guest.begin(), run.scenario->guest.end(), [&](const auto& t) { return t.vm == vm->name; });
      vm->guest = std::make_unique<GuestMachine>(*this, *vm);
      GuestMachine* guest = vm->guest.get();
      const std::string program = thread->program.value;
      const auto args = thread->args;
      vm->fiber = std::make_unique<sim::Fiber>(sim, vm->name, [guest, program, args](sim::Fiber& fiber) { guest->run(fiber, program, args); },
                                               sim::FiberSettings{.steps_max = 5'000'000});
    }
    const auto stop = sim.run_until(600 * sim::kSecond);
    if (stop == sim::Stop::kEventLimit || stop == sim::Stop::kTimeLimit) verdict.limit = std::string(sim::name_of(stop));
    for (const auto& hit : sim.limits_hit()) verdict.limit = std::string(hit.limit);
  }
  verdict.breaches = oracle.breaches();
  verdict.pattern = oracle.pattern();
  verdict.time = sim.now();
  verdict.events = sim.events();
  for (const auto& known : run.scenario->assumes) verdict.assumed.push_back(known.value);
  verdict.outcome = judge();
  verdict.conventions = {"cpu: an exit is one message of seven words (simplified)"};
  if (settings.memory.mode == memory::Mode::kXe || settings.memory.mode == memory::Mode::kXex)
    verdict.conventions.push_back("memory: the public tweak constants are a model's own (convention)");
  verdict.trace = record.bytes();
  verdict.play = record.lines();
  return std::move(verdict);
}

Verdict run(const Run& run) {
  sim::install_stack_guard_handler();  // a signal stack belongs to a thread, and worlds run on any
  if (run.scenario->variants.empty()) throw base::UserError(run.scenario->file + ": the file has no attack to run");
  Verdict first = World(run, false).play();
  // Distinguishable: the same run with another secret, when nothing else broke and the adversary saw something.
  if (run.attack && first.breaches.empty() && !first.pattern.empty()) {
    const Verdict second = World(run, true).play();
    if (second.pattern != first.pattern) {
      first.distinguishable = true;
      first.breaches.push_back({trust::Promise::kConfidentiality, "the adversary's view depends on the secret (equality)", first.time});
      first.outcome = Outcome::kBroken;
    }
  }
  return first;
}

}  // namespace engine
