#include "guest/tsm/fetch.h"

#include <charconv>

namespace tsm {

namespace {

std::optional<std::uint64_t> generation_of(Files& files, const std::string& item) {
  const auto read = files.read(item, Attribute::kGeneration);
  if (!read) return std::nullopt;
  const std::string text(read.bytes.begin(), read.bytes.end());
  std::uint64_t value = 0;
  const auto [end, what] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (what != std::errc{} || end != text.data() + text.size() - 1 || *end != '\n') return std::nullopt;
  return value;
}

}  // namespace

Fetched fetch_report(Files& files, const std::string& item, const Wanted& wanted) {
  const Errno made = files.make_item(item);
  if (made != Errno::kOk && made != Errno::kExists) return {.error = made};
  const auto before = generation_of(files, item);
  if (!before) return {.error = Errno::kIo};
  std::uint64_t own = 1;
  if (const Errno error = files.write(item, Attribute::kInblob, wanted.inblob); error != Errno::kOk) return {.error = error};
  if (wanted.privlevel) {
    ++own;
    const std::string text = std::to_string(*wanted.privlevel);
    if (const Errno error = files.write(item, Attribute::kPrivlevel, base::view_of(text)); error != Errno::kOk) return {.error = error};
  }
  auto outblob = files.read(item, Attribute::kOutblob);
  if (!outblob) return {.error = outblob.error};
  auto auxblob = files.read(item, Attribute::kAuxblob);
  if (!auxblob) return {.error = auxblob.error};
  const auto after = generation_of(files, item);
  return {.error = Errno::kOk,
          .outblob = std::move(outblob.bytes),
          .auxblob = std::move(auxblob.bytes),
          .interfered = after != *before + own};
}

}  // namespace tsm
