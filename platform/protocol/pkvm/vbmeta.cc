#include "platform/protocol/pkvm/vbmeta.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace pkvmproto {
namespace {

constexpr std::size_t kHeaderSize = wire::min_size<VbmetaHeader>();
static_assert(kHeaderSize == 256);
constexpr std::size_t kBlockAlignment = 64;
constexpr std::size_t kDescriptorHead = 16;  // tag and size, which `following` does not count
constexpr std::size_t kSignatureSize = 96;
constexpr std::string_view kDigestName = "sha256";

void pad(base::Bytes& bytes) { bytes.resize((bytes.size() + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment); }

std::optional<base::View> part(base::View block, std::uint64_t offset, std::uint64_t size) {
  if (size > block.size() || offset > block.size() - size) return std::nullopt;
  return block.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

std::optional<std::vector<ImageDigest>> images_of(base::View descriptors) {
  std::vector<ImageDigest> out;
  while (!descriptors.empty()) {
    const std::size_t before = descriptors.size();
    const auto one = wire::decode_front<HashDescriptor>(descriptors);
    if (!one || one->tag != kHashDescriptorTag || one->following != before - descriptors.size() - kDescriptorHead)
      return std::nullopt;
    const auto end = std::ranges::find(one->algorithm, 0);
    if (std::string_view(reinterpret_cast<const char*>(one->algorithm.data()),
                         static_cast<std::size_t>(end - one->algorithm.begin())) != kDigestName)
      return std::nullopt;
    if (one->digest.size() != 32 || !one->salt.empty() || one->flags != 0) return std::nullopt;
    ImageDigest image{base::text_of(one->name), one->image_size, {}};
    std::ranges::copy(one->digest, image.digest.begin());
    out.push_back(std::move(image));
  }
  return out;
}

}  // namespace

ImageDigest digest_of_image(std::string name, base::View image) {
  return {std::move(name), image.size(), crypto::sha256(image)};
}

base::Bytes sign_vbmeta(crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key,
                        const Vbmeta& vbmeta) {
  base::Bytes auxiliary;
  for (const auto& image : vbmeta.images) {
    HashDescriptor one{.image_size = image.size,
                       .name = base::bytes_of(image.name),
                       .salt = {},
                       .digest = base::bytes_of(base::View(image.digest))};
    std::ranges::copy(kDigestName, one.algorithm.begin());
    one.name_size = static_cast<std::uint32_t>(one.name.size());
    one.digest_size = static_cast<std::uint32_t>(one.digest.size());
    one.following = wire::encode(one).size() - kDescriptorHead;
    wire::append_encoded(auxiliary, one);
  }
  VbmetaHeader header{.rollback_index = vbmeta.rollback_index};
  header.descriptors_size = auxiliary.size();
  header.public_key_offset = auxiliary.size();
  header.public_key_size = vbmeta.public_key.size();
  header.metadata_offset = auxiliary.size() + vbmeta.public_key.size();
  base::append(auxiliary, vbmeta.public_key);
  pad(auxiliary);
  header.auxiliary_size = auxiliary.size();
  header.hash_size = 48, header.signature_offset = 48, header.signature_size = kSignatureSize;
  base::Bytes authentication(48 + kSignatureSize);
  pad(authentication);
  header.authentication_size = authentication.size();
  base::Bytes signed_part = wire::encode(header);
  base::append(signed_part, auxiliary);
  const auto digest = crypto::sha384(signed_part);
  std::ranges::copy(digest, authentication.begin());
  std::ranges::copy(key.sign(library, operation, signed_part).joined(), authentication.begin() + 48);
  base::Bytes out = wire::encode(header);
  base::append(out, authentication);
  base::append(out, auxiliary);
  return out;
}

std::optional<ReadVbmeta> decode_vbmeta(base::View bytes) {
  if (bytes.size() < kHeaderSize) return std::nullopt;
  const auto header = wire::decode<VbmetaHeader>(bytes.first(kHeaderSize));
  if (!header || header->magic != VbmetaHeader{}.magic || header->version_major != 1 ||
      header->algorithm != kVbmetaEs384)
    return std::nullopt;
  const base::View rest = bytes.subspan(kHeaderSize);
  const auto authentication = part(rest, 0, header->authentication_size);
  if (!authentication || header->authentication_size % kBlockAlignment != 0 ||
      header->auxiliary_size % kBlockAlignment != 0)
    return std::nullopt;
  const auto auxiliary = part(rest, header->authentication_size, header->auxiliary_size);
  if (!auxiliary) return std::nullopt;
  const base::View tail = rest.subspan(authentication->size() + auxiliary->size());
  if (std::ranges::any_of(tail, [](std::uint8_t b) { return b != 0; })) return std::nullopt;
  const auto hash = part(*authentication, header->hash_offset, header->hash_size);
  const auto signature = part(*authentication, header->signature_offset, header->signature_size);
  const auto key = part(*auxiliary, header->public_key_offset, header->public_key_size);
  const auto descriptors = part(*auxiliary, header->descriptors_offset, header->descriptors_size);
  if (!hash || !signature || !key || !descriptors || signature->size() != kSignatureSize) return std::nullopt;
  auto images = images_of(*descriptors);
  if (!images) return std::nullopt;
  ReadVbmeta out;
  out.content = {header->rollback_index, std::move(*images), base::bytes_of(*key)};
  out.signed_part = base::bytes_of(bytes.first(kHeaderSize));
  base::append(out.signed_part, *auxiliary);
  out.hash = base::bytes_of(*hash);
  out.signature = base::bytes_of(*signature);
  return out;
}

bool ReadVbmeta::is_signed_by(base::View point) const {
  const auto read = crypto::ec_signature_of(signature);
  return read && std::ranges::equal(hash, crypto::sha384(signed_part)) &&
         std::ranges::equal(content.public_key, point) && crypto::ec_verify(point, signed_part, *read);
}

}  // namespace pkvmproto
