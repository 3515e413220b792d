#pragma once
// Plays the steps of one attack, from the positions they name and with the rights those positions have. Steps run in order; each
// is armed when the one before has acted. A step on memory, mappings or calls acts when its moment comes; a step on messages acts
// on the first message that it matches.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/engine/device_function.h"
#include "scenarios/engine/forger.h"
#include "scenarios/engine/forgery.h"
#include "scenarios/engine/world.h"

namespace engine {

class DeviceBay;
class HostDriver;
class OwnerImpostor;

class Adversary final : public trust::Tap {
 public:
  explicit Adversary(World& world);
  ~Adversary() override;

  // Before anything boots: supply chain, image, modules, old firmware.
  void before_boot();
  void before_launch(VmState& vm);
  void moment(const std::string& name);  // "vm0.stored"
  bool cross(const trust::Boundary& at, trust::Message& message) override;  // and has it filmed
  // The host puts back a translation that a step took away, once the guest has faulted on it. The fault is a moment that the host
  // sees: "vm0.fault.PAGE".
  void restore_mapping(VmState& vm, std::uint64_t gpa);

  bool acted() const { return acted_; }
  // What he has put by, for whoever tells it: "pages", "old" -> "4096 bytes". adversary_knowledge.cc
  struct Holding {
    std::string_view kind;
    std::string name, what;
  };
  std::vector<Holding> holdings() const;
  // Of each step whose turn it was and that never acted: its position, and in words what it waits for. adversary_waits.cc
  std::vector<std::pair<std::string, std::string>> waits() const;
  // The guest made a step, an access of that many bytes. Whether a timer of the host's stops it there. adversary_events.cc
  bool stepped(const VmState& vm, std::size_t bytes);
  // Whether any step is at a boundary whose name begins so.
  bool stands_at(std::string_view prefix) const;
  // For good: no step acts any more. What was done to the machine stays done.
  void stop();

 private:
  struct Running {
    const load::Step* step;
    bool armed = false;
    bool done = false;
    std::uint64_t matches = 0;
    std::uint64_t times = 0;
    bool moment_seen = false;
  };
  struct Kept {
    base::Bytes bytes;
    std::uint64_t spa = 0;
  };

  bool tamper(const trust::Boundary& at, trust::Message& message);
  void arm_next();
  void act_now();
  bool message_step(const load::Step& step) const;
  bool due(const Running& running) const;
  void did(Running& running, const std::string& what);
  void begin();

  // Memory, mappings and calls.
  void act(Running& running);
  void act_on_memory(Running& running, bool bus);
  void act_on_mapping(Running& running);
  bool act_on_private(Running& running);
  void map_for_device(Running& running, const std::string& page);
  void act_on_registers(Running& running);
  void act_on_tpm(Running& running);
  void act_on_call(Running& running);

  // Events.
  bool raise(Running& running, const trust::Boundary& at, trust::Message& message);
  void begin_stepping(Running& running);

  // Devices.
  void act_on_device(Running& running);
  void act_on_medium(Running& running);  // adversary_disk.cc
  void act_on_played(Running& running);  // devices of the host's software
  void put_in(Running& running, const std::string& what);
  bool answer(Running& running, const trust::Boundary& at, trust::Message& message);
  bool impersonate(Running& running, const trust::Boundary& at, trust::Message& message);
  bool impersonate_owner(Running& running, trust::Message& message);  // owner_impostor.cc
  bool is_mailbox(const trust::Boundary& at) const;
  void at_mailbox(const trust::Boundary& at, trust::Message& message);
  HostDriver& driver(const trust::Boundary& mailbox);

  std::uint64_t system_page(const std::string& name, VmState** vm = nullptr);
  static constexpr std::string_view kOwnEntries = "rmp0.rmp";  // the entries of the ownership table that guard it
  static bool is_entry(const std::string& name);  // "vm0.page.secret.rmp"
  std::optional<memory::Outcome> host_read(std::uint64_t spa, base::Bytes& out, bool bus);  // nothing: the access faults
  bool host_write(std::uint64_t spa, const base::Bytes& bytes, bool bus);
  bool present(Running& running, trust::Message& message, const std::string& told,
               const std::function<std::optional<Counterfeit>(const relying_party::Evidence&, const base::Block<64>&)>& make);
  bool relay(Running& running, trust::Message& message);
  base::Bytes bytes_said(const load::Step& step) const;
  bool set_bytes(Running& running, trust::Message& message, const wire::FieldSpan& span);
  bool forge(Running& running, trust::Message& message);
  bool act_on_message(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives);
  bool act_on_way(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives);
  bool reorder(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives);
  void act_on_far_side(Running& running);
  void craft_alone(Running& running);
  bool craft_in_place(Running& running, trust::Message& message);
  std::uint64_t address_of(const load::Step& step);
  DeviceFunction* function_at(const load::Step& step) const;  // whose boundary that is; null: nobody's
  std::uint64_t sender_at(const load::Step& step) const;
  unsigned register_of(const load::Step& step, const DeviceFunction& function, DeviceFunction::Holder holder) const;
  void deliver(const load::Step& step, const trust::Boundary& at, const trust::Message& message);
  const trust::Boundary& need_far_side(const load::Step& step, const std::string& name);
  [[noreturn]] void cannot(const load::Step& step, const std::string& why) const;

  const std::string& text(const load::Step& step, const std::string& arg, std::size_t index = 0) const;
  bool has(const load::Step& step, const std::string& arg) const { return step.args.contains(arg); }
  std::uint64_t number(const load::Step& step, const std::string& arg, std::uint64_t otherwise) const;

  World& world_;
  std::vector<Running> steps_;
  std::map<std::string, Kept> kept_;
  std::map<std::string, std::map<std::uint64_t, base::Bytes>> blocks_;  // of a disk, kept
  std::map<std::string, trust::Message> messages_;  // kept
  std::map<std::string, trust::Message> held_;      // taken, and not yet released
  std::optional<Forger> forger_;  // once it has answered a challenge
  std::map<std::pair<std::string, std::uint64_t>, memory::Translation> taken_;
  std::map<std::string, std::unique_ptr<HostDriver>> drivers_;  // by device
  std::unique_ptr<Fabric> impostor_fabric_;
  std::unique_ptr<DeviceBay> impostor_;
  std::unique_ptr<OwnerImpostor> owner_impostor_;
  const trust::Boundary* impostor_at_ = nullptr;  // the mailbox in whose place it answers
  struct Stepping {
    std::uint64_t left = 0;
    bool slow = false;
    std::uint32_t unseen = 0;  // steps until he sees the next exit
  };
  std::map<std::string, Stepping> stepping_;  // by VM
  std::vector<std::string> moments_;  // that came, each once
  bool acted_ = false;
  bool acting_ = false;
};

}  // namespace engine
