// The functions of SHA-256 itself: to look the algorithm up, as OpenSSL 3 would have it, takes ten times as long at a process's start as
// everything else up to its first request, and every context more than the hash of a short text.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "CCurlCrypto.h"
#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t start_once = PTHREAD_ONCE_INIT;

static void start(void) {
  // What libcurl's start of OpenSSL would do besides, and nobody here needs: a configuration file that is meant for other programs of the
  // machine, and texts of errors that are never shown. Each is done once in a process, or, when it is declined before, never.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

void carb_start_crypto(void) { pthread_once(&start_once, start); }

int carb_sha256(const uint8_t *data, size_t count, uint8_t *digest) {
  // Among other things this finds out which of the processor's instructions there are for it.
  carb_start_crypto();
  SHA256_CTX context;
  return SHA256_Init(&context) && SHA256_Update(&context, data, count) && SHA256_Final(digest, &context);
}

int carb_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *data, size_t count, uint8_t *digest) {
  if (key_count > SHA256_CBLOCK) return 0;
  carb_start_crypto();
  SHA256_CTX context;
  uint8_t inner[SHA256_CBLOCK], outer[SHA256_CBLOCK];
  memset(inner, 0x36, sizeof inner);
  memset(outer, 0x5c, sizeof outer);
  for (size_t index = 0; index < key_count; index++) {
    inner[index] ^= key[index];
    outer[index] ^= key[index];
  }
  int is_done = SHA256_Init(&context) && SHA256_Update(&context, inner, sizeof inner) && SHA256_Update(&context, data, count) &&
                SHA256_Final(digest, &context) && SHA256_Init(&context) && SHA256_Update(&context, outer, sizeof outer) &&
                SHA256_Update(&context, digest, SHA256_DIGEST_LENGTH) && SHA256_Final(digest, &context);
  OPENSSL_cleanse(inner, sizeof inner);
  OPENSSL_cleanse(outer, sizeof outer);
  return is_done;
}

// Names the files of sign-on sessions and protects nothing.
int carb_sha1(const uint8_t *data, size_t count, uint8_t *digest) {
  carb_start_crypto();
  SHA_CTX context;
  return SHA1_Init(&context) && SHA1_Update(&context, data, count) && SHA1_Final(digest, &context);
}
