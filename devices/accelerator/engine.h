#pragma once
// One function of the card. A command is written to its registers, begins with the doorbell and has ended when the
// doorbell's write returns. The engine asks the function's interface for the T bit of every request it makes.
#include <cstdint>
#include <functional>
#include <string>

#include "platform/protocol/accelerator/registers.h"
#include "devices/dsm/dsm.h"
#include "platform/pcie/function.h"

namespace accelerator {

class Engine final : public pcie::Function, public dsm::Logic {
 public:
  explicit Engine(std::size_t memory_size) : memory_(memory_size) {}

  // The config space is laid out before, by whoever makes the card.
  void connect(pcie::Requester& bus, dsm::Tdi& tdi, std::function<void(pcie::Reset)> reset,
               std::function<void(std::uint8_t)> stream_failed, std::function<void()> config_written);
  void set_version(std::uint32_t version) { version_ = version; }
  // Who must not ask over the bus: tests, and oracles.
  base::View memory() const { return memory_; }
  // Ground truth: every transfer for a TEE as the engine knows it, read or written.
  using Watch = std::function<void(bool write, std::uint64_t address, base::View bytes)>;
  void watch(Watch told) { watch_ = std::move(told); }

  pcie::ConfigSpace& config() override { return config_; }
  std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                       const pcie::Origin& origin) override;
  bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin& origin) override;
  bool mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write,
                      const pcie::Origin& origin) override;
  void reset(pcie::Reset kind) override;
  void config_written(unsigned offset, std::size_t size, const pcie::Origin& origin) override;
  void stream_failed(std::uint8_t stream) override;

  void quiesce() override;
  void scrub() override;

 private:
  std::uint64_t reg(std::uint64_t offset) const;
  bool in_memory(std::uint64_t at, std::uint64_t size) const;
  void doorbell();
  Status run();
  Status fetch();
  Status give();

  pcie::ConfigSpace config_;
  base::Bytes memory_;
  std::uint32_t version_ = 0;
  std::uint64_t registers_[kRegisterCount] = {};
  unsigned generation_ = 0;  // a command under way ends when it changes
  pcie::Requester* bus_ = nullptr;
  dsm::Tdi* tdi_ = nullptr;
  std::function<void(pcie::Reset)> reset_;
  std::function<void(std::uint8_t)> stream_failed_;
  std::function<void()> config_written_;
  Watch watch_;
};

}  // namespace accelerator
