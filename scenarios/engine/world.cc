#include "scenarios/engine/world.h"

#include <algorithm>

#include "guest/relying_party/measured_party.h"
#include "guest/relying_party/server.h"
#include "platform/base/user_error.h"
#include "platform/crypto/calendar_time.h"
#include "platform/sim/watchdog.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/film_facts.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/mem_rows.h"
#include "scenarios/engine/owner_at_work.h"
#include "scenarios/engine/peer_messages.h"
#include "scenarios/engine/token_desk.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/load/names.h"

namespace engine {

namespace {

constexpr std::uint64_t kHostFirst = 16ull << 20;  // below lie firmware and tables

// What this processor answers; EBX of 8000001F: C-bit at 51.
std::vector<cpu::CpuidLeaf> processor_cpuid() {
  return {{.leaf = 0x0, .eax = 0x10, .ebx = 0x6874'7541, .ecx = 0x444d'4163, .edx = 0x6974'6e65},
          {.leaf = 0x1, .eax = 0x00a0'0f11, .ebx = 0, .ecx = 0x7ef8'320b, .edx = 0x178b'fbff},
          {.leaf = 0x7, .ebx = 0x219c'97a9},
          {.leaf = 0xd, .eax = 0x207, .ebx = 0x988, .ecx = 0x988},
          {.leaf = 0x8000'001f, .eax = 0x1a, .ebx = 51}};
}

}  // namespace

VmState::VmState(World& world, std::string vm_name, std::uint32_t asid)
    : name(std::move(vm_name)), vm(name, asid, kVmBytes), vcpu(name + ".cpu", vm, world.memory, *world.technology),
      exit(name + ".exit"), registers(name + ".registers"), requests(name + ".requests"), evidence(name + ".evidence"),
      host_data(name + ".host-data"), clock(name + ".clock"), interrupts(name + ".interrupts"), tpm(name + ".tpm") {}

VmState::~VmState() = default;

MachineSettings World::settings_of(const Run& run) {
  auto settings = read_settings(*run.machine, run.set);
  trust::Defences lifted;
  for (const auto& id : run.lift) lifted.lift(id);
  if (const auto settle = technology_of(settings.technology).settle) settle(settings, lifted);
  for (const auto& id : run.lift) {
    if (id == kEncryptionRow.id) settings.memory.mode = memory::Mode::kNone;
    if (id == kHidingRow.id) settings.memory.ciphertext_hiding = false;
  }
  return settings;
}

World::World(const Run& the_run, bool the_other_secret)
    : run(the_run), settings(settings_of(the_run)), record(sim, verdict.spoken, verdict.missed),
      random(the_run.seed, "world"), weather(the_run.weather, the_run.seed), library(the_run.seed), memory(settings.memory),
      host(memory, kHostFirst, settings.memory.bytes / 2), other_secret(the_other_secret) {
  defences.listen(&record);
  for (const auto& id : run.lift) defences.lift(id);
  for (const auto& id : settings.absent) defences.lift(id);
  if (run.film) {
    filming = std::make_unique<Filming>([this](const Filming::Fact& fact) { look_around(*this, fact); });
    record.film(filming.get());
  }
  owner_secret.resize(32);
  sim::Random(run.seed + (other_secret ? 0x5EC2E7 : 0), "owner.secret").fill(owner_secret);
  oracle.secret("owner0.secret", owner_secret);
  owner_at_work = std::make_unique<OwnerAtWork>(*this);
  host.set_cpuid(processor_cpuid());
  if (weather.busy_memory()) host.share_with([this] { return weather.pages_of_others(); });
  adversary = std::make_unique<Adversary>(*this);
  for (auto* boundary : {&tsm_calls, &osc, &signing}) boundary->attach(*adversary);
}

World::~World() {
  for (auto& vm : vms)
    if (vm->fiber) vm->fiber->kill();  // while what their guests hold is there
  sim.clear();
}

bool World::boot() {
  adversary->before_boot();
  kit = technology_of(settings.technology).make(*this);
  if (old_firmware) kit->boot_old_firmware();
  // Boot firmware looks for aliases before anything is in memory, and then refuses to start confidential guests.
  if (settings.alias_check && kit->protects()) {
    if (defences.refuse_unless(kAliasRow, !memory.aliases_present(), "firmware")) return false;
  }
  virtio = std::make_unique<VirtioBus>(*this);
  negotiate_control();
  if (!settings.devices.empty()) fabric = std::make_unique<Fabric>(*this);
  for (const auto& device : settings.devices) bays.push_back(std::make_unique<DeviceBay>(*this, *fabric, device));
  for (const auto& bay : bays) {
    if (run.capture) bay->capture(captures);
    bay->enumerate();
  }
  for (const auto& bay : bays)
    if (bay->settings().host_authenticates) (void)bay->authenticate_for_host();
  host.asks(nullptr);
  technology = kit->make_machine();
  host.asks(&technology->table());
  if (const auto why = technology->boot(); !why.empty()) record.say("vmm", "the platform does not start: " + why);
  if (settings.firmware_drives_devices)
    for (const auto& bay : bays) {
      const auto why = kit->attach_device(bay->serve_firmware(kit->keeper()));
      if (!why.empty()) record.say("vmm", "firmware does not take " + bay->name() + ": " + why + " is refused");
    }
  return true;
}

void World::make_owner() {
  const bool quotes = settings.value("owner0.tpm", "none") == "quote";
  if (settings.owner_requires != "report" && !quotes) return;
  auto stream = std::make_shared<sim::Random>(run.seed, "owner");
  const auto random = [stream](std::size_t size) {
    base::Bytes out(size);
    stream->fill(out);
    return out;
  };
  if (quotes) {
    auto appraiser = settings.owner_requires == "report" ? kit->appraiser() : relying_party::asks_nothing();
    measured_owner = std::make_unique<relying_party::MeasuredParty>(quote_policy(*this, *vms.front()), std::move(appraiser), owner_secret, random, defences);
    return;
  }
  owner = std::make_unique<relying_party::RelyingParty>(kit->appraiser(), owner_secret, random, defences);
}

std::optional<base::Bytes> World::to_peer(VmState& vm, const std::string& peer, const base::Bytes& bytes) {
  const bool to_owner = peer == "owner0";
  if (to_owner)
    if (const auto evidence = wire::decode<relying_party::Evidence>(evidence_in(bytes))) {
      base::Bytes session(evidence->nonce.begin(), evidence->nonce.end());
      base::append(session, evidence->channel_key);
      if (!vm.host_tenant) honest_sessions.emplace(std::move(session), &vm);
    }
  const auto kind = peer_message(peer, bytes);
  const auto& there = net(vm.name, peer);
  if (const auto span = weather.network_time()) vm.guest->wait(span);
  const auto arrived = there.cross({.object = kind.object, .bytes = bytes, .schema = kind.schema});
  if (!arrived) return std::nullopt;
  if (!to_owner && !there.delivers()) return base::Bytes{};
  if (settings.owner_requires == "launch-measure" && !measured_owner && !kind.at_work) return std::nullopt;  // this owner has had his say at launch
  const auto answer = there.deliver(*arrived);
  if (!answer) return std::nullopt;
  if (const auto span = weather.network_time()) vm.guest->wait(span);
  const auto back = net(peer, vm.name).cross(*answer);
  if (!back) return std::nullopt;
  return back->bytes;
}

base::Bytes World::ask_owner(base::View message) {
  if (auto token = answer_token_request(*this, message)) return *token;
  if (OwnerAtWork::takes(message)) return owner_at_work->receive(message);
  if (measured_owner) return measured_owner->receive(message, {.at = sim.now(), .calendar = calendar()});
  if (owner) return owner->receive(message, {.at = sim.now(), .calendar = calendar()});
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
  const auto* releases = owner ? &owner->releases() : measured_owner ? &measured_owner->releases() : nullptr;
  if (releases && (releases->empty() || releases->back().nonce != evidence->nonce || releases->size() == releases_judged)) return;
  if (releases) releases_judged = releases->size();
  const auto breach = [&](const char* what) { oracle.breach(trust::Promise::kAuthenticity, what, sim.now()); };
  base::Bytes session(evidence->nonce.begin(), evidence->nonce.end());
  base::append(session, evidence->channel_key);
  const auto asked = honest_sessions.find(session);
  const VmState& speaks = asked == honest_sessions.end() ? vm : *asked->second;
  if (asked == honest_sessions.end()) breach("the owner released its secret on evidence that was not made for this session");
  if (!released_sessions.insert(session).second)
    oracle.breach(trust::Promise::kFreshness, "the owner released its secret once more on evidence of an earlier session", sim.now());
  if (speaks.guest && speaks.guest->reports().foreign(evidence->report)) breach("the owner released its secret on evidence that other software of the guest had made over something else");
  if (speaks.vmpl != 0) breach("the owner released its secret to software at a lower privilege level than it trusts");
  judge_guest(speaks);
}

std::uint64_t World::resolve_page(const std::string& name, VmState** vm) {
  for (auto& candidate : vms) {
    const std::string prefix = candidate->name + ".page.";
    if (!name.starts_with(prefix)) continue;
    const auto page = candidate->pages.find(name.substr(prefix.size()));
    if (page == candidate->pages.end()) {
      load::Names known;
      for (const auto& [there, gpa] : candidate->pages) known.patterns.push_back(prefix + there);
      throw base::UserError("the guest has no page " + name + " at the moment the attack wants it" + load::advice(name, known));
    }
    *vm = candidate.get();
    return page->second;
  }
  throw base::UserError("no VM of the machine has a page " + name);
}

crypto::CalendarTime calendar() { return crypto::calendar_time(2026, 1, 15); }

void World::before_signing(const wire::Schema& schema, base::Bytes& bytes) {
  const auto there = signing.cross({.object = schema.name.substr(schema.name.find('.') + 1), .bytes = bytes, .schema = &schema});
  if (there) bytes = there->bytes;
  if (!run.capture) return;
  auto& kept = verdict.signed_messages;
  std::erase_if(kept, [&](const SignedMessage& one) { return one.schema.name == schema.name; });
  kept.push_back({schema, bytes});
}

void World::moment(VmState& vm, const std::string& name) {
  record.say(vm.name, "reaches " + name);
  adversary->moment(vm.name + "." + name);
}

// A limit ends a guest, never the program; which one and whom is told.
void World::run_guests() {
  const sim::Watchdog watchdog(sim.pulse());
  const auto end = [&](const std::string& who, std::string_view limit) {
    verdict.limit = std::string(limit) + " of " + who;
    record.say(who, "is ended by the limit " + std::string(limit));
  };
  const auto stop = sim.run();
  for (const auto& hit : sim.limits_hit()) end(hit.who, hit.limit);
  if (stop == sim::Stop::kIdle) return;
  for (const auto& vm : vms)
    if (vm->fiber && !vm->fiber->ended()) end(vm->name, sim::name_of(stop));
}

std::string World::stream_name(const std::string& actor) const {
  return generation == 0 ? actor : actor + "." + std::to_string(generation);
}

Ask World::begin_outside(const std::string& device) {
  if (!run.outside || !run.outside->begin)
    throw base::UserError(run.machine->file + ": `" + device + "` has a responder outside, and only `glacis run` reaches it");
  return run.outside->begin();
}

// The VMs of the file, launched, each with its program on a fiber.
void World::populate() {
  for (const auto& thread : run.scenario->guest)
    if (!settings.successions.contains(thread.vm) && std::none_of(vms.begin(), vms.end(), [&](const auto& vm) { return vm->name == thread.vm; }))
      vms.push_back(std::make_unique<VmState>(*this, thread.vm, next_asid_++));
  for (auto& vm : vms) vm->debug = debug_asked, vm->host_tenant = settings.host_tenants.contains(vm->name);
  for (auto& vm : vms) launch(*vm);
  if (!owner && !measured_owner) make_owner();
  for (auto& vm : vms) start(*vm);
}

// A VM that takes the place of another: the host gives up what that one held, and numbers the new one as it.
bool World::succeed() {
  const auto named = [&](const std::string& name) {
    const auto found = std::find_if(vms.begin(), vms.end(), [&](const auto& vm) { return vm->name == name; });
    return found == vms.end() ? nullptr : found->get();
  };
  for (const auto& thread : run.scenario->guest) {
    const auto before = settings.successions.find(thread.vm);
    if (before == settings.successions.end() || named(thread.vm)) continue;
    VmState* earlier = named(before->second);
    if (!earlier || earlier->gone || (earlier->fiber && !earlier->fiber->ended())) continue;
    end(*earlier);
    vms.push_back(std::make_unique<VmState>(*this, thread.vm, earlier->vm.asid));
    VmState& vm = *vms.back();
    vm.debug = debug_asked, vm.host_tenant = settings.host_tenants.contains(vm.name);
    launch(vm);
    start(vm);
    return true;
  }
  return false;
}

void World::start(VmState& vm) {
  if (!vm.stopped.empty()) return;
  const auto& threads = run.scenario->guest;
  const auto thread = std::find_if(threads.begin(), threads.end(), [&](const auto& t) { return t.vm == vm.name; });
  vm.guest = std::make_unique<GuestMachine>(*this, vm);
  if (const auto holder = tpm_holder(*this, vm.name)) vm.vtpm = std::make_unique<VmTpm>(*this, vm, *holder);
  GuestMachine* guest = vm.guest.get();
  const auto args = thread->args;
  const sim::FiberSettings limits{.steps_max = kGuestStepsMax};
  if (thread->from != load::Thread::From::kBuiltIn) {
    if (!run.open_guest) throw base::UserError(run.scenario->file + ": guest programs outside are reached by commands alone");
    vm.link = run.open_guest(*thread);
    GuestLink* link = vm.link.get();
    vm.fiber = std::make_unique<sim::Fiber>(sim, vm.name, [guest, link, args](sim::Fiber& fiber) { guest->run_outside(fiber, *link, args); }, limits);
    return;
  }
  const std::string program = thread->program.value;
  vm.fiber = std::make_unique<sim::Fiber>(
      sim, vm.name, [guest, program, args](sim::Fiber& fiber) { guest->run(fiber, program, args); }, limits);
}

Verdict World::play() {
  if (boot()) {
    populate();
    do run_guests();
    while (succeed());
  } else {
    record.say("firmware", "starts no confidential guest");
  }
  Verdict told = conclude();
  if (run.afterwards) told.retry = retry();
  return told;
}

Verdict World::conclude() {
  verdict.breaches = oracle.breaches();
  verdict.pattern = oracle.pattern();
  verdict.time = sim.now();
  verdict.events = sim.events();
  for (const auto& known : run.scenario->assumes) verdict.assumed.push_back(known.value);
  verdict.outcome = judge();
  // Nobody stopped the attack, so whoever wrote it may wonder why nothing came of it.
  if (verdict.outcome == Outcome::kInert || verdict.outcome == Outcome::kHeld)
    for (const auto& [who, why] : adversary->waits()) record.say(who, why);
  verdict.conventions = {"cpu: an exit is one message of seven words (simplified)"};
  if (std::any_of(vms.begin(), vms.end(), [](const auto& vm) { return vm->vmpl != 0; }))
    verdict.conventions.push_back("guest: a program's privilege level decides which key it talks under, and nothing about memory (simplified)");
  if (settings.memory.mode == memory::Mode::kXe || settings.memory.mode == memory::Mode::kXex)
    verdict.conventions.push_back("memory: the public tweak constants are a model's own (convention)");
  if (std::any_of(settings.devices.begin(), settings.devices.end(), [](const auto& device) { return !device.responder.empty(); }))
    verdict.conventions.push_back(
        "device: what the responder outside says of keys and interfaces moves nothing in the card (simplified)");
  const auto any_card = [&](const auto& has) { return std::any_of(settings.devices.begin(), settings.devices.end(), has); };
  if (std::any_of(vms.begin(), vms.end(), [&](const auto& vm) { return adversary->stands_at(vm->interrupts.name()); }))
    verdict.conventions.push_back("guest: RAX is the first word of a program's live variables, and an event tells which memory it finds the guest at (convention)");
  if (any_card([](const auto& device) { return device.ide_link && !device.behind.empty(); }))
    verdict.conventions.push_back("link: root port and switch have their stream's keys without a session (convention)");
  if (asked_for_control)
    verdict.conventions.push_back("firmware: no control bit of _OSC is assigned for trusted devices; ours is bit 31 (convention)");
  if (kit)
    for (auto& said : kit->conventions()) verdict.conventions.push_back(std::move(said));
  if (std::any_of(vms.begin(), vms.end(), [](const auto& vm) { return vm->vtpm != nullptr; }))
    verdict.conventions.push_back("tpm: the guest's own request names its attestation key to the platform; nobody activates a credential (simplified)");
  if (settings.memory.sockets > 1) verdict.conventions.push_back("cpu: whoever uses a key id runs on the socket of its number (convention)");
  if (!record.complete() && verdict.limit.empty()) verdict.limit = "play.records_max";
  verdict.trace = record.bytes();
  if (filming) {
    verdict.film = std::make_shared<const Film>(filming->take());
    record.film(nullptr);
    filming.reset();
  }
  for (auto& [name, capture] : captures) verdict.captures[name] = std::exchange(capture, {});
  return std::move(verdict);
}

Verdict run(const Run& asked) {
  // Whoever is outside is asked once: the run with another secret hears the same answers.
  Run run = asked;
  std::vector<Heard> heard;
  if (asked.outside) run.outside = std::make_shared<const Outside>(overheard(*asked.outside, heard));
  sim::install_stack_guard_handler();  // a signal stack belongs to a thread, and worlds run on any
  if (run.scenario->variants.empty()) throw base::UserError(run.scenario->file + ": the file has no attack to run");
  Verdict first = World(run, false).play();
  // Distinguishable: the same run with another secret, when nothing else broke and the adversary saw something.
  if (run.attack && first.breaches.empty() && !first.pattern.empty()) {
    Run same = run;
    same.afterwards = same.capture = same.film = false;
    if (asked.outside) same.outside = std::make_shared<const Outside>(repeated(*asked.outside, heard));
    const Verdict second = World(same, true).play();
    if (second.pattern != first.pattern) {
      first.distinguishable = true;
      first.breaches.push_back({trust::Promise::kConfidentiality, "the adversary's view depends on the secret (equality)", first.time});
      first.outcome = Outcome::kBroken;
    }
  }
  return first;
}

}  // namespace engine
