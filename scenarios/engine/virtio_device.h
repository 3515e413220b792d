#pragma once
// An emulated virtio device as the host's user-space VMM plays it for a VM. It reaches guest memory through the host's own mapping,
// so shared pages alone; whatever it says crosses a boundary of its own: configuration reads (NAME.config), registers (NAME.mmio), and
// what it does to rings and buffers (NAME.ring).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/virtio/function.h"
#include "platform/sim/random.h"
#include "platform/trust/boundary.h"
#include "scenarios/load/vocabulary.h"

namespace engine {

class World;
struct VmState;

struct VirtioSettings {
  std::string name, kind;
  bool packed = false, indirect = true, event_index = true;
  bool listed = true;   // in the owner's image, as a device that the guest wants
  bool plugged = true;  // from the start
};

class VirtioDevice final : public virtio::GuestMemory, public virtio::Outlet {
 public:
  VirtioDevice(World& world, const VirtioSettings& settings, unsigned slot);

  const std::string& name() const { return settings_.name; }
  const VirtioSettings& settings() const { return settings_; }
  // What the slot said last of who is in it is what is there.
  bool shown_truly() const { return shown_ == virtio::id_of(type()); }
  virtio::Type type() const { return function_.backend().type(); }

  // ---- by a guest, as the host carries it; a slot with nothing in it answers all ones, or not at all.
  std::uint32_t config_read(VmState& vm, unsigned offset);
  void config_write(VmState& vm, unsigned offset, std::uint32_t value);
  std::optional<base::Bytes> mmio_read(VmState& vm, unsigned bar, std::uint64_t offset, std::size_t size);
  bool mmio_write(VmState& vm, unsigned bar, std::uint64_t offset, base::View bytes);

  void plug() { plugged_ = true; }
  bool plugged() const { return plugged_; }
  std::uint8_t status() const { return function_.status(); }
  const VmState* used_by() const { return vm_; }  // null: nobody yet

  bool read(std::uint64_t gpa, std::span<std::uint8_t> out) override;
  bool write(std::uint64_t gpa, base::View bytes) override;
  bool passes(std::string_view object, base::Bytes& bytes, const wire::Schema& schema) override;

  std::vector<const trust::Boundary*> boundaries() const { return {&config_, &mmio_, &ring_}; }

 private:
  std::unique_ptr<virtio::Backend> make_backend();
  void set_up();            // as host firmware does
  void serve(VmState& vm);  // who asks

  World& world_;
  VirtioSettings settings_;
  unsigned slot_;
  bool plugged_;
  unsigned generation_ = 0;  // of the VMs
  std::uint32_t shown_ = 0;
  VmState* vm_ = nullptr;  // whose device it is
  sim::Random random_;     // the host's
  trust::Boundary config_, mmio_, ring_;
  virtio::Function function_;
};

// Those of a machine.
class VirtioBus {
 public:
  explicit VirtioBus(World& world);
  VirtioDevice* find(const std::string& name) const;  // null: none of that name
  const std::vector<std::unique_ptr<VirtioDevice>>& devices() const { return devices_; }
  const trust::Boundary* find_boundary(const std::string& name) const;
  // What the guest's image holds about them: "device-filter" (a line for each that the owner wants: name, PCI ids), "operator-password",
  // "agent-key".
  std::optional<base::Bytes> image_file(const std::string& name) const;

 private:
  World& world_;
  std::vector<std::unique_ptr<VirtioDevice>> devices_;
};

// Nouns of files. Kinds as `is:` has them, names as their parts begin.
const std::vector<std::pair<std::string, std::string>>& virtio_kinds();  // "blk", "virtio-blk"
bool is_virtio_name(const std::string& part);                            // "blk0"
std::vector<load::PartKind> virtio_part_kinds();
std::vector<load::SettingName> virtio_setting_names();
std::vector<std::string> virtio_boundaries();  // "blk*.config", ...

}  // namespace engine
