#pragma once
// How a careful program asks for a report through the files: writes what it wants, reads, and compares the generations before and
// after. Nothing but its own writes may have counted.
#include <optional>
#include <string>

#include "guest/tsm/report.h"

namespace tsm {

// The directory as one program sees it.
class Files {
 public:
  virtual ~Files() = default;
  virtual Errno make_item(const std::string& name) = 0;
  virtual Errno write(const std::string& item, Attribute attribute, base::View value) = 0;
  virtual Content read(const std::string& item, Attribute attribute) = 0;
};

struct Wanted {
  base::Bytes inblob;
  std::optional<std::uint32_t> privlevel;  // where the provider has levels
};

struct Fetched {
  Errno error = Errno::kOk;
  base::Bytes outblob{}, auxblob{};
  bool interfered = false;  // somebody else wrote the item's attributes between the first write and the last read
};

// The item stays, and may have been there before.
Fetched fetch_report(Files& files, const std::string& item, const Wanted& wanted);

}  // namespace tsm
