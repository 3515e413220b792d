// The guest ABI's calls, each handed to the guest's machine.
#include <algorithm>
#include <cstring>

#include "guest/host_words/rows.h"
#include "guest/programs/programs.h"
#include "guest/relying_party/tpm_messages.h"
#include "guest/virtio/rows.h"
#include "platform/base/check.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/engine/owner_at_work.h"

namespace engine {

std::vector<const trust::Defence*> guest_rows() {
  static const std::vector<trust::Defence> kRows = [] {
    std::vector<trust::Defence> rows;
    for (const auto& d : programs::guest_defences()) rows.push_back({d.id, d.clause, d.promise, d.act});
    return rows;
  }();
  std::vector<const trust::Defence*> out;
  for (const auto& row : kRows) out.push_back(&row);
  for (const auto& row : virtio_guest::rows()) out.push_back(&row);
  for (const auto* row : programs::device_rows()) out.push_back(row);
  for (const auto* row : kernel::rows()) out.push_back(row);
  for (const auto* row : programs::store_rows()) out.push_back(row);
  for (const auto* row : host_words::rows()) out.push_back(row);
  return out;
}

const trust::Defence& guest_row(std::string_view id) {
  static const std::vector<const trust::Defence*> kRows = guest_rows();
  for (const auto* row : kRows)
    if (row->id == id) return *row;
  throw base::Bug("a program asks a defence that no table has");
}

namespace {

constexpr std::uint64_t kSecretBytesMax = 16u << 20;  // "guest.secret_bytes_max"

constexpr std::string_view kLogin = "login ";

// One of the six by its name, which the program says it could not keep; else one of its own.
trust::Promise promise_called(std::string_view name) {
  using enum trust::Promise;
  for (const auto promise : {kConfidentiality, kIntegrity, kFreshness, kAuthenticity, kIsolation, kAuthority})
    if (trust::name_of(promise) == name) return promise;
  return kOwn;
}

}  // namespace

struct AbiCalls {
  // Every call counts against the guest's budget, also one that takes no simulated time.
  static GuestMachine& of(void* self) {
    auto& machine = *static_cast<GuestMachine*>(self);
    machine.goes_on();
    return says(self);
  }
  // Of a call that does nothing: what is said about a value is not yet an act on it.
  static GuestMachine& says(void* self) {
    auto& machine = *static_cast<GuestMachine*>(self);
    machine.fiber_->step();
    if (machine.entered_) machine.take_events();
    return machine;
  }

  static std::uint64_t alloc(void* self, const char* name, std::uint64_t bytes, int attribute) {
    return of(self).alloc(name, bytes, attribute == GLACIS_SHARED);
  }
  static int read(void* self, std::uint64_t gpa, void* out, std::uint64_t bytes) {
    if (bytes > kVmBytes || gpa > kVmBytes - bytes) return GLACIS_BAD_ARGUMENT;
    of(self).touch(gpa, {static_cast<std::uint8_t*>(out), bytes}, {}, false);
    return GLACIS_OK;
  }
  static int write(void* self, std::uint64_t gpa, const void* bytes, std::uint64_t count) {
    if (count > kVmBytes || gpa > kVmBytes - count) return GLACIS_BAD_ARGUMENT;
    of(self).touch(gpa, {}, {static_cast<const std::uint8_t*>(bytes), count}, true);
    return GLACIS_OK;
  }
  static int convert(void* self, std::uint64_t gpa, std::uint64_t bytes, int attribute) {
    if (gpa % 4096 != 0 || bytes == 0 || bytes > kVmBytes || gpa > kVmBytes - bytes) return GLACIS_BAD_ARGUMENT;
    return of(self).convert(gpa, bytes, attribute == GLACIS_SHARED) ? GLACIS_OK : GLACIS_REFUSED;
  }
  static void secret(void* self, const char* name, const void* bytes, std::uint64_t count) {
    auto& m = of(self);
    m.secret_bytes_ += count + 64;
    if (m.secret_bytes_ > kSecretBytesMax) {
      m.world_.verdict.limit = "guest.secret_bytes_max of " + m.vm_.name;
      m.stop("it names more than 16 MiB of secrets");
    }
    m.world_.oracle.secret(m.vm_.name + "." + name, base::bytes_of(base::View{static_cast<const std::uint8_t*>(bytes), count}));
  }
  static int live(void* self, void* variable, std::uint64_t bytes) {
    if (bytes > cpu::kRegisterBytesMax) return GLACIS_BAD_ARGUMENT;
    of(self).live_ = static_cast<std::uint8_t*>(variable);
    of(self).live_bytes_ = variable ? bytes : 0;
    return GLACIS_OK;
  }
  static int yield(void* self) {
    of(self).save_and_resume();
    return GLACIS_OK;
  }
  static int cpuid(void* self, std::uint32_t leaf, std::uint32_t subleaf, std::uint32_t out[4]) {
    const auto got = of(self).cpuid(leaf, subleaf);
    std::copy(got.begin(), got.end(), out);
    return GLACIS_OK;
  }
  static int random(void* self, void* out, std::uint64_t bytes) {
    of(self).rdrand_.fill({static_cast<std::uint8_t*>(out), bytes});
    return GLACIS_OK;
  }
  static int evidence(void* self, const std::uint8_t report_data[64], int level, void* out, std::uint64_t* bytes, void* aux,
                      std::uint64_t* aux_bytes) {
    auto& m = of(self);
    if (!m.kernel_->provider()) return GLACIS_NO_SUCH;
    base::Block<64> wanted{};
    std::copy(report_data, report_data + 64, wanted.begin());
    const auto got = level == GLACIS_SERVICE_LEVEL ? m.reports_->fetch_for_service(wanted) : m.reports_->fetch(wanted, static_cast<std::uint32_t>(level));
    if (got.error == tsm::Errno::kNoDevice) return GLACIS_NO_SUCH;
    if (got.error != tsm::Errno::kOk) return GLACIS_REFUSED;
    if (got.outblob.size() > *bytes || got.auxblob.size() > *aux_bytes) return GLACIS_TOO_SMALL;
    *bytes = got.outblob.size();
    *aux_bytes = got.auxblob.size();
    std::ranges::copy(got.outblob, static_cast<std::uint8_t*>(out));
    std::ranges::copy(got.auxblob, static_cast<std::uint8_t*>(aux));  // it may be empty
    return GLACIS_OK;
  }
  static const char* provider(void* self) { return of(self).kernel_->provider(); }
  static int derive_key(void* self, std::uint64_t select, std::uint8_t key[32]) {
    auto& m = of(self);
    if (!m.kernel_->derives_keys()) return GLACIS_NO_SUCH;
    const auto got = m.kernel_->derive_key(select);
    if (!got) return GLACIS_REFUSED;
    std::copy((*got).begin(), (*got).end(), key);
    return GLACIS_OK;
  }
  static int launch_secret(void* self, void* out, std::uint64_t* bytes) {
    auto& m = of(self);
    const std::uint64_t at = m.kernel_->launch_secret_gpa();
    if (at == 0) return GLACIS_NO_SUCH;
    const auto page = m.read(at, 4096);
    const auto size = base::load_le<std::uint32_t>(page);
    if (size == 0) return GLACIS_NO_SUCH;
    if (size > page.size() - 4) return GLACIS_REFUSED;
    if (size > *bytes) return GLACIS_TOO_SMALL;
    *bytes = size;
    std::memcpy(out, page.data() + 4, size);
    m.world_.judge_guest(m.vm_);
    return GLACIS_OK;
  }
  static int send(void* self, const char* peer, const void* bytes, std::uint64_t count) {
    auto& m = of(self);
    m.step(2 * sim::kMicrosecond);
    const auto answer = m.world_.to_peer(m.vm_, peer, base::bytes_of(base::View{static_cast<const std::uint8_t*>(bytes), count}));
    if (answer) m.inbox_[peer] = *answer;
    else m.inbox_.erase(peer);
    return GLACIS_OK;
  }
  static int receive(void* self, const char* peer, void* out, std::uint64_t* bytes) {
    auto& m = of(self);
    const auto got = m.inbox_.find(peer);
    if (got == m.inbox_.end()) {
      m.step(sim::kSecond);
      return GLACIS_TIMED_OUT;
    }
    m.step(2 * sim::kMicrosecond);
    const auto answer = m.inbox_.extract(got);
    if (answer.mapped().size() > *bytes) return GLACIS_TOO_SMALL;
    *bytes = answer.mapped().size();
    std::ranges::copy(answer.mapped(), static_cast<std::uint8_t*>(out));  // it may be empty
    return GLACIS_OK;
  }
  static void moment(void* self, const char* name) {
    of(self).step(sim::kNanosecond);
    of(self).world_.moment(of(self).vm_, name);
  }
  static int defend(void* self, const char* id, int holds) {
    auto& m = says(self);
    const bool may = m.defend(id, holds != 0);
    if (!may) m.declines();
    return may ? 1 : 0;
  }
  static int lifted(void* self, const char* id) { return says(self).world_.defences.lifted(guest_row(id)) ? 1 : 0; }
  static void guard(void* self, const char* act, int entitled) {
    auto& m = of(self);
    m.world_.record.say(m.vm_.name, std::string("guarded act: ") + act);
    // Who may log in is the owner's to say, whatever the guest was told.
    if (const std::string_view what = act; what.starts_with(kLogin)) entitled = entitled && m.world_.owner_at_work->lets_in(std::string(what.substr(kLogin.size())));
    if (!entitled) m.world_.oracle.breach(trust::Promise::kAuthority, m.vm_.name + ": " + act + " for nobody entitled to it", m.world_.sim.now());
  }
  static void promise(void* self, const char* name, int holds) {
    auto& m = of(self);
    if (holds) return;
    m.world_.oracle.breach(promise_called(name),
                           m.vm_.name + ": its promise broke: " + name, m.world_.sim.now());
  }
  static void ends(void* self, const char* state) {
    auto& m = of(self);
    m.world_.verdict.ends[m.vm_.name] = state;
    m.world_.record.say(m.vm_.name, std::string("ends: ") + state);
  }
  static void log(void* self, const char* text) { says(self).world_.record.say(says(self).vm_.name, text); }
};

glacis_guest abi_of(GuestMachine& machine) {
  glacis_guest calls{};
  calls.version = GLACIS_GUEST_ABI_VERSION;
  calls.self = &machine;
  calls.alloc = AbiCalls::alloc;
  calls.read = AbiCalls::read;
  calls.write = AbiCalls::write;
  calls.convert = AbiCalls::convert;
  calls.secret = AbiCalls::secret;
  calls.live = AbiCalls::live;
  calls.yield = AbiCalls::yield;
  calls.cpuid = AbiCalls::cpuid;
  calls.random = AbiCalls::random;
  calls.evidence = AbiCalls::evidence;
  calls.provider = AbiCalls::provider;
  calls.derive_key = AbiCalls::derive_key;
  calls.launch_secret = AbiCalls::launch_secret;
  calls.send = AbiCalls::send;
  calls.receive = AbiCalls::receive;
  calls.moment = AbiCalls::moment;
  calls.defend = AbiCalls::defend;
  calls.lifted = AbiCalls::lifted;
  calls.guard = AbiCalls::guard;
  calls.promise = AbiCalls::promise;
  calls.ends = AbiCalls::ends;
  calls.log = AbiCalls::log;
  add_device_calls(calls);
  add_host_calls(calls);
  return calls;
}

}  // namespace engine
