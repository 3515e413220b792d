// The guest ABI's calls for what a host says beside memory and devices: its data, clocks, registers and interrupts; and for what the
// platform measures.
#include <algorithm>
#include <cstring>

#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/host_data.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/engine/time_rows.h"

namespace engine {

namespace {

constexpr std::uint64_t kCommandBytesMax = 4096;

struct Nanoseconds {
  std::uint64_t nanoseconds = 0;
  using Wire = wire::Layout<&Nanoseconds::nanoseconds>;
};

int give(const std::optional<base::Bytes>& bytes, void* out, std::uint64_t* size) {
  if (!bytes) return GLACIS_NO_SUCH;
  if (bytes->size() > *size) return *size = bytes->size(), GLACIS_TOO_SMALL;
  *size = bytes->size();
  std::ranges::copy(*bytes, static_cast<std::uint8_t*>(out));  // it may be empty
  return GLACIS_OK;
}

// To the far side and back; nothing where either way is cut.
std::optional<base::Bytes> ask(const trust::Boundary& at, trust::Message question) {
  const auto there = at.cross(std::move(question));
  if (!there) return std::nullopt;
  const auto answer = at.deliver(*there);
  if (!answer) return std::nullopt;
  const auto back = at.cross(*answer);
  return back ? std::optional(back->bytes) : std::nullopt;
}

}  // namespace

struct HostCalls {
  static GuestMachine& of(void* self) {
    auto& machine = *static_cast<GuestMachine*>(self);
    machine.step(sim::kMicrosecond);
    return machine;
  }

  static int data(void* self, const char* name, void* out, std::uint64_t* size) {
    auto& m = of(self);
    const auto taken = m.taken_.find(name);
    return give(taken == m.taken_.end() ? ask(m.vm_.host_data, {.object = std::string("HOST.") + name}) : taken->second, out, size);
  }
  static int clock(void* self, const char* source, std::uint64_t* nanoseconds) {
    const auto said = ask(of(self).vm_.clock, {.object = std::string("CLOCK.") + source});
    const auto got = said ? wire::decode<Nanoseconds>(*said) : wire::Decoded<Nanoseconds>(wire::Error{});
    if (!got) return GLACIS_NO_SUCH;
    *nanoseconds = counter(*static_cast<GuestMachine*>(self), source, got->nanoseconds);
    return GLACIS_OK;
  }
  // What the host says of the processor's counter is an offset that it writes, and whether that counts is the platform's to say.
  static std::uint64_t counter(GuestMachine& m, std::string_view source, std::uint64_t said) {
    if (source != "tsc" || m.world_.settings.value("cpu0.secure-tsc", "disabled") != "enabled") return said;
    const std::uint64_t kept = m.world_.sim.now() / sim::kNanosecond;
    return m.world_.defences.refuse_unless(kCounterRow, said == kept, m.world_.kit->keeper()) ? kept : said;
  }
  static int msr(void* self, std::uint32_t index, std::uint64_t* value, int write) {
    const auto got = of(self).kernel_->msr(index, write ? std::optional(*value) : std::nullopt);
    if (!got) return GLACIS_NO_SUCH;
    if (!write) *value = *got;
    return GLACIS_OK;
  }
  static int interrupt(void* self, std::uint32_t* vector, std::uint64_t* info) {
    auto& waiting = of(self).delivered_;
    if (waiting.empty()) return GLACIS_NO_SUCH;
    *vector = waiting.front().vector;
    *info = waiting.front().info;
    waiting.pop_front();
    return GLACIS_OK;
  }
  static int extend(void* self, std::uint32_t index, const std::uint8_t digest[48]) {
    base::Block<48> hashed{};
    std::copy(digest, digest + hashed.size(), hashed.begin());
    return of(self).kernel_->extend(index, hashed);
  }
  static int measured(void* self, const char* name, void* out, std::uint64_t* size) {
    return give(of(self).kernel_->measured(name), out, size);
  }
  static int tpm(void* self, const void* command, std::uint64_t bytes, void* out, std::uint64_t* size) {
    auto& m = of(self);
    if (!m.vm_.vtpm) return GLACIS_NO_SUCH;
    if (bytes > kCommandBytesMax) return GLACIS_BAD_ARGUMENT;
    const auto* first = static_cast<const std::uint8_t*>(command);
    return give(m.vm_.vtpm->ask(base::Bytes(first, first + bytes)), out, size);
  }
};

base::Bytes GuestMachine::take_for_kernel(const std::string& name) {
  step(sim::kMicrosecond);
  const auto& word = taken_[name] = ask(vm_.host_data, {.object = "HOST." + name});
  return word.value_or(base::Bytes{});
}

void add_host_calls(glacis_guest& calls) {
  calls.host_data = HostCalls::data;
  calls.clock = HostCalls::clock;
  calls.msr = HostCalls::msr;
  calls.interrupt = HostCalls::interrupt;
  calls.extend = HostCalls::extend;
  calls.measured = HostCalls::measured;
  calls.tpm = HostCalls::tpm;
}

void lead_host_words(World& world, VmState& vm) {
  vm.host_data.leads_to([&world, &vm](const trust::Message& message) -> std::optional<trust::Message> {
    const std::string name = message.object.substr(std::strlen("HOST."));
    const HostData* kind = find_host_data(name);
    const auto content = kind ? kind->content(world, vm, name) : std::nullopt;
    if (!content) return std::nullopt;
    return trust::Message{.object = message.object, .bytes = *content, .schema = kind->schema ? kind->schema(name) : nullptr, .reply = true};
  });
  vm.clock.leads_to([&world](const trust::Message& message) -> std::optional<trust::Message> {
    static const wire::Schema kSchema = wire::schema_of<Nanoseconds>("clock.READING");
    Nanoseconds reading{.nanoseconds = world.sim.now() / sim::kNanosecond};
    if (message.object == "CLOCK.rtc") reading.nanoseconds += static_cast<std::uint64_t>(calendar()) * 1'000'000'000;
    else if (message.object != "CLOCK.tsc" && message.object != "CLOCK.kvmclock") return std::nullopt;
    return trust::Message{.object = message.object, .bytes = wire::encode(reading), .schema = &kSchema, .reply = true};
  });
}

}  // namespace engine
