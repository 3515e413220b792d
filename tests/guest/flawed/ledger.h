/* A ledger that is kept where the host can see and write, in a shared page: version (8 bytes), IV (12, then 4 of zeroes), ciphertext, tag
 * of AES-256-GCM by OpenSSL. */
#ifndef LEDGER_H_
#define LEDGER_H_

#include <openssl/evp.h>

#include "tests/guest/flawed/flawed.h"

enum { kPage = 4096, kAccountBytes = 16, kAccounts = 128, kLedger = kAccountBytes * kAccounts, kHead = 24, kTag = 16 };

struct ledger {
  const struct glacis_guest* g;
  uint64_t page, version, iv;
  uint8_t key[32];
};

static void crash(const struct glacis_guest* g) { g->ends(g->self, "no-cipher"); }

static void ledger_keep(struct ledger* l, const uint8_t content[kLedger], uint64_t iv) {
  uint8_t all[kHead + kLedger + kTag] = {0};
  int size = 0;
  EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
  ++l->version;
  for (int i = 0; i < 8; ++i) all[i] = (uint8_t)(l->version >> 8 * i), all[8 + i] = (uint8_t)(iv >> 8 * i);
  if (EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, l->key, all + 8) != 1 || EVP_EncryptUpdate(c, NULL, &size, all, 8) != 1 ||
      EVP_EncryptUpdate(c, all + kHead, &size, content, kLedger) != 1 || EVP_EncryptFinal_ex(c, all + kHead + kLedger, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, kTag, all + kHead + kLedger) != 1)
    crash(l->g);
  EVP_CIPHER_CTX_free(c);
  l->g->write(l->g->self, l->page, all, sizeof all);
}

/* 1 and the version that it says it is, where the tag fits. */
static int ledger_read(struct ledger* l, uint8_t content[kLedger], uint64_t* version) {
  uint8_t all[kHead + kLedger + kTag];
  int size = 0;
  l->g->read(l->g->self, l->page, all, sizeof all);
  EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
  const int fits = EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, l->key, all + 8) == 1 && EVP_DecryptUpdate(c, NULL, &size, all, 8) == 1 &&
                   EVP_DecryptUpdate(c, content, &size, all + kHead, kLedger) == 1 &&
                   EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, all + kHead + kLedger) == 1 &&
                   EVP_DecryptFinal_ex(c, content + kLedger, &size) == 1;
  EVP_CIPHER_CTX_free(c);
  *version = (uint64_t)load32(all) | (uint64_t)load32(all + 4) << 32;
  return fits;
}

/* Opens an account book of random balances, changes one that nobody else is to know of, and reads it back. `iv_of` numbers what is sealed;
 * `is_current` says whether a version that was read may be used. */
static void keep_a_ledger(const struct glacis_guest* g, uint64_t (*iv_of)(uint64_t version), int (*is_current)(uint64_t read, uint64_t last)) {
  static uint8_t content[kLedger], before[kLedger], now[kLedger + kTag];
  struct ledger l = {.g = g};
  uint8_t account;
  uint64_t version;
  g->random(g->self, l.key, sizeof l.key);
  g->secret(g->self, "ledger-key", l.key, sizeof l.key);
  l.page = g->alloc(g->self, "ledger", kPage, GLACIS_SHARED);
  g->random(g->self, content, sizeof content);
  ledger_keep(&l, content, iv_of(1));
  memcpy(before, content, sizeof before);
  g->moment(g->self, "kept");
  g->yield(g->self);
  g->random(g->self, &account, 1);
  g->random(g->self, content + account % kAccounts * kAccountBytes, kAccountBytes);
  ledger_keep(&l, content, iv_of(2));
  g->moment(g->self, "paid");
  g->yield(g->self);
  if (!g->defend(g->self, "a tag that fits", ledger_read(&l, now, &version))) return g->ends(g->self, "refused");
  if (!is_current(version, l.version)) return g->ends(g->self, "refused");
  g->promise(g->self, memcmp(now, before, kLedger) ? "integrity" : "freshness", !memcmp(now, content, kLedger));
  g->ends(g->self, "balanced");
}

#endif /* LEDGER_H_ */
