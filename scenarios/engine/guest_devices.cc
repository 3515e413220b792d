// The guest ABI's calls on devices.
#include <algorithm>
#include <cstring>

#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/owner_at_work.h"
#include "scenarios/engine/virtio_device.h"

namespace engine {

namespace {
constexpr sim::Time kObjectTime = 50 * sim::kMicrosecond;  // a data object there and back
constexpr sim::Time kRegisterTime = 500 * sim::kNanosecond;
constexpr std::uint64_t kObjectBytesMax = 1 << 20;
}  // namespace

struct DeviceCalls {
  static GuestMachine& of(void* self) {
    auto& machine = *static_cast<GuestMachine*>(self);
    machine.goes_on();
    return machine;
  }
  static DeviceFunction* find(GuestMachine& m, const char* name) { return m.world_.find_function(name); }
  // A device that the host's software plays; null: none of that name.
  static VirtioDevice* find_played(GuestMachine& m, const char* name) { return m.world_.virtio->find(name); }
  static int give(const std::optional<base::Bytes>& bytes, void* out, std::uint64_t* size) {
    if (!bytes) return GLACIS_TIMED_OUT;
    if (bytes->size() > *size) return *size = bytes->size(), GLACIS_TOO_SMALL;
    *size = bytes->size();
    std::ranges::copy(*bytes, static_cast<std::uint8_t*>(out));  // it may be empty
    return GLACIS_OK;
  }

  static int config(void* self, const char* device, std::uint32_t offset, std::uint32_t* value, int write) {
    auto& m = of(self);
    m.step(kRegisterTime);
    DeviceFunction* there = find(m, device);
    VirtioDevice* played = find_played(m, device);
    if (!there && !played) return GLACIS_NO_SUCH;
    if (offset >= pcie::kConfigSize || offset % 4 != 0) return GLACIS_BAD_ARGUMENT;
    if (played && write) played->config_write(m.vm_, offset, *value);
    else if (played) *value = played->config_read(m.vm_, offset);
    else if (write) there->config_write(offset, *value);
    else *value = there->config_read(offset);
    return GLACIS_OK;
  }
  static int object(void* self, const char* device, const void* bytes, std::uint64_t count, void* out, std::uint64_t* size) {
    auto& m = of(self);
    m.step(kObjectTime);
    DeviceFunction* there = find(m, device);
    if (!there) return GLACIS_NO_SUCH;
    if (count > kObjectBytesMax) return GLACIS_BAD_ARGUMENT;
    return give(there->bay().object({static_cast<const std::uint8_t*>(bytes), count}), out, size);
  }
  static int mmio(void* self, const char* device, std::uint32_t bar, std::uint64_t offset, void* bytes, std::uint64_t count, int write) {
    auto& m = of(self);
    m.step(kRegisterTime);
    DeviceFunction* there = find(m, device);
    if (VirtioDevice* played = find_played(m, device)) {
      if (count == 0 || count > 4096) return GLACIS_BAD_ARGUMENT;
      if (write) return played->mmio_write(m.vm_, bar, offset, {static_cast<const std::uint8_t*>(bytes), count}) ? GLACIS_OK : GLACIS_REFUSED;
      const auto got = played->mmio_read(m.vm_, bar, offset, count);
      return got ? std::memcpy(bytes, got->data(), count), GLACIS_OK : GLACIS_REFUSED;
    }
    if (!there) return GLACIS_NO_SUCH;
    if ((bar != 0 && bar != 2) || count == 0 || count > 4096) return GLACIS_BAD_ARGUMENT;
    auto* data = static_cast<std::uint8_t*>(bytes);
    if (write) return there->mmio_write(m.vm_, bar, offset, {data, count}) ? GLACIS_OK : GLACIS_REFUSED;
    const auto got = there->mmio_read(m.vm_, bar, offset, count);
    if (!got || got->size() != count) return GLACIS_REFUSED;
    std::memcpy(data, got->data(), count);
    return GLACIS_OK;
  }
  static int share(void* self, const char* device, std::uint64_t gpa, std::uint64_t bytes) {
    auto& m = of(self);
    m.step(kRegisterTime);
    if (find_played(m, device)) return GLACIS_OK;  // the host has shared memory mapped anyway
    DeviceFunction* there = find(m, device);
    if (!there) return GLACIS_NO_SUCH;
    if (bytes == 0 || bytes > kVmBytes || gpa > kVmBytes - bytes) return GLACIS_BAD_ARGUMENT;
    there->map_shared(m.vm_, gpa, bytes);
    return GLACIS_OK;
  }
  static int call(void* self, const char* device, std::uint32_t code, const void* in, std::uint64_t bytes) {
    auto& m = of(self);
    m.step(kRegisterTime);
    DeviceFunction* there = find(m, device);
    if (!there) return GLACIS_NO_SUCH;
    if (bytes > 4096) return GLACIS_BAD_ARGUMENT;
    return there->call(m.vm_, code, {static_cast<const std::uint8_t*>(in), bytes}) ? GLACIS_OK : GLACIS_REFUSED;
  }
  static int managed(void* self, const char* device) {
    DeviceFunction* there = find(of(self), device);
    return there && there->bay().managed() ? 1 : 0;
  }
  static int tdi_call(void* self, const char* device, std::uint32_t call, const void* in, std::uint64_t bytes, void* out,
                      std::uint64_t* size) {
    auto& m = of(self);
    const auto which = static_cast<tio::ManagedCall>(call);
    const bool by_host = which == tio::ManagedCall::kBind || which == tio::ManagedCall::kRun || which == tio::ManagedCall::kUnbind;
    m.step(by_host ? kObjectTime : kRegisterTime);
    DeviceFunction* there = find(m, device);
    if (!there || !there->bay().managed()) return GLACIS_NO_SUCH;
    if (bytes > 4096) return GLACIS_BAD_ARGUMENT;
    if (which == tio::ManagedCall::kUnbind) there->lets_go(m.vm_);
    const auto answer = m.kernel_->tdi_call(which, {static_cast<const std::uint8_t*>(in), bytes}, there->at().id);
    return answer ? give(*answer, out, size) : GLACIS_REFUSED;
  }
  static int evidence(void* self, const char* device, std::uint32_t part, void* out, std::uint64_t* size) {
    auto& m = of(self);
    m.step(kRegisterTime);
    DeviceFunction* there = find(m, device);
    if (!there || !there->bay().managed()) return GLACIS_NO_SUCH;
    return give(there->evidence(static_cast<tio::EvidencePart>(part)), out, size);
  }
  static int image_file(void* self, const char* name, void* out, std::uint64_t* size) {
    auto& m = of(self);
    m.step(kRegisterTime);
    if (std::string_view(name) == "owner-root") return give(m.world_.owner_at_work->root_certificate(), out, size);
    // "device-root" is of the first device, "device-root nvme0" of that one.
    const std::string whole = name, what = whole.substr(0, whole.find(' '));
    if (const auto held = m.world_.virtio->image_file(whole)) return give(held, out, size);
    const auto& bays = m.world_.bays;
    DeviceFunction* of = what.size() < whole.size() ? find(m, whole.substr(what.size() + 1).c_str())
                               : bays.empty()             ? nullptr
                                                          : bays.front()->functions().front().get();
    const auto file = of ? of->bay().image_file(*of, what) : std::nullopt;
    return file ? give(file, out, size) : GLACIS_NO_SUCH;
  }
  static void accept(void* self, const char* device, std::uint16_t flags) {
    auto& m = of(self);
    m.world_.record.say(m.vm_.name, std::string("accepts ") + device);
    if (const VirtioDevice* played = find_played(m, device)) {
      if (!played->settings().listed || !played->shown_truly())
        m.world_.oracle.breach(trust::Promise::kAuthority, m.vm_.name + " gives a driver to " + device + ", which its owner does not list",
                               m.world_.sim.now());
      return;
    }
    DeviceFunction* there = find(m, device);
    const bool identity_only = flags == GLACIS_IDENTITY_ONLY;
    std::string wrong = "a device that is not there";
    if (there) wrong = identity_only ? there->bay().who_answers() : there->truth(m.vm_, flags);
    if (there && identity_only) there->recognised(m.vm_);
    else if (there) there->accepted(m.vm_, flags);
    if (!wrong.empty())
      m.world_.oracle.breach(trust::Promise::kAuthenticity, m.vm_.name + " accepts " + wrong, m.world_.sim.now());
  }
};

void add_device_calls(glacis_guest& calls) {
  calls.device_config = DeviceCalls::config;
  calls.device_object = DeviceCalls::object;
  calls.device_mmio = DeviceCalls::mmio;
  calls.device_share = DeviceCalls::share;
  calls.device_call = DeviceCalls::call;
  calls.device_managed = DeviceCalls::managed;
  calls.tdi_call = DeviceCalls::tdi_call;
  calls.device_evidence = DeviceCalls::evidence;
  calls.image_file = DeviceCalls::image_file;
  calls.device_accept = DeviceCalls::accept;
}

}  // namespace engine
