// The trusted authorities of a PEM file, each decoded when a certificate names it as its issuer. To decode one takes a seventh of a
// millisecond, nearly all of it for its key, and a chain needs one of them: OpenSSL's own loading of a file decodes all.
#include "trust.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct authority {
  X509_NAME *subject;
  uint8_t *encoded;
  size_t count;
  // OpenSSL's "TRUSTED CERTIFICATE": what it is trusted for stands behind it.
  int has_uses;
  int is_known;
};

struct carb_trust {
  char *path;
  X509_LOOKUP_METHOD *method;
  // NULL until the file has been read.
  X509_STORE *store;
  struct authority *authorities;
  size_t count;
};

// A whole small file, with a zero byte behind it; NULL when it cannot be read.
static char *read_file(const char *path) {
  FILE *file = fopen(path, "re");
  if (!file) return NULL;
  size_t count = 0, capacity = 16384;
  char *bytes = malloc(capacity);
  while (bytes) {
    count += fread(bytes + count, 1, capacity - count - 1, file);
    if (feof(file) || ferror(file)) break;
    char *longer = realloc(bytes, capacity *= 2);
    if (!longer) free(bytes);
    bytes = longer;
  }
  if (bytes && ferror(file)) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  if (bytes) bytes[count] = 0;
  return bytes;
}

// Steps into, or over, the element at `*at`, which must have the tag. Returns 0 when there is no such element before the end.
static int element(const uint8_t **at, const uint8_t *end, int wanted, int steps_over) {
  long length;
  int tag, class;
  const uint8_t *content = *at;
  if (ASN1_get_object(&content, &length, &tag, &class, end - content) & 0x80 || tag != wanted || length > end - content) return 0;
  *at = steps_over ? content + length : content;
  return 1;
}

// The subject of an encoded certificate (RFC 5280 section 4.1), without the rest being decoded.
static X509_NAME *subject_of(const uint8_t *at, const uint8_t *end) {
  if (!element(&at, end, V_ASN1_SEQUENCE, 0) || !element(&at, end, V_ASN1_SEQUENCE, 0)) return NULL;
  // The version is not there for the first, and its tag is its place: 0.
  if (at < end && *at == 0xA0 && !element(&at, end, 0, 1)) return NULL;
  if (!element(&at, end, V_ASN1_INTEGER, 1)) return NULL;
  // The signature's algorithm, the issuer, the validity.
  for (int skipped = 0; skipped < 3; skipped++)
    if (!element(&at, end, V_ASN1_SEQUENCE, 1)) return NULL;
  return d2i_X509_NAME(NULL, &at, end - at);
}

// Takes the certificate between two lines of PEM. Returns 0 when it is none.
static int take(struct carb_trust *trust, const char *text, size_t count, int has_uses) {
  struct authority *longer = realloc(trust->authorities, (trust->count + 1) * sizeof *longer);
  EVP_ENCODE_CTX *decoder = EVP_ENCODE_CTX_new();
  uint8_t *encoded = malloc(count / 4 * 3 + 4);
  if (longer) trust->authorities = longer;
  int body = 0, rest = 0;
  int is_decoded = 0;
  if (longer && decoder && encoded && count < 1 << 20) {
    EVP_DecodeInit(decoder);
    is_decoded = EVP_DecodeUpdate(decoder, encoded, &body, (const uint8_t *)text, (int)count) >= 0 &&
                 EVP_DecodeFinal(decoder, encoded + body, &rest) > 0;
  }
  EVP_ENCODE_CTX_free(decoder);
  X509_NAME *subject = is_decoded ? subject_of(encoded, encoded + body + rest) : NULL;
  if (!subject) {
    free(encoded);
    return 0;
  }
  trust->authorities[trust->count++] = (struct authority){subject, encoded, (size_t)(body + rest), has_uses, 0};
  return 1;
}

static void forget(struct carb_trust *trust) {
  for (size_t index = 0; index < trust->count; index++) {
    X509_NAME_free(trust->authorities[index].subject);
    free(trust->authorities[index].encoded);
  }
  free(trust->authorities);
  trust->authorities = NULL;
  trust->count = 0;
}

// Takes every certificate of a text; other things between lines of PEM, such as revocation lists, are left out. Returns 0 when one
// cannot be read, or when there are none.
static int take_all(struct carb_trust *trust, const char *text) {
  static const char begin[] = "-----BEGIN ", dashes[] = "-----";
  while ((text = strstr(text, begin))) {
    const char *label = text + sizeof begin - 1, *label_end = strstr(label, dashes);
    if (!label_end) break;
    size_t length = (size_t)(label_end - label);
    const char *body = label_end + sizeof dashes - 1, *end = strstr(body, "-----END ");
    if (!end) return 0;
    int has_uses = length == 19 && !memcmp(label, "TRUSTED CERTIFICATE", length);
    int is_certificate = has_uses || (length == 11 && !memcmp(label, "CERTIFICATE", length)) ||
                         (length == 16 && !memcmp(label, "X509 CERTIFICATE", length));
    if (is_certificate && !take(trust, body, (size_t)(end - body), has_uses)) return 0;
    text = end;
  }
  return trust->count > 0;
}

// OpenSSL looks for who is named `subject`: decodes all of that name, and answers with the first.
static int find(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *subject, X509_OBJECT *result) {
  struct carb_trust *trust = X509_LOOKUP_get_method_data(lookup);
  if (type != X509_LU_X509 || !trust) return 0;
  int is_found = 0;
  ERR_set_mark();
  for (size_t index = 0; index < trust->count; index++) {
    struct authority *authority = &trust->authorities[index];
    if (authority->is_known || X509_NAME_cmp(authority->subject, subject) != 0) continue;
    authority->is_known = 1;
    const uint8_t *at = authority->encoded;
    X509 *certificate =
        authority->has_uses ? d2i_X509_AUX(NULL, &at, (long)authority->count) : d2i_X509(NULL, &at, (long)authority->count);
    // The store keeps it, and every later search finds it there.
    if (certificate && X509_STORE_add_cert(X509_LOOKUP_get_store(lookup), certificate) && !is_found) {
      is_found = X509_OBJECT_set1_X509(result, certificate);
      // OpenSSL counts a reference for whoever asked and never gives up that of `result`.
      if (is_found) X509_free(certificate);
    }
    X509_free(certificate);
  }
  // Left behind, what is wrong with an authority would stand before the verdict on the chain, and libcurl reads the first of all.
  ERR_pop_to_mark();
  return is_found;
}

struct carb_trust *carb_trust_create(const char *path) {
  struct carb_trust *trust = calloc(1, sizeof *trust);
  if (trust) trust->path = strdup(path);
  if (trust && trust->path) return trust;
  free(trust);
  return NULL;
}

void carb_trust_free(struct carb_trust *trust) {
  if (!trust) return;
  // Connections may hold the store on, but only while a transfer runs does one look for an authority.
  X509_STORE_free(trust->store);
  X509_LOOKUP_meth_free(trust->method);
  forget(trust);
  free(trust->path);
  free(trust);
}

// Reads the file, and makes the store that asks it.
static int open_store(struct carb_trust *trust) {
  char *text = read_file(trust->path);
  int is_whole = text && take_all(trust, text);
  free(text);
  if (!trust->method) trust->method = X509_LOOKUP_meth_new("Authorities of a PEM file");
  X509_STORE *store = is_whole && trust->method ? X509_STORE_new() : NULL;
  if (store && X509_LOOKUP_meth_set_get_by_subject(trust->method, find)) {
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, trust->method);
    // As libcurl sets them for a file of its own loading.
    if (lookup && X509_LOOKUP_set_method_data(lookup, trust) &&
        X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN)) {
      trust->store = store;
      return 1;
    }
  }
  X509_STORE_free(store);
  forget(trust);
  return 0;
}

int carb_trust_apply(struct carb_trust *trust, SSL_CTX *context) {
  if (!trust->store && !open_store(trust)) {
    ERR_clear_error();
    return 0;
  }
  SSL_CTX_set1_cert_store(context, trust->store);
  return 1;
}
