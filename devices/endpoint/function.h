#pragma once
// One function of a card, between the bus and the device's own logic. The logic says what its registers do and what it
// forgets; which requests reach it, which of its own leave and with which T bit, is the interface's decision.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "devices/dsm/dsm.h"
#include "platform/pcie/function.h"

namespace endpoint {

// How a transfer went. `kEnded`: the work that asked for it was ended meanwhile, by a reset or by the interface's stop;
// whoever asked stops without a trace.
enum class Transfer { kDone, kNotPermitted, kBusError, kEnded };

// What a device's logic can ask of the bus.
class Bus {
 public:
  virtual ~Bus() = default;
  virtual Transfer read(std::uint64_t address, std::span<std::uint8_t> into) = 0;
  virtual Transfer write(std::uint64_t address, base::View bytes) = 0;
  virtual void interrupt(unsigned vector) = 0;
  // Changes whenever the work under way is ended.
  virtual unsigned generation() const = 0;
  // Whether what is done now is done for a TEE.
  virtual bool trusted() const = 0;
};

// What is particular to a device: one per function.
class Logic {
 public:
  virtual ~Logic() = default;
  virtual void connect(Bus& bus) = 0;
  // Nothing, or false: Unsupported Request. The MSI-X table never comes here.
  virtual std::optional<base::Bytes> read(unsigned bar, std::uint64_t offset, std::size_t size) = 0;
  virtual bool write(unsigned bar, std::uint64_t offset, base::View bytes) = 0;
  virtual void set_version(std::uint32_t version) = 0;  // of the firmware
  // Nothing begins by itself from now on: what could, is off until a driver turns it on again. Work under way has
  // been ended already.
  virtual void quiesce() = 0;
  // Registers and queues as after power-on.
  virtual void reset() = 0;
  // Besides, whatever is left of a confidential VM.
  virtual void scrub() = 0;
};

class Function final : public pcie::Function, public dsm::Logic, public Bus {
 public:
  explicit Function(endpoint::Logic& logic) : logic_(logic) { logic_.connect(*this); }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;

  // Whom the function tells of what the bus does to it.
  struct Ears {
    std::function<void(pcie::Reset)> reset;
    std::function<void(std::uint8_t stream)> stream_failed;
    std::function<void()> config_written;
  };
  // The config space is laid out before, by whoever makes the card.
  void join(pcie::Requester& bus, dsm::Tdi& tdi, Ears ears);
  // Ground truth: every transfer for a TEE as the device knows it, read or written.
  using Watch = std::function<void(bool write, std::uint64_t address, base::View bytes)>;
  void watch(Watch told) { watch_ = std::move(told); }

  Transfer read(std::uint64_t address, std::span<std::uint8_t> into) override;
  Transfer write(std::uint64_t address, base::View bytes) override;
  void interrupt(unsigned vector) override;
  unsigned generation() const override { return generation_; }
  bool trusted() const override;

  pcie::ConfigSpace& config() override { return config_; }
  const pcie::ConfigSpace& config() const { return config_; }
  std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                       const pcie::Origin& origin) override;
  bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin& origin) override;
  bool mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write,
                      const pcie::Origin& origin) override;
  void reset(pcie::Reset kind) override;
  void config_written(unsigned offset, std::size_t size, const pcie::Origin& origin) override;
  void stream_failed(std::uint8_t stream) override;

  void quiesce() override;
  void scrub() override { logic_.scrub(); }

 private:
  endpoint::Logic& logic_;
  pcie::ConfigSpace config_;
  unsigned generation_ = 0;
  pcie::Requester* bus_ = nullptr;
  dsm::Tdi* tdi_ = nullptr;
  Ears ears_;
  Watch watch_;
};

}  // namespace endpoint
