#include "CCurlCrypto.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

// Looking an algorithm up costs more than hashing a request with it, so it is fetched once, and each thread keeps one context.
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static pthread_key_t context_key;

static void free_context(void *context) { EVP_MD_CTX_free(context); }

static void fetch(void) {
  sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  if (sha256 && pthread_key_create(&context_key, free_context) != 0) {
    EVP_MD_free(sha256);
    sha256 = NULL;
  }
}

static EVP_MD_CTX *thread_context(void) {
  pthread_once(&fetch_once, fetch);
  if (!sha256) return NULL;
  EVP_MD_CTX *context = pthread_getspecific(context_key);
  if (!context) {
    context = EVP_MD_CTX_new();
    if (context && pthread_setspecific(context_key, context) != 0) {
      EVP_MD_CTX_free(context);
      return NULL;
    }
  }
  return context;
}

int carb_sha256(const uint8_t *data, size_t count, uint8_t *digest) {
  EVP_MD_CTX *context = thread_context();
  return context && EVP_DigestInit_ex2(context, sha256, NULL) && EVP_DigestUpdate(context, data, count) &&
         EVP_DigestFinal_ex(context, digest, NULL);
}

int carb_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *data, size_t count, uint8_t *digest) {
  EVP_MD_CTX *context = thread_context();
  if (!context || key_count > 64) return 0;
  uint8_t inner[64], outer[64];
  memset(inner, 0x36, sizeof inner);
  memset(outer, 0x5c, sizeof outer);
  for (size_t index = 0; index < key_count; index++) {
    inner[index] ^= key[index];
    outer[index] ^= key[index];
  }
  return EVP_DigestInit_ex2(context, sha256, NULL) && EVP_DigestUpdate(context, inner, sizeof inner) &&
         EVP_DigestUpdate(context, data, count) && EVP_DigestFinal_ex(context, digest, NULL) &&
         EVP_DigestInit_ex2(context, sha256, NULL) && EVP_DigestUpdate(context, outer, sizeof outer) &&
         EVP_DigestUpdate(context, digest, 32) && EVP_DigestFinal_ex(context, digest, NULL);
}

// Names the files of sign-on sessions and protects nothing, so it is looked up each time.
int carb_sha1(const uint8_t *data, size_t count, uint8_t *digest) {
  return EVP_Digest(data, count, digest, NULL, EVP_sha1(), NULL);
}
