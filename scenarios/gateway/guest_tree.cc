#include "scenarios/gateway/guest_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "guest/programs/programs.h"
#include "platform/base/user_error.h"

namespace gateway {

namespace {

// One manager of the host's link and one of the guest's own interfaces: a guest that speaks to its device itself is both.
const std::vector<tsm::TsmDevice>& managers() {
  static const std::vector<tsm::TsmDevice> kAll = {{"tsm0", tsm::TsmDevice::Mode::kLink}, {"tsm1", tsm::TsmDevice::Mode::kDevsec}};
  return kAll;
}

// "0000:01:00.0"
std::string address_of(tdisp::FunctionId function) {
  const unsigned id = function.requester_id();
  return fmt::format("0000:{:02x}:{:02x}.{}", id >> 8, id >> 3 & 31, id & 7);
}

}  // namespace

class GuestTree::Device final : public tsm::DeviceSteps {
 public:
  Device(abi::Guest& guest, std::string name, trust::Defences& defences) : name_(std::move(name)) {
    steps_ = programs::steps_of(guest, name_, defences);
    const auto function = programs::function_of(guest, name_);
    if (!steps_ || !function) return;
    const std::string address = address_of(*function);
    files_ = std::make_unique<tsm::PciTsm>(tsm::PciDevice{.address = address, .dsm_address = address, .guest = "vm0"}, managers(), *this);
    shown_ = {.address = address, .files = files_.get(), .evidence_files = {"all", "certificates", "measurements", "report", "vca"},
              .evidence = [this](std::string_view file) { return evidence(file); }};
  }
  bool there() const { return files_ != nullptr; }
  const tsm::Tree::Device& shown() const { return shown_; }

 private:
  static tsm::Errno done(bool well) { return well ? tsm::Errno::kOk : tsm::Errno::kIo; }
  tsm::Errno connect() override { return done(connected_ = steps_->connect()); }
  tsm::Errno disconnect() override {
    connected_ = false;
    return done(steps_->disconnect());
  }
  tsm::Errno lock() override { return connected_ ? done(steps_->lock()) : tsm::Errno::kNoDevice; }
  tsm::Errno unlock() override { return done(steps_->unlock()); }
  tsm::Errno accept() override { return done(steps_->accept()); }

  // Nothing of what the device has not shown.
  std::optional<base::Bytes> evidence(std::string_view file) const {
    if (!connected_) return std::nullopt;
    const auto told = steps_->told();
    if (file == "all") return device_trust::bytes_of(told);
    if (file == "vca") return told.vca;
    if (file == "report") return told.report.empty() ? std::nullopt : std::optional(told.report);
    if (file == "measurements") return told.measurements.transcript;
    for (const auto& slot : told.slots)
      if (!slot.chain.empty()) return slot.chain;
    return std::nullopt;
  }

  std::string name_;
  std::unique_ptr<programs::TakingSteps> steps_;
  std::unique_ptr<tsm::PciTsm> files_;
  tsm::Tree::Device shown_;
  bool connected_ = false;
};

GuestTree::GuestTree(abi::Guest& guest, const std::vector<std::string>& devices, tsm::PcrMap pcr_map)
    : guest_(guest), defences_(guest, programs::device_rows()) {
  // A first report tells whose they are.
  const auto first = guest.evidence({});
  const auto* kind = first ? tsm::find_provider_kind(first->provider) : nullptr;
  if (!kind) throw base::UserError("a guest of this platform has no reports to give");
  provider_ = first->provider;
  (void)reports_.register_provider({.kind = kind, .platform = this});
  list_ = registers_of_guest();
  if (!list_.empty()) registers_ = std::make_unique<tsm::Measurements>(list_, *this);
  tsm::Tree::Parts parts{.reports = &reports_, .registers = registers_.get(), .managers = managers()};
  if (registers_) parts.pcr_map = tsm::text_of(pcr_map);
  for (const auto& name : devices) {
    auto device = std::make_unique<Device>(guest, name, defences_.get());
    if (!device->there()) continue;
    parts.devices.push_back(device->shown());
    devices_.push_back(std::move(device));
  }
  if (devices_.empty()) parts.managers.clear();
  tree_ = std::make_unique<tsm::Tree>(std::move(parts));
}

GuestTree::~GuestTree() = default;

// The list that fits is the one whose first live register the guest can read.
std::vector<tsm::Register> GuestTree::registers_of_guest() {
  for (const auto& list : {tsm::tdx_registers(), tsm::cca_registers("sha256", 32), tsm::cca_registers("sha512", 64), tsm::cove_registers()})
    if (std::ranges::all_of(list, [&](const auto& one) { return guest_.measured(one.file().c_str()).has_value(); })) return list;
  return {};
}

tsm::Made GuestTree::make_report(const tsm::Asked& asked) {
  base::Block<64> data{};
  if (asked.inblob.size() > data.size()) return {.failure = tsm::Failure::kInvalidParameter};
  std::ranges::copy(asked.inblob, data.begin());
  const auto got = guest_.evidence(data, static_cast<int>(asked.privlevel));
  if (!got) return {.failure = tsm::Failure::kStatus};
  return {.outblob = got->report, .auxblob = got->certificates};
}

tsm::Errno GuestTree::refresh(std::vector<base::Bytes>& values) {
  for (std::size_t i = 0; i < list_.size(); ++i) {
    auto value = guest_.measured(list_[i].file().c_str());
    if (!value) return tsm::Errno::kIo;
    values[i] = std::move(*value);
  }
  return tsm::Errno::kOk;
}

// Shorter digests than the call takes end in zeros, and of longer ones it takes the beginning.
tsm::Errno GuestTree::extend(std::size_t index, base::View digest) {
  const auto number = std::ranges::count_if(list_.begin(), list_.begin() + static_cast<std::ptrdiff_t>(index), [](const auto& one) { return one.writable; });
  base::Block<48> block{};
  std::copy_n(digest.begin(), std::min(digest.size(), block.size()), block.begin());
  return guest_.extend(static_cast<std::uint32_t>(number), block) == GLACIS_OK ? tsm::Errno::kOk : tsm::Errno::kIo;
}

}  // namespace gateway
