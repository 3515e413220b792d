#pragma once
// A schema of CBOR messages, so that an engine prints and alters claims as it does the fields of any layout. Fields are byte and text
// strings, by their content, and numbers, by their whole item; their names are paths as `cbor::edit` reads them ("44238", "2399/0/2").
#include <string>

#include "platform/wire/schema.h"

namespace cbor {

// `empty` is a well-formed message of that kind.
wire::Schema schema(std::string name, base::Bytes empty);

}  // namespace cbor
