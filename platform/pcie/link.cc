#include "platform/pcie/link.h"

#include "platform/protocol/ide/ide.h"

namespace pcie {

const wire::Schema& plain_schema() {
  static const wire::Schema schema = wire::schema_of<tlp::Tlp>("tlp.TLP");
  return schema;
}

const wire::Schema& protected_schema() {
  static const wire::Schema schema = wire::schema_of<ide::Packet>("ide.TLP");
  return schema;
}

// A message's object is what the wire shows of it: "MWr64", or "IDE.MWr64" for a protected one.
void Link::send(trust::Boundary& over, LinkEnd* to, base::View bytes) {
  if (!active()) return;
  if (!held_) return deliver(to, bytes);
  const bool sealed = ide::is_protected(bytes);
  const std::size_t first = sealed ? wire::min_size<ide::Prefix>() : 0;
  const std::string kind = bytes.size() > first ? tlp::name_of(static_cast<tlp::Type>(bytes[first])) : "?";
  trust::Message message{.object = (sealed ? "IDE." : "") + kind,
                         .bytes = base::bytes_of(bytes),
                         .schema = sealed ? &protected_schema() : &plain_schema()};
  if (auto arrived = over.cross(std::move(message))) deliver(to, arrived->bytes);
}

}  // namespace pcie
