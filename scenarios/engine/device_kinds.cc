#include "scenarios/engine/device_kinds.h"

#include <algorithm>

#include "platform/base/check.h"
#include "scenarios/engine/cards.h"

namespace engine {

namespace {

constexpr std::uint16_t kOtherModel = 0x0200;

using Provision = identity::Provision;

struct Filling {
  std::uint8_t slot = 0;
  identity::Description description{};
  Provision how{};
};

identity::Description made_by(identity::Description out, const char* maker) {
  out.manufacturer = maker;
  return out;
}

identity::Description with_serial(identity::Description out, const char* serial) {
  out.serial_number = serial;
  return out;
}

std::vector<Filling> fillings_of(const std::string& kind, const std::string& name) {
  const identity::Description own = description_of(kind);
  const Filling unknown{.description = made_by(own, "Copycat Devices")};
  if (name == "genuine" || name == "forged") return {{.description = own}};
  if (name == "sibling") return {{.description = with_serial(own, "0002")}};
  if (name == "re-keyed") return {{.description = own, .how = {.key = "after a repair"}}};
  if (name == "cloned") return {unknown};
  if (name == "other-maker") return {{.description = made_by(own, kOtherMaker)}};
  if (name == "other-slot") return {unknown, {.slot = kIntegratorSlot, .description = made_by(own, kIntegrator)}};
  if (name == "factory-slot") return {unknown, {.slot = kFactorySlot, .description = with_serial(own, "test station")}};
  if (name == "other-model") {
    identity::Description other = own;
    other.product += " Lite";
    other.device_id = kOtherModel;
    return {{.description = other}};
  }
  if (name == "expired")
    return {{.description = with_serial(own, "0665"), .how = {.leaf = {.not_after = crypto::calendar_time(2025, 6, 30)}}}};
  if (name == "revoked") return {{.description = with_serial(own, kLeakedSerial)}};
  if (name == "self-issued") return {{.description = with_serial(own, "0002"), .how = {.below = "0668"}}};
  if (name == "unsigned") return {{.description = with_serial(own, "0002"), .how = {.signer = "somebody"}}};
  if (name == "requester") return {{.description = with_serial(own, "controller"), .how = {.requester = true}}};
  if (name == "laboratory")
    return {{.description = with_serial(own, "laboratory"), .how = {.restricted_to = "use in the laboratory"}}};
  if (name == "key-agreement") return {{.description = with_serial(own, "0669"), .how = {.key_agreement = true}}};
  base::check(false, "an identity of the list");
  return {};
}

}  // namespace

const std::vector<Content>& firmware_contents() {
  static const std::vector<Content> kAll = {{"genuine", ""},
                                            {"outdated", "a device with outdated firmware"},
                                            {"superseded", "a device with firmware that its maker has mended since"},
                                            {"withdrawn", "a device with firmware that its owner no longer wants"},
                                            {"debug", "a device with debug firmware"}};
  return kAll;
}

const std::vector<Content>& identity_contents() {
  static const std::vector<Content> kAll = {
      {"genuine", ""},
      {"sibling", ""},   // another unit of the same make
      {"re-keyed", ""},  // with another key, which its maker certified
      {"cloned", "a device with cloned firmware"},
      {"forged", "a program with the certificates of a device"},
      {"other-maker", "a device that a maker of other things vouches for"},
      {"other-slot", "a device that its maker does not vouch for, but an integrator does"},
      {"factory-slot", "a device with a key of the factory's test stations"},
      {"other-model", "a device of another model than it shows"},
      {"expired", "a device with a key that leaked and ran out"},
      {"revoked", "a device with a key that leaked and was taken back"},
      {"self-issued", "a device that another device vouches for"},
      {"unsigned", "a device that nobody vouches for"},
      {"requester", "a device with the key of a controller that asks devices"},
      {"laboratory", "a device with a key of its maker's laboratory"},
      {"key-agreement", "a device with a key that was certified for something else"}};
  return kAll;
}

const std::vector<Content>& spdm_contents() {
  static const std::vector<Content> kAll = {
      {"full", ""}, {"up-to-1-2", ""}, {"no-sessions", ""}, {"no-measurements", ""}};
  return kAll;
}

std::vector<std::string> names_of_contents(const std::vector<Content>& contents) {
  std::vector<std::string> out;
  for (const Content& content : contents) out.push_back(content.name);
  return out;
}

std::vector<std::string> names_of_all_contents() {
  std::vector<std::string> out;
  for (const auto* contents : {&identity_contents(), &firmware_contents(), &spdm_contents()})
    for (const Content& content : *contents)
      if (std::ranges::find(out, content.name) == out.end()) out.push_back(content.name);
  return out;
}

bool has_content(const std::vector<Content>& contents, const std::string& name) {
  return std::ranges::find(contents, name, &Content::name) != contents.end();
}

bool put_into(DeviceSettings& device, const std::string& content) {
  for (const auto& [contents, setting] : {std::pair{&identity_contents(), &device.identity},
                                          std::pair{&firmware_contents(), &device.firmware},
                                          std::pair{&spdm_contents(), &device.spdm}})
    if (has_content(*contents, content)) {
      *setting = content;
      return true;
    }
  return false;
}

std::string wrong_with(const std::vector<Content>& contents, const std::string& name) {
  const auto found = std::ranges::find(contents, name, &Content::name);
  base::check(found != contents.end(), "content of the list");
  return found->about;
}

identity::Firmware firmware_content(const std::string& kind, const std::string& name) {
  using identity::firmware_of;
  if (name == "outdated") return firmware_of(kind + " 1.0", "1.0.0", 1);
  if (name == "superseded") return firmware_of(kind + " 1.5", "1.5.0", 1);
  if (name == "withdrawn") return firmware_of(kind + " 1.9", "1.9.0", 2);
  auto firmware = firmware_of(kind + " 2.0", "2.0.0", 2);
  firmware.debug = name == "debug";
  return firmware;
}

identity::Identity identity_content(const std::string& kind, const std::string& name, std::uint64_t seed, crypto::Library& library) {
  identity::Identity out;
  for (const Filling& filling : fillings_of(kind, name))
    out.slots[filling.slot] = identity::provision(filling.description, filling.how, filling.slot, seed, library);
  if (name == "forged") {
    base::Bytes own;
    base::append_le(own, seed);
    out.slots[0]->key = crypto::EcKey::derive(crypto::Curve::kP384, own, "impostor");
  }
  return out;
}

responder::Settings spdm_content(const std::string& name) {
  responder::Settings out;
  if (name == "up-to-1-2") out.versions = {spdm::Version::k10, spdm::Version::k11, spdm::Version::k12};
  if (name == "no-sessions")
    out.capabilities &= ~(spdm::kCapKeyExchange | spdm::kCapEncrypt | spdm::kCapMac | spdm::kCapHeartbeat |
                          spdm::kCapKeyUpdate);
  if (name == "no-measurements") out.capabilities &= ~(spdm::kCapMeasurementsMask | spdm::kCapMeasurementsFresh);
  return out;
}

}  // namespace engine
