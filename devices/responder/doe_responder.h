#pragma once
// A responder behind a DOE mailbox: SPDM messages and records as data objects, and discovery for whoever has no
// mailbox that does it.
#include <optional>

#include "devices/responder/responder.h"

namespace responder {

// An object with its two header dwords; the object that answers it, or nothing: the asker waits in vain. Serves
// discovery, CMA/SPDM and secured CMA/SPDM; drops every other type.
std::optional<base::Bytes> answer_object(Responder& responder, base::View object);

}  // namespace responder
