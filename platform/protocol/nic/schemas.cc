#include "platform/protocol/nic/schemas.h"

#include "platform/protocol/nic/nic.h"

namespace nic {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {wire::schema_of<Descriptor>("nic.DESCRIPTOR")};
  return kSchemas;
}

}  // namespace nic
