// Stands in for parts of Debian's libcrypto.a that no TLS client of AWS uses and that would be linked all the same: the old tables of every
// cipher and digest, the encoders of OpenSSL's base provider, hardware engines, the curve 448. Each function answers as OpenSSL does where
// it was built without the part.
//
// The names are internal to OpenSSL 3.0, the version of Debian 12; a build fails when they no longer fit.

#include <openssl/core.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

// Ciphers are fetched from the provider (openssl-provider.c); no code asks for one by its old name.
void openssl_add_all_ciphers_int(void) {}

// Certificates name their digest by number, which is looked up here.
void openssl_add_all_digests_int(void) {
  EVP_add_digest(EVP_md5());
  EVP_add_digest(EVP_sha1());
  EVP_add_digest_alias(SN_sha1WithRSAEncryption, SN_sha1WithRSA);
  EVP_add_digest(EVP_sha224());
  EVP_add_digest(EVP_sha256());
  EVP_add_digest(EVP_sha384());
  EVP_add_digest(EVP_sha512());
}

int ossl_base_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provider) {
  (void)handle, (void)in, (void)out, (void)provider;
  return 0;
}

void engine_load_afalg_int(void) {}
void engine_load_dynamic_int(void) {}
void engine_load_openssl_int(void) {}
void engine_load_padlock_int(void) {}

int ossl_ed448_public_from_private(void) { return 0; }
int ossl_ed448_sign(void) { return 0; }
int ossl_ed448_verify(void) { return 0; }
int ossl_x448(void) { return 0; }
void ossl_x448_public_from_private(void) {}
