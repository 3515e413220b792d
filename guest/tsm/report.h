#pragma once
// The directory /sys/kernel/config/tsm/report of a guest: items that anybody in it makes by name, and whose attributes are files. The
// last attributes that an item was given are what its report is made over, whoever gave them: nothing here is a transaction. What
// tells a reader of an interference is `generation`, one more after each write that succeeded.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest/tsm/provider.h"

namespace tsm {

inline constexpr std::size_t kInblobMax = 64;
inline constexpr std::size_t kOutblobMax = 16u << 20;  // 32 KiB in kernels before DICE chains
inline constexpr std::size_t kTextMax = 4095;          // one page less its end
inline constexpr std::size_t kNameMax = 255;

enum class Attribute {
  kGeneration,
  kProvider,
  kPrivlevel,
  kPrivlevelFloor,
  kServiceProvider,
  kServiceGuid,
  kServiceManifestVersion,
  kInblob,
  kOutblob,
  kAuxblob,
  kManifestblob,
};

struct AttributeKind {
  Attribute attribute;
  std::string_view name;  // of its file
  bool readable, writable;
  bool binary;
};
const std::vector<AttributeKind>& attribute_kinds();
const AttributeKind* find_attribute(std::string_view name);

class Reports {
 public:
  // How often an item was written, and at which of these counts its last report was made. Of a new one other than 0 in tests that come
  // near the end of the count.
  struct Generations {
    std::uint64_t written = 0, read = 0;
  };

  Reports() = default;
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  Errno register_provider(const Provider& provider);     // kBusy: there is one, or items of the one before are
  Errno unregister_provider(const Platform& platform);   // kBusy: another's. Items stay, and what they hold of reports
  const Provider* provider() const { return provider_ ? &*provider_ : nullptr; }

  Errno make_item(std::string_view name, Generations first);
  Errno make_item(std::string_view name) { return make_item(name, Generations{}); }
  Errno remove_item(std::string_view name);
  std::vector<std::string> items() const;  // in the order of their names

  // Whether the item has that file: some are there for some providers only.
  bool visible(Attribute attribute) const;

  // A whole file at once, as the kernel gets it once a writer has closed it or a reader asks for the first byte.
  Errno write(std::string_view item, Attribute attribute, base::View value);
  Content read(std::string_view item, Attribute attribute);

 private:
  struct Item {
    Asked asked;
    std::uint64_t write_generation = 0, read_generation = 0;
    bool made = false;
    base::Bytes outblob, auxblob, manifestblob;
  };

  static Errno advance(Item& item);
  Errno make_report(Item& item);
  const base::Bytes& blob_of(const Item& item, Attribute attribute) const;
  std::shared_ptr<Item> find(std::string_view name) const;

  std::optional<Provider> provider_;
  // Shared with a read under way: whoever makes a report may let others run, and they may remove the item.
  std::map<std::string, std::shared_ptr<Item>, std::less<>> items_;
};

// As kstrtouint(.., 0, ..) reads a number, with or without one line's end.
std::optional<std::uint32_t> parse_number(std::string_view text, Errno& error);
// "604656e2-fd41-4f53-b9ec-8b2a2e8a5d4a", as it lies in memory (the first three fields little-endian).
std::optional<base::Block<16>> parse_guid(std::string_view text);

}  // namespace tsm
