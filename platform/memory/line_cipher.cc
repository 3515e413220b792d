#include "platform/memory/line_cipher.h"

#include <openssl/evp.h>

#include <bit>
#include <cstring>
#include <utility>

#include "platform/base/check.h"
#include "platform/memory/line_cipher_aesni.h"

namespace memory {
namespace {

using PageBytes = std::array<std::uint8_t, kPageBytes>;

constexpr std::uint64_t mix(std::uint64_t x) {  // the finalizer of splitmix64: a public, fixed, well spread number
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Context aes_ecb(const std::uint8_t* key, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  base::check(context && EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key, nullptr, encrypt) == 1,
              "AES-128-ECB is available");
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  return context;
}

void run(const Context& context, const std::uint8_t* in, std::uint8_t* out, std::size_t bytes) {
  int written = 0;
  const bool done = EVP_CipherUpdate(context.get(), out, &written, in, static_cast<int>(bytes)) == 1;
  base::check(done && static_cast<std::size_t>(written) == bytes, "AES-ECB gives as many blocks as it takes");
}

// `in` may be `out`: each byte depends on its own place only, which is what the pragma vouches for.
void xor_into(const std::uint8_t* in, const std::uint8_t* with, std::uint8_t* out, std::size_t bytes) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(in[i] ^ with[i]);
}

}  // namespace

base::Block<16> tweak_constant(unsigned bit) {
  base::Block<16> t{};
  base::store_le<std::uint64_t>(t, 0, mix(2 * bit + 1));
  base::store_le<std::uint64_t>(t, 8, mix(2 * bit + 2));
  return t;
}

base::Block<16> public_tweak(std::uint64_t spa) {
  std::uint64_t low = 0, high = 0;
  for (std::uint64_t left = spa & ~std::uint64_t{kBlockBytes - 1}; left != 0; left &= left - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(left));
    low ^= mix(2 * bit + 1);
    high ^= mix(2 * bit + 2);
  }
  base::Block<16> t{};
  base::store_le(t, 0, low);
  base::store_le(t, 8, high);
  return t;
}

struct LineCipher::State {
  // XTS spends half of its time on tweaks, and they depend on the address alone: those of whole pages are kept, and of pages that are
  // asked for a part twice in a row.
  struct Kept {
    std::uint64_t page = 0;
    alignas(64) PageBytes tweaks{};
  };
  static constexpr std::size_t kKeptPages = 64;

  Mode mode;
  const AesPasses* passes;  // null: OpenSSL, by the contexts below
  AesKey data_key;
  AesKey tweak_key;
  Context encrypt;
  Context decrypt;
  Context tweak;
  alignas(64) PageBytes scratch{};
  alignas(64) PageBytes in_page{};  // XE and XEX: T of the offsets in a page; T is linear

  std::array<std::unique_ptr<Kept>, kKeptPages> kept;
  std::uint64_t missed = ~std::uint64_t{0};  // the page whose tweaks were computed last without being kept

  State(Mode m, const KeyBytes& key, CipherPath path) : mode(m), passes(find_passes(path)) {
    if (passes) {
      data_key = expand_aes128(key.data());
      tweak_key = expand_aes128(key.data() + 16);
    } else {
      encrypt = aes_ecb(key.data(), true);
      decrypt = aes_ecb(key.data(), false);
      tweak = aes_ecb(key.data() + 16, true);
    }
    if (mode != Mode::kXe && mode != Mode::kXex) return;
    for (std::size_t i = 0; i < kBlocksPerPage; ++i) {
      const auto t = public_tweak(i * kBlockBytes);
      std::memcpy(in_page.data() + i * kBlockBytes, t.data(), kBlockBytes);
    }
  }

  // T of each block.
  const std::uint8_t* tweaks_of(std::uint64_t spa, std::size_t count) {
    if (mode != Mode::kXts) {
      const auto page = public_tweak(spa & ~std::uint64_t{kPageBytes - 1});
      const std::uint8_t* offset = in_page.data() + spa % kPageBytes;
      for (std::size_t i = 0; i < count * kBlockBytes; i += kBlockBytes)
        xor_into(offset + i, page.data(), scratch.data() + i, kBlockBytes);
      return scratch.data();
    }
    const std::uint64_t page = spa / kPageBytes;
    auto& known = kept[page % kKeptPages];
    if (known && known->page == page) return known->tweaks.data() + spa % kPageBytes;
    if (count < kBlocksPerPage && std::exchange(missed, page) != page) {
      compute(spa, count, scratch.data());
      return scratch.data();
    }
    if (!known) known = std::make_unique<Kept>();
    compute(page * kPageBytes, kBlocksPerPage, known->tweaks.data());
    known->page = page;
    return known->tweaks.data() + spa % kPageBytes;
  }

  void compute(std::uint64_t spa, std::size_t count, std::uint8_t* out) {
    if (passes) return passes->encrypt_numbers(tweak_key, spa / kBlockBytes, out, count);
    static_assert(std::endian::native == std::endian::little, "block numbers are copied as they lie in memory");
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t unit[2] = {spa / kBlockBytes + i, 0};
      std::memcpy(out + i * kBlockBytes, unit, sizeof unit);
    }
    run(tweak, out, out, count * kBlockBytes);
  }
};

LineCipher::LineCipher(Mode mode, const KeyBytes& key, CipherPath path)
    : state_(std::make_unique<State>(mode, key, path)) {}
LineCipher::~LineCipher() = default;

void LineCipher::encrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  const std::size_t bytes = count * kBlockBytes;
  if (state_->mode == Mode::kNone) {
    if (in != out) std::memcpy(out, in, bytes);
    return;
  }
  base::check(spa % kBlockBytes == 0 && spa % kPageBytes + bytes <= kPageBytes, "blocks lie within one page");
  const std::uint8_t* tweaks = state_->tweaks_of(spa, count);
  const bool masks_after = state_->mode != Mode::kXe;
  if (state_->passes)
    return state_->passes->encrypt(state_->data_key, {in, tweaks, masks_after ? tweaks : nullptr, out}, count);
  xor_into(in, tweaks, out, bytes);
  run(state_->encrypt, out, out, bytes);
  if (masks_after) xor_into(out, tweaks, out, bytes);
}

void LineCipher::decrypt(std::uint64_t spa, const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  const std::size_t bytes = count * kBlockBytes;
  if (state_->mode == Mode::kNone) {
    if (in != out) std::memcpy(out, in, bytes);
    return;
  }
  base::check(spa % kBlockBytes == 0 && spa % kPageBytes + bytes <= kPageBytes, "blocks lie within one page");
  const std::uint8_t* tweaks = state_->tweaks_of(spa, count);
  const bool masks_before = state_->mode != Mode::kXe;
  if (state_->passes)
    return state_->passes->decrypt(state_->data_key, {in, masks_before ? tweaks : nullptr, tweaks, out}, count);
  const std::uint8_t* masked = in;
  if (masks_before) {
    xor_into(in, tweaks, out, bytes);
    masked = out;
  }
  run(state_->decrypt, masked, out, bytes);
  xor_into(out, tweaks, out, bytes);
}

}  // namespace memory
