// Stands in for OpenSSL's default provider: the algorithms that a TLS 1.2 or 1.3 client, the check of a certificate chain and the signing
// of requests use, and no others. The implementations are Debian's; this is only the list of them, and what is not listed is not linked:
// without it every cipher, digest and key format that OpenSSL knows goes into each function.
//
// The names are internal to OpenSSL 3.0, the version of Debian 12; a build fails when they no longer fit. Tests/Packaging makes TLS
// connections with each kind of certificate, key exchange and cipher that is listed.

#include <openssl/bio.h>
#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

typedef struct prov_ctx_st PROV_CTX;
int ossl_prov_bio_from_dispatch(const OSSL_DISPATCH *);
int ossl_prov_seeding_from_dispatch(const OSSL_DISPATCH *);
PROV_CTX *ossl_prov_ctx_new(void);
void ossl_prov_ctx_free(PROV_CTX *);
void ossl_prov_ctx_set0_libctx(PROV_CTX *, OSSL_LIB_CTX *);
void ossl_prov_ctx_set0_handle(PROV_CTX *, const OSSL_CORE_HANDLE *);
void ossl_prov_ctx_set0_core_bio_method(PROV_CTX *, BIO_METHOD *);
BIO_METHOD *ossl_prov_ctx_get0_core_bio_method(PROV_CTX *);
BIO_METHOD *ossl_bio_prov_init_bio_method(void);
int ossl_prov_get_capabilities(void *, const char *, OSSL_CALLBACK *, void *);
int ossl_prov_is_running(void);
OSSL_provider_init_fn ossl_default_provider_init;

// Each list is written once, for the declarations and for the table that OpenSSL reads. The names that a list gives an algorithm are those
// of OpenSSL's own provider: they tell it which are the same.
#define DIGESTS(_) \
  _("MD5:SSL3-MD5:1.2.840.113549.2.5", ossl_md5_functions) \
  _("SHA1:SHA-1:SSL3-SHA1:1.3.14.3.2.26", ossl_sha1_functions) \
  _("SHA2-224:SHA-224:SHA224:2.16.840.1.101.3.4.2.4", ossl_sha224_functions) \
  _("SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1", ossl_sha256_functions) \
  _("SHA2-384:SHA-384:SHA384:2.16.840.1.101.3.4.2.2", ossl_sha384_functions) \
  _("SHA2-512:SHA-512:SHA512:2.16.840.1.101.3.4.2.3", ossl_sha512_functions)

// ECB and CTR are what the random number generator is made of.
#define CIPHERS(_) \
  _("AES-256-ECB:2.16.840.1.101.3.4.1.41", ossl_aes256ecb_functions) \
  _("AES-256-CTR", ossl_aes256ctr_functions) \
  _("AES-128-CBC:AES128:2.16.840.1.101.3.4.1.2", ossl_aes128cbc_functions) \
  _("AES-256-CBC:AES256:2.16.840.1.101.3.4.1.42", ossl_aes256cbc_functions) \
  _("AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", ossl_aes128gcm_functions) \
  _("AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", ossl_aes256gcm_functions) \
  _("ChaCha20-Poly1305", ossl_chacha20_ossl_poly1305_functions)

#define MACS(_) _("HMAC", ossl_hmac_functions)

#define KEY_DERIVATIONS(_) \
  _("HKDF", ossl_kdf_hkdf_functions) \
  _("TLS13-KDF", ossl_kdf_tls1_3_kdf_functions) \
  _("TLS1-PRF", ossl_kdf_tls1_prf_functions)

#define RANDOM_SOURCES(_) \
  _("CTR-DRBG", ossl_drbg_ctr_functions) \
  _("SEED-SRC", ossl_seed_src_functions)

#define KEY_EXCHANGES(_) \
  _("ECDH", ossl_ecdh_keyexch_functions) \
  _("X25519:1.3.101.110", ossl_x25519_keyexch_functions)

#define SIGNATURES(_) \
  _("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_signature_functions) \
  _("ECDSA", ossl_ecdsa_signature_functions) \
  _("HMAC", ossl_mac_legacy_hmac_signature_functions)

#define KEY_ENCRYPTIONS(_) _("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_asym_cipher_functions)

#define KEYS(_) \
  _("RSA:rsaEncryption:1.2.840.113549.1.1.1", ossl_rsa_keymgmt_functions) \
  _("RSA-PSS:RSASSA-PSS:1.2.840.113549.1.1.10", ossl_rsapss_keymgmt_functions) \
  _("EC:id-ecPublicKey:1.2.840.10045.2.1", ossl_ec_keymgmt_functions) \
  _("X25519:1.3.101.110", ossl_x25519_keymgmt_functions) \
  _("HMAC", ossl_mac_legacy_keymgmt_functions)

// The name, the structure around the key, the functions.
#define DECODERS(_) \
  _("RSA", "SubjectPublicKeyInfo", ossl_SubjectPublicKeyInfo_der_to_rsa_decoder_functions) \
  _("RSA", "PrivateKeyInfo", ossl_PrivateKeyInfo_der_to_rsa_decoder_functions) \
  _("RSA", "type-specific", ossl_type_specific_keypair_der_to_rsa_decoder_functions) \
  _("RSA-PSS", "SubjectPublicKeyInfo", ossl_SubjectPublicKeyInfo_der_to_rsapss_decoder_functions) \
  _("EC", "SubjectPublicKeyInfo", ossl_SubjectPublicKeyInfo_der_to_ec_decoder_functions) \
  _("EC", "PrivateKeyInfo", ossl_PrivateKeyInfo_der_to_ec_decoder_functions) \
  _("EC", "type-specific", ossl_type_specific_no_pub_der_to_ec_decoder_functions) \
  _("DER", "SubjectPublicKeyInfo", ossl_SubjectPublicKeyInfo_der_to_der_decoder_functions)

#define DECLARE(name, functions) extern const OSSL_DISPATCH functions[];
#define DECLARE_DECODER(name, structure, functions) extern const OSSL_DISPATCH functions[];
#define ENTRY(name, functions) {name, "provider=default", functions, NULL},
#define DECODER_ENTRY(name, structure, functions) {name, "provider=default,fips=yes,input=der,structure=" structure, functions, NULL},
#define TABLE(name, list) \
  list(DECLARE) static const OSSL_ALGORITHM name[] = {list(ENTRY){NULL, NULL, NULL, NULL}};

TABLE(digests, DIGESTS)
TABLE(ciphers, CIPHERS)
TABLE(macs, MACS)
TABLE(key_derivations, KEY_DERIVATIONS)
TABLE(random_sources, RANDOM_SOURCES)
TABLE(key_exchanges, KEY_EXCHANGES)
TABLE(signatures, SIGNATURES)
TABLE(key_encryptions, KEY_ENCRYPTIONS)
TABLE(keys, KEYS)
DECODERS(DECLARE_DECODER)
extern const OSSL_DISPATCH ossl_pem_to_der_decoder_functions[];
static const OSSL_ALGORITHM decoders[] = {
    DECODERS(DECODER_ENTRY){"DER", "provider=default,fips=yes,input=pem", ossl_pem_to_der_decoder_functions, NULL},
    {NULL, NULL, NULL, NULL},
};

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache) {
  (void)context;
  *no_cache = 0;
  switch (operation) {
    case OSSL_OP_DIGEST: return digests;
    case OSSL_OP_CIPHER: return ciphers;
    case OSSL_OP_MAC: return macs;
    case OSSL_OP_KDF: return key_derivations;
    case OSSL_OP_RAND: return random_sources;
    case OSSL_OP_KEYEXCH: return key_exchanges;
    case OSSL_OP_SIGNATURE: return signatures;
    case OSSL_OP_ASYM_CIPHER: return key_encryptions;
    case OSSL_OP_KEYMGMT: return keys;
    case OSSL_OP_DECODER: return decoders;
    default: return NULL;
  }
}

static const OSSL_PARAM *gettable_parameters(void *context) {
  static const OSSL_PARAM parameters[] = {OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, NULL), OSSL_PARAM_END};
  (void)context;
  return parameters;
}

static int get_parameters(void *context, OSSL_PARAM parameters[]) {
  OSSL_PARAM *status = OSSL_PARAM_locate(parameters, OSSL_PROV_PARAM_STATUS);
  (void)context;
  return status == NULL || OSSL_PARAM_set_int(status, ossl_prov_is_running());
}

static void tear_down(void *context) {
  BIO_meth_free(ossl_prov_ctx_get0_core_bio_method(context));
  ossl_prov_ctx_free(context);
}

static const OSSL_DISPATCH functions[] = {
    {OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))tear_down},
    {OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, (void (*)(void))gettable_parameters},
    {OSSL_FUNC_PROVIDER_GET_PARAMS, (void (*)(void))get_parameters},
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))ossl_prov_get_capabilities},
    {0, NULL},
};

int ossl_default_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provider) {
  if (!ossl_prov_bio_from_dispatch(in) || !ossl_prov_seeding_from_dispatch(in)) return 0;
  OSSL_FUNC_core_get_libctx_fn *library_context = NULL;
  for (; in->function_id != 0; in++)
    if (in->function_id == OSSL_FUNC_CORE_GET_LIBCTX) library_context = OSSL_FUNC_core_get_libctx(in);
  if (library_context == NULL) return 0;

  PROV_CTX *context = ossl_prov_ctx_new();
  BIO_METHOD *bio = ossl_bio_prov_init_bio_method();
  if (context == NULL || bio == NULL) {
    BIO_meth_free(bio);
    ossl_prov_ctx_free(context);
    return 0;
  }
  ossl_prov_ctx_set0_libctx(context, (OSSL_LIB_CTX *)library_context(handle));
  ossl_prov_ctx_set0_handle(context, handle);
  ossl_prov_ctx_set0_core_bio_method(context, bio);
  *provider = context;
  *out = functions;
  return 1;
}
