// The adversary's verbs on a disk that he has in hand: its blocks, past the controller and whoever drives it.
#include <algorithm>
#include <charconv>
#include <functional>

#include "devices/nvme/disk.h"
#include "guest/storage/format.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {

// Some bytes of one block, as files name them: "11", "1.160+32".
struct Extent {
  std::uint64_t block = 0, at = 0, size = nvme::kBlock;
};

std::optional<Extent> extent_of(std::string_view text) {
  Extent out;
  const auto number = [&](std::uint64_t& into) {
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (wrong != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  const auto sign = [&](char which) {
    if (text.empty() || text.front() != which) return false;
    text.remove_prefix(1);
    return true;
  };
  if (!number(out.block)) return std::nullopt;
  if (sign('.')) {
    out.size = 1;
    if (!number(out.at) || (sign('+') && !number(out.size))) return std::nullopt;
  }
  if (!text.empty() || out.size == 0 || out.at >= nvme::kBlock || out.size > nvme::kBlock - out.at) return std::nullopt;
  return out;
}

}  // namespace

void Adversary::act_on_medium(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string device = step.at->value.substr(0, step.at->value.find('.'));
  DeviceFunction* function = world_.find_function(device);
  auto* disk = function ? dynamic_cast<nvme::Disk*>(&function->bay().card()) : nullptr;
  if (!disk) cannot(step, "finds no disk `" + device + "`");
  nvme::Medium& medium = disk->controller().medium();
  const std::string what = text(step, verb);

  const auto get = [&](std::uint64_t block) {
    base::Bytes bytes(nvme::kBlock);
    if (!medium.is_of_tee(block)) medium.read(block, bytes);  // else the disk's own key keeps it
    return bytes;
  };
  const auto look = [&](std::uint64_t block) {
    auto bytes = get(block);
    world_.oracle.seen("disk " + device, block * nvme::kBlock, bytes, world_.sim.now());
    return bytes;
  };
  const auto extent = [&](std::size_t index) {
    const auto found = extent_of(text(step, verb, index));
    if (!found || !medium.has(found->block, 1)) cannot(step, "finds no block `" + text(step, verb, index) + "` on " + device);
    return *found;
  };
  const auto change = [&](std::uint64_t block, const std::function<void(base::Bytes&)>& how) {
    auto bytes = get(block);
    how(bytes);
    if (!medium.is_of_tee(block)) medium.write(block, bytes, false);
  };

  if (verb == "read" || verb == "record") {
    auto& kept = blocks_[verb == "record" ? text(step, "as") : std::string()];
    kept.clear();
    if (what == "all")
      for (std::uint64_t block = 0; block < medium.blocks(); ++block) {
        auto bytes = medium.is_written(block) ? look(block) : base::Bytes(nvme::kBlock);
        kept[block] = std::move(bytes);
      }
    else
      for (std::size_t i = 0; !text(step, verb, i).empty(); ++i) kept[extent(i).block] = look(extent(i).block);
    return did(running, (verb == "read" ? "reads " : "keeps ") + std::string(what == "all" ? "all blocks" : "block " + what) + " of " + device);
  }
  if (verb == "replay") {
    const auto kept = blocks_.find(what);
    if (kept == blocks_.end()) return;  // not yet
    for (const auto& [block, bytes] : kept->second) change(block, [&](base::Bytes& now) { now = bytes; });
    return did(running, "puts back " + what + " on " + device);
  }
  if (verb == "swap") {
    const Extent first = extent(0), second = extent(1);
    if (first.size != second.size) cannot(step, "exchanges as many bytes as bytes");
    const auto one = get(first.block), other = get(second.block);
    const auto put = [&](const Extent& to, const Extent& from, const base::Bytes& bytes) {
      change(to.block, [&](base::Bytes& now) { std::copy_n(bytes.data() + from.at, from.size, now.data() + to.at); });
    };
    put(first, second, other);
    put(second, first, one);
    return did(running, "swaps " + what + " and " + text(step, verb, 1) + " on " + device);
  }
  if (verb == "flip") {
    const Extent there = extent(0);
    change(there.block, [&](base::Bytes& now) {
      now[(there.at + number(step, "byte", 0)) % now.size()] ^= static_cast<std::uint8_t>(1u << number(step, "bit", 0) % 8);
    });
    return did(running, "flips a bit of block " + what + " on " + device);
  }
  if (verb == "write") {
    const Extent there = extent(0);
    change(there.block, [&](base::Bytes& now) {
      const auto part = std::span(now).subspan(there.at, there.size);
      if (has(step, "value")) std::fill(part.begin(), part.end(), static_cast<std::uint8_t>(number(step, "value", 0)));
      else world_.random.fill(part);
    });
    return did(running, "writes over block " + what + " on " + device);
  }
  if (verb == "set") {  // a field of the header that a guest wrote, whose layout is public
    const wire::Schema schema = storage::header_schema();
    bool found = false;
    change(0, [&](base::Bytes& now) {
      const auto span = schema.find(base::View(now).first(storage::kHeaderSize), what);
      if (!span) return;
      found = true;
      const std::uint64_t value = number(step, "value", 0);
      if (!wire::set_number(now, *span, value))
        for (std::size_t i = 0; i < span->size; ++i) now[span->offset + i] = i < 8 ? static_cast<std::uint8_t>(value >> (8 * i)) : 0;
    });
    if (!found) cannot(step, "finds no field `" + what + "` in a disk's header");
    return did(running, "sets " + what + " in the header on " + device);
  }
  cannot(step, "does not " + verb + " at `" + step.at->value + "`");
}

}  // namespace engine
