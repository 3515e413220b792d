#pragma once
// A dissector for Wireshark, in Lua: made from the layouts that encode, so that what it shows is what our own readers read. It knows
// the link types of pcapng.h: mailbox objects with SPDM, IDE_KM and TDISP in them, packets of a link with IDE around them, and
// messages from the inside of a session.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/wire/outline.h"

namespace exports {

struct Dissected {
  std::string name;    // of the layout, "spdm.KEY_EXCHANGE"
  std::string prefix;  // of its fields in filters, "glacis.spdm.key_exchange"
  std::vector<wire::Outline> words;
};
const std::vector<Dissected>& dissected();

// What Lua says for a member function that a layout asks: "spdm::Digests::key_count". Empty for one that nobody wrote down.
std::string_view lua_rule(std::string_view name);
// Names of a field's values, by the field's name in filters.
std::map<std::string, std::map<unsigned, std::string>> value_names();

// The part that is the same for any layout: walks bytes by tables of words.
std::string_view lua_walker();
// What follows from what: which message is in which, and how a session's sizes were agreed on.
std::string_view lua_protocols();

// The whole script. The same for the same build.
std::string dissector_script();

}  // namespace exports
