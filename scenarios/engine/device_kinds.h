#pragma once
// What a machine file may put into a card: who certified it, what it runs, what it can do; and in truth what is
// wrong with such a device in the eyes of the owner whose image is in device_image.h. Real content alone: keys,
// certificates, firmware. None of it is looked at by a device or a guest.
#include <string>
#include <vector>

#include "devices/identity/firmware.h"
#include "devices/identity/identity.h"
#include "devices/responder/settings.h"
#include "scenarios/engine/world.h"

namespace engine {

struct Content {
  std::string name;
  std::string about;  // "" when there is nothing wrong with it: "a device ..."
};

// `firmware:`, `identity:` and `spdm:` of a machine's card. The first of each is the genuine one.
const std::vector<Content>& firmware_contents();
const std::vector<Content>& identity_contents();
const std::vector<Content>& spdm_contents();
std::vector<std::string> names_of_contents(const std::vector<Content>& contents);
bool has_content(const std::vector<Content>& contents, const std::string& name);
// Sets the one of them that has this among its contents. False: none has.
bool put_into(DeviceSettings& device, const std::string& content);
// All that put_into takes.
std::vector<std::string> names_of_all_contents();
std::string wrong_with(const std::vector<Content>& contents, const std::string& name);

// `kind` as cards.h has them.
identity::Firmware firmware_content(const std::string& kind, const std::string& name);
identity::Identity identity_content(const std::string& kind, const std::string& name, std::uint64_t seed, crypto::Library& library);
responder::Settings spdm_content(const std::string& name);

// The makers that owners of these machines may know, and the slot that a device of theirs is asked by.
inline constexpr const char* kMaker = "Glacis Devices";
inline constexpr const char* kOtherMaker = "Meridian Networks";  // of network cards
inline constexpr const char* kIntegrator = "Harbor Systems";     // certifies devices of any maker in slots of its own
inline constexpr std::uint16_t kOtherMakerVendor = 0x1af4;
inline constexpr std::uint8_t kIntegratorSlot = 3, kFactorySlot = 2;
// A device of the maker's whose key became known.
inline constexpr const char* kLeakedSerial = "0667";

}  // namespace engine
