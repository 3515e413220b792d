#pragma once
// What a guest's programs find under /sys of the interfaces of this folder, as one tree of files without a kernel: whoever shows it to
// programs (a mount, a test) asks by path. Directories:
//
//   tsm/report/NAME/...   reports; mkdir makes an item, rmdir removes it         measurements/FILE    measurement registers
//   tsm/rtmr/FILE         those of them that can be extended                     class/tsm/tsmN/      security managers
//   pci/ADDRESS/          a device: tsm/..., authenticated, bind, unbind, evidence/...
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest/tsm/measurements.h"
#include "guest/tsm/pci_tsm.h"
#include "guest/tsm/report.h"

namespace tsm {

class Tree {
 public:
  struct Device {
    std::string address;
    PciTsm* files = nullptr;
    // What the device has shown of itself by now, by the file's name; nothing of what it has not.
    std::vector<std::string> evidence_files{};
    std::function<std::optional<base::Bytes>(std::string_view file)> evidence{};
  };
  struct Parts {
    Reports* reports = nullptr;
    Measurements* registers = nullptr;  // none where the technology has none
    std::string pcr_map{};              // text, in the file pcr_map
    std::vector<TsmDevice> managers{};
    std::vector<Device> devices{};
  };
  explicit Tree(Parts parts) : parts_(std::move(parts)) {}

  // How a file is written: a whole one when it is closed, or each write by itself.
  enum class Writes { kNever, kWhenClosed, kAtOnce };
  struct Node {
    bool directory = false;
    unsigned mode = 0;  // permission bits
    std::size_t size = 0;
    std::size_t size_max = 4096;
    Writes writes = Writes::kNever;
  };
  std::optional<Node> find(std::string_view path) const;
  std::vector<std::string> list(std::string_view path) const;
  Errno make_directory(std::string_view path);
  Errno remove_directory(std::string_view path);
  // The file's content as of now; whoever reads it piece by piece keeps it.
  Content read(std::string_view path);
  Errno write(std::string_view path, std::size_t offset, base::View bytes);

 private:
  using Names = std::vector<std::string>;
  static Names split(std::string_view path);
  const Device* device(const std::string& address) const;
  std::optional<Node> find_report(const Names& names) const;
  std::optional<Node> find_device(const Names& names) const;
  Content read_device(const Names& names);

  Parts parts_;
};

}  // namespace tsm
