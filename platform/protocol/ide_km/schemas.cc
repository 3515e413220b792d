#include "platform/protocol/ide_km/schemas.h"

#include "platform/protocol/ide_km/ide_km.h"

namespace ide_km {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Query>("ide_km.QUERY"),
      wire::schema_of<QueryResp>("ide_km.QUERY_RESP"),
      wire::schema_of<KeyProg>("ide_km.KEY_PROG"),
      wire::schema_of<KpAck>("ide_km.KP_ACK"),
      wire::schema_of<KeySet<Object::kSetGo>>("ide_km.K_SET_GO"),
      wire::schema_of<SetStop>("ide_km.K_SET_STOP"),
      wire::schema_of<GoStopAck>("ide_km.K_GOSTOP_ACK"),
  };
  return kSchemas;
}

}  // namespace ide_km
