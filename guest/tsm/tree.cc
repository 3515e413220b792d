#include "guest/tsm/tree.h"

#include <algorithm>

namespace tsm {

namespace {

constexpr unsigned kReadable = 0444, kWritable = 0200;

Tree::Node directory(unsigned mode = 0755) { return {.directory = true, .mode = mode}; }

Content text(const std::string& line) { return {.bytes = base::bytes_of(base::view_of(line))}; }

}  // namespace

Tree::Names Tree::split(std::string_view path) {
  Names out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) out.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return out;
}

const Tree::Device* Tree::device(const std::string& address) const {
  const auto found = std::ranges::find(parts_.devices, address, &Device::address);
  return found == parts_.devices.end() ? nullptr : &*found;
}

std::optional<Tree::Node> Tree::find_report(const Names& names) const {
  if (names.size() == 2) return directory();
  const auto items = parts_.reports->items();
  if (std::ranges::find(items, names[2]) == items.end()) return std::nullopt;
  if (names.size() == 3) return directory();
  const auto* kind = find_attribute(names[3]);
  if (names.size() != 4 || !kind || !parts_.reports->visible(kind->attribute)) return std::nullopt;
  Node node{.mode = (kind->readable ? kReadable : 0) | (kind->writable ? kWritable : 0)};
  if (kind->writable) node.writes = kind->binary ? Writes::kWhenClosed : Writes::kAtOnce;
  if (kind->attribute == Attribute::kInblob) node.size_max = kInblobMax;
  return node;
}

std::optional<Tree::Node> Tree::find_device(const Names& names) const {
  if (names.size() == 1) return directory();
  const Device* found = device(names[1]);
  if (!found) return std::nullopt;
  if (names.size() == 2) return directory();
  const std::string& name = names[2];
  if (names.size() == 3) {
    if (name == "tsm" || name == "evidence") return directory(0555);
    if (name == "bind" || name == "unbind") return Node{.mode = kWritable, .writes = Writes::kAtOnce};
  }
  if (name == "evidence") {
    const bool there = names.size() == 4 && std::ranges::find(found->evidence_files, names[3]) != found->evidence_files.end();
    return there ? std::optional(Node{.mode = kReadable}) : std::nullopt;
  }
  const std::string file = names.size() == 4 ? name + "/" + names[3] : name;
  const auto& files = PciTsm::files();
  if (names.size() > 4 || std::ranges::find(files, file) == files.end()) return std::nullopt;
  return Node{.mode = (PciTsm::readable(file) ? kReadable : 0) | (PciTsm::writable(file) ? kWritable : 0),
              .writes = PciTsm::writable(file) ? Writes::kAtOnce : Writes::kNever};
}

std::optional<Tree::Node> Tree::find(std::string_view path) const {
  const auto names = split(path);
  if (names.empty()) return directory();
  if (names[0] == "pcr_map" && names.size() == 1 && !parts_.pcr_map.empty()) return Node{.mode = kReadable};
  if (names[0] == "tsm") {
    if (names.size() == 1) return directory();
    if (names[1] == "report") return find_report(names);
  }
  const bool extendable = names[0] == "tsm" && names.size() > 1 && names[1] == "rtmr";
  if ((names[0] == "measurements" || extendable) && parts_.registers) {
    const std::size_t depth = extendable ? 2 : 1;
    if (names.size() == depth) return directory(0555);
    const auto* one = names.size() == depth + 1 ? parts_.registers->find(names[depth]) : nullptr;
    if (!one || (extendable && !one->writable)) return std::nullopt;
    return Node{.mode = (one->readable ? kReadable : 0) | (one->writable ? kWritable : 0),
                .size = one->size,
                .writes = one->writable ? Writes::kAtOnce : Writes::kNever};
  }
  if (names[0] == "class" && !parts_.managers.empty()) {
    if (names.size() == 1 || (names.size() == 2 && names[1] == "tsm")) return directory(0555);
    const bool known = names[1] == "tsm" && std::ranges::find(parts_.managers, names[2], &TsmDevice::name) != parts_.managers.end();
    if (!known) return std::nullopt;
    if (names.size() == 3) return directory(0555);
    return names.size() == 4 && names[3] == "pci_mode" ? std::optional(Node{.mode = kReadable}) : std::nullopt;
  }
  if (names[0] == "pci" && !parts_.devices.empty()) return find_device(names);
  return std::nullopt;
}

std::vector<std::string> Tree::list(std::string_view path) const {
  const auto names = split(path);
  std::vector<std::string> candidates;
  const auto add = [&](std::initializer_list<const char*> more) { candidates.insert(candidates.end(), more.begin(), more.end()); };
  if (names.empty()) add({"class", "measurements", "pci", "pcr_map", "tsm"});
  else if (names[0] == "tsm" && names.size() == 1) add({"report", "rtmr"});
  else if (names[0] == "tsm" && names[1] == "report" && names.size() == 2) candidates = parts_.reports->items();
  else if (names[0] == "tsm" && names[1] == "report")
    for (const auto& kind : attribute_kinds()) candidates.emplace_back(kind.name);
  else if ((names[0] == "tsm" || names[0] == "measurements") && parts_.registers)
    for (const auto& one : parts_.registers->registers()) candidates.push_back(one.file());
  else if (names[0] == "class" && names.size() == 1) add({"tsm"});
  else if (names[0] == "class" && names.size() == 2)
    for (const auto& one : parts_.managers) candidates.push_back(one.name);
  else if (names[0] == "class") add({"pci_mode"});
  else if (names[0] == "pci" && names.size() == 1)
    for (const auto& one : parts_.devices) candidates.push_back(one.address);
  else if (names[0] == "pci" && names.size() == 2) add({"authenticated", "bind", "evidence", "tsm", "unbind"});
  else if (names[0] == "pci" && names[2] == "evidence") {
    if (const auto* found = device(names[1])) candidates = found->evidence_files;
  } else if (names[0] == "pci") {
    for (const auto& file : PciTsm::files())
      if (file.starts_with("tsm/")) candidates.push_back(file.substr(4));
  }
  std::string prefix;
  for (const auto& name : names) prefix += name + "/";
  std::erase_if(candidates, [&](const auto& name) { return !find(prefix + name); });
  return candidates;
}

Errno Tree::make_directory(std::string_view path) {
  const auto names = split(path);
  if (find(path)) return Errno::kExists;
  if (names.size() != 3 || names[0] != "tsm" || names[1] != "report") return Errno::kNotPermitted;
  return parts_.reports->make_item(names[2]);
}

Errno Tree::remove_directory(std::string_view path) {
  const auto names = split(path);
  if (!find(path)) return Errno::kNoEntry;
  if (names.size() != 3 || names[0] != "tsm" || names[1] != "report") return Errno::kNotPermitted;
  return parts_.reports->remove_item(names[2]);
}

Content Tree::read_device(const Names& names) {
  const Device& found = *device(names[1]);
  if (names[2] != "evidence") return found.files->read(names.size() == 4 ? names[2] + "/" + names[3] : names[2]);
  auto shown = found.evidence(names[3]);
  return shown ? Content{.bytes = std::move(*shown)} : Content{Errno::kNoDevice};
}

Content Tree::read(std::string_view path) {
  const auto node = find(path);
  if (!node || node->directory) return {node ? Errno::kInvalid : Errno::kNoEntry};
  const auto names = split(path);
  if (names[0] == "pcr_map") return text(parts_.pcr_map);
  if (names[0] == "tsm" && names[1] == "report") return parts_.reports->read(names[2], find_attribute(names[3])->attribute);
  if (names[0] == "tsm" || names[0] == "measurements") return parts_.registers->read(names.back(), 0, node->size);
  if (names[0] == "class") return text(std::string(name_of(std::ranges::find(parts_.managers, names[2], &TsmDevice::name)->mode)) + "\n");
  return read_device(names);
}

Errno Tree::write(std::string_view path, std::size_t offset, base::View bytes) {
  const auto node = find(path);
  if (!node) return Errno::kNoEntry;
  if (node->directory || node->writes == Writes::kNever) return Errno::kAccess;
  const auto names = split(path);
  if (names[0] == "tsm" && names[1] == "report") return parts_.reports->write(names[2], find_attribute(names[3])->attribute, bytes);
  if (names[0] == "tsm" || names[0] == "measurements") return parts_.registers->write(names.back(), offset, bytes);
  const Device& found = *device(names[1]);
  if (names.size() == 3 && names[2] != "authenticated") {  // a driver, by the device's address
    std::string_view said(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (said.ends_with('\n')) said.remove_suffix(1);
    if (said != found.address) return Errno::kNoDevice;
    return names[2] == "bind" ? found.files->bind_driver() : found.files->unbind_driver();
  }
  return found.files->write(names.size() == 4 ? names[2] + "/" + names[3] : names[2], bytes);
}

}  // namespace tsm
