// The short way to read a protected packet takes what the layout takes, and nothing else.
#include "platform/base/check.h"
#include "platform/protocol/ide/ide.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  const auto quick = ide::read_packet(in);
  const auto whole = wire::decode<ide::Packet>(in);
  base::check(quick.has_value() == static_cast<bool>(whole), "both take the same packets");
  if (quick) base::check(*quick == *whole, "and read the same of them");
}

base::Bytes seed() {
  ide::Packet packet;
  packet.prefix = ide::prefix_of(ide::StreamId{1}, ide::SubStream{}, 0, true, 0);
  packet.prefix.flags |= ide::kFlagMac;
  return wire::encode(packet);
}

}  // namespace

FUZZ_TARGET(read, seed())
