#pragma once
// Private to the memory engine: what a form is, and the key behind it.
#include <cstdint>

#include "platform/memory/encrypted_memory.h"

namespace memory {

struct EncryptedMemory::Key {
  LineCipher cipher;
  KeyBytes bytes;
  Key(const Settings& settings, const KeyBytes& key) : cipher(settings.mode, key, settings.cipher_path), bytes(key) {}
};

// Plaintext under a cipher, written at the system address `cell ^ shift`; sealed: its ciphertext.
struct EncryptedMemory::Form {
  std::uint32_t cipher = 0;
  std::uint64_t shift = 0;
  bool sealed = false;
};

}  // namespace memory
