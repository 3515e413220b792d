#pragma once
// For tests: a device with its manufacturer, its conversation with a guest, and that guest, all of them open to every
// lie.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "guest/device_trust/judge.h"

namespace device_trust::test {

// One certificate of a chain. Keys and names are told apart by their labels.
struct Link {
  std::string name;
  std::string key;
  std::vector<crypto::Extension> extensions{};
  std::string signer{};  // key; empty: the link before, or itself
  std::string issuer{};  // name; empty: as the signer is found
  std::uint8_t serial = 1;
  crypto::CalendarTime not_before = crypto::calendar_time(2024, 1, 1);
  crypto::CalendarTime not_after = crypto::calendar_time(2040, 1, 1);
};
using Chain = std::vector<Link>;

crypto::Extension extended_key_usage(std::string_view oid);
crypto::Extension spdm_mark(std::string_view oid);
crypto::Extension pci_name(std::string_view text);
crypto::EcKey key_of(const std::string& label);
std::vector<crypto::Certificate> issue_chain(const Chain& chain);

// Root, intermediate and leaf of a maker, for the function with this name.
Chain honest_chain(const std::string& maker, const std::string& device, const PciIdentity& identity);
// The same with an authority of the device's own, which signs a leaf that goes with its firmware.
Chain alias_chain(const std::string& maker, const std::string& device, const PciIdentity& identity);

struct TestDevice {
  TestDevice();

  // The device's conversation; alter anything before `evidence`.
  std::array<std::optional<Chain>, spdm::kSlotCount> slots{};
  std::array<spdm::CertificateModel, spdm::kSlotCount> models{};
  std::uint32_t capabilities;
  spdm::Algorithms algorithms{};
  ProofKind proof_kind = ProofKind::kKeyExchange;
  std::uint8_t proof_slot = 0;
  std::string proof_key = "device";  // signs
  spdm::Nonce proof_nonce{};
  std::uint8_t summary = spdm::kSummaryNone;
  std::optional<base::Bytes> summary_hash{};  // empty: the right one
  std::vector<spdm::MeasurementBlock> blocks{};
  bool measurements_signed = true;
  std::uint8_t measurements_slot = 0;
  std::string measurements_key = "device";
  spdm::Nonce measurements_nonce{};
  std::uint8_t content_change = spdm::kContentUnchanged;
  tdisp::InterfaceReport report{};
  tdisp::FunctionId interface{};
  tdisp::State state = tdisp::State::kConfigLocked;
  bool report_in_session = true;

  Question question{};
  Policy policy{};

  DeviceEvidence evidence() const;
  TsmDigests tsm_digests(const DeviceEvidence& evidence) const;
  Decision judged(trust::Defences& defences) const;
  // "accepted", or the id of the defence that spoke.
  std::string verdict(trust::Defences& defences) const;
  std::string verdict() const;
};

std::string verdict(const Decision& decision);
crypto::RevocationList list_of(const Link& issuer, std::vector<base::Bytes> serials, crypto::CalendarTime next_update);

}  // namespace device_trust::test
