#pragma once
// A device's expansion ROM as firmware reads it (PCI Firmware 3.3, 5.1; UEFI 2.10, 14.4.2): a header, the PCI data structure that it points
// to, and an image of the kind that the structure names. Integers are little-endian.
#include <cstdint>
#include <optional>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace boot {

enum class RomCode : std::uint8_t { kPcAt = 0, kOpenFirmware = 1, kEfi = 3 };

struct RomHeader {
  std::uint16_t signature = 0xAA55;
  std::uint16_t size = 1;             // of the image, in 512 bytes
  std::uint32_t efi_signature = 0;    // 0EF1h where the image is an EFI driver
  std::uint16_t efi_subsystem = 0, efi_machine = 0, efi_compression = 0;
  std::uint16_t efi_offset = 0, pcir_offset = 0x1C;
  using Wire = wire::Layout<&RomHeader::signature, &RomHeader::size, &RomHeader::efi_signature, &RomHeader::efi_subsystem,
                            &RomHeader::efi_machine, &RomHeader::efi_compression, wire::LooseUpTo<0x16>{}, &RomHeader::efi_offset,
                            &RomHeader::pcir_offset>;
};
inline constexpr std::uint32_t kEfiSignature = 0x0EF1;

struct Pcir {
  base::Block<4> signature{'P', 'C', 'I', 'R'};
  std::uint16_t vendor = 0, device = 0, device_list = 0, length = 28;
  std::uint8_t revision = 3;
  base::Block<3> class_code{};
  std::uint16_t image_size = 1, code_revision = 0;  // in 512 bytes
  RomCode code_type = RomCode::kPcAt;
  std::uint8_t indicator = 0x80;  // the last image
  std::uint16_t runtime_size_max = 0, utility_offset = 0, dmtf_offset = 0;
  using Wire = wire::Layout<&Pcir::signature, &Pcir::vendor, &Pcir::device, &Pcir::device_list, &Pcir::length, &Pcir::revision,
                            &Pcir::class_code, &Pcir::image_size, &Pcir::code_revision, &Pcir::code_type, &Pcir::indicator,
                            &Pcir::runtime_size_max, &Pcir::utility_offset, &Pcir::dmtf_offset>;
};

// An image where the PCI data structure follows the header at once.
struct OptionRom {
  RomHeader header;
  Pcir pcir;
  base::Bytes image;
  using Wire = wire::Layout<&OptionRom::header, wire::LooseUpTo<0x1C>{}, &OptionRom::pcir, wire::Rest<&OptionRom::image>{}>;
};

// What firmware would run of it; nothing: it is no ROM.
inline std::optional<RomCode> code_of(base::View rom) {
  base::View front = rom;
  const auto header = wire::decode_front<RomHeader>(front);
  if (!header || header->signature != RomHeader{}.signature || header->pcir_offset >= rom.size()) return std::nullopt;
  base::View rest = rom.subspan(header->pcir_offset);
  const auto pcir = wire::decode_front<Pcir>(rest);
  if (!pcir || pcir->signature != Pcir{}.signature) return std::nullopt;
  return pcir->code_type;
}

}  // namespace boot
