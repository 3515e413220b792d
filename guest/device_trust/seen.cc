#include "guest/device_trust/seen.h"

#include <cinttypes>
#include <cstdio>

namespace device_trust {

std::string pci_name_of(const PciIdentity& identity, bool with_serial_number) {
  char part[64];
  std::snprintf(part, sizeof part, "Vendor=%04x:Device=%04x:CC=%06x:REV=%02x", identity.vendor_id, identity.device_id,
                identity.class_code & 0xffffff, identity.revision);
  std::string name = part;
  if (identity.subsystem) {
    std::snprintf(part, sizeof part, ":SSVID=%04x:SSID=%04x", identity.subsystem->vendor_id, identity.subsystem->id);
    name += part;
  }
  if (with_serial_number && identity.serial_number) {
    std::snprintf(part, sizeof part, ":%016" PRIx64, *identity.serial_number);
    name += part;
  }
  return name;
}

}  // namespace device_trust
