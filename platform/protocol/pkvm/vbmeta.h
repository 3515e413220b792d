#pragma once
// The signed description of a VM's images (Android Verified Boot 2.0, vbmeta image format): a header, an authentication
// block with hash and signature, an auxiliary block with descriptors and the public key. Big-endian. What is signed is
// header and auxiliary block.
//
// convention: AVB knows RSA alone; ours is signed with ES384 under an algorithm number of our own, and its public key
// is X||Y.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/crypto/ec_key.h"
#include "platform/wire/wire.h"

namespace pkvmproto {

inline constexpr std::uint32_t kVbmetaEs384 = 0x1000;  // convention
inline constexpr std::uint64_t kHashDescriptorTag = 2;

struct VbmetaHeader {
  std::array<std::uint8_t, 4> magic{'A', 'V', 'B', '0'};
  std::uint32_t version_major = 1, version_minor = 0;
  std::uint64_t authentication_size = 0, auxiliary_size = 0;
  std::uint32_t algorithm = kVbmetaEs384;
  std::uint64_t hash_offset = 0, hash_size = 0, signature_offset = 0,
                signature_size = 0;  // within the authentication block
  std::uint64_t public_key_offset = 0, public_key_size = 0, metadata_offset = 0, metadata_size = 0,
                descriptors_offset = 0,
                descriptors_size = 0;  // within the auxiliary block
  std::uint64_t rollback_index = 0;
  std::uint32_t flags = 0, rollback_index_location = 0;
  std::array<std::uint8_t, 48> release{};
  using Wire =
      wire::Layout<&VbmetaHeader::magic, wire::Be<&VbmetaHeader::version_major, 4>{},
                   wire::Be<&VbmetaHeader::version_minor, 4>{}, wire::Be<&VbmetaHeader::authentication_size, 8>{},
                   wire::Be<&VbmetaHeader::auxiliary_size, 8>{}, wire::Be<&VbmetaHeader::algorithm, 4>{},
                   wire::Be<&VbmetaHeader::hash_offset, 8>{}, wire::Be<&VbmetaHeader::hash_size, 8>{},
                   wire::Be<&VbmetaHeader::signature_offset, 8>{}, wire::Be<&VbmetaHeader::signature_size, 8>{},
                   wire::Be<&VbmetaHeader::public_key_offset, 8>{}, wire::Be<&VbmetaHeader::public_key_size, 8>{},
                   wire::Be<&VbmetaHeader::metadata_offset, 8>{}, wire::Be<&VbmetaHeader::metadata_size, 8>{},
                   wire::Be<&VbmetaHeader::descriptors_offset, 8>{}, wire::Be<&VbmetaHeader::descriptors_size, 8>{},
                   wire::Be<&VbmetaHeader::rollback_index, 8>{}, wire::Be<&VbmetaHeader::flags, 4>{},
                   wire::Be<&VbmetaHeader::rollback_index_location, 4>{}, &VbmetaHeader::release, wire::Reserved<80>{}>;
};

// AvbHashDescriptor: one image by name, with what SHA-256 of salt and image is.
struct HashDescriptor {
  std::uint64_t tag = kHashDescriptorTag, following = 0;
  std::uint64_t image_size = 0;
  std::array<std::uint8_t, 32> algorithm{};
  std::uint32_t name_size = 0, salt_size = 0, digest_size = 0, flags = 0;
  base::Bytes name, salt, digest;
  using Wire = wire::Layout<wire::Be<&HashDescriptor::tag, 8>{}, wire::Be<&HashDescriptor::following, 8>{},
                            wire::Be<&HashDescriptor::image_size, 8>{}, &HashDescriptor::algorithm,
                            wire::Be<&HashDescriptor::name_size, 4>{}, wire::Be<&HashDescriptor::salt_size, 4>{},
                            wire::Be<&HashDescriptor::digest_size, 4>{}, wire::Be<&HashDescriptor::flags, 4>{},
                            wire::Reserved<60>{}, wire::Run<&HashDescriptor::name, &HashDescriptor::name_size>{},
                            wire::Run<&HashDescriptor::salt, &HashDescriptor::salt_size>{},
                            wire::Run<&HashDescriptor::digest, &HashDescriptor::digest_size>{}, wire::Align<8>{}>;
};

struct ImageDigest {
  std::string name;  // "boot", "initrd_normal", "initrd_debug"
  std::uint64_t size = 0;
  base::Block<32> digest{};
  friend bool operator==(const ImageDigest&, const ImageDigest&) = default;
};
ImageDigest digest_of_image(std::string name, base::View image);

struct Vbmeta {
  std::uint64_t rollback_index = 0;
  std::vector<ImageDigest> images;
  base::Bytes public_key;  // X||Y
  friend bool operator==(const Vbmeta&, const Vbmeta&) = default;
};
base::Bytes sign_vbmeta(crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key,
                        const Vbmeta& vbmeta);

// What one says, signed or not, and the parts that a signature ties together.
struct ReadVbmeta {
  Vbmeta content;
  base::Bytes signed_part, hash, signature;
  bool is_signed_by(base::View point) const;
};
// Reads the image at the front of `bytes`; zeroes may follow it.
std::optional<ReadVbmeta> decode_vbmeta(base::View bytes);

}  // namespace pkvmproto
