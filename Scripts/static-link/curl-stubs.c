// Stands in for the parts of Debian's libcurl.a that the functions never use and that need libraries which Debian does not have as
// archives (GSSAPI) or that would only add weight (LDAP, RTMP, SSH). The linker takes a definition from here before it looks into the
// archive, so that those members, and what they need, stay out.
//
// The names are internal to libcurl 7.88, the version of Debian 12; Scripts/check-linkage.sh and every build fail when they no longer fit.

#include <stddef.h>

// libcurl's struct Curl_handler: the scheme, then functions and flags. Nobody asks for this scheme.
struct disabled_handler {
  const char *scheme;
  void *functions[18];
  unsigned flags[6];
};
#define DISABLED(name) const struct disabled_handler name = {"x-disabled", {NULL}, {0}};
DISABLED(Curl_handler_ldap)
DISABLED(Curl_handler_ldaps)
DISABLED(Curl_handler_rtmp)
DISABLED(Curl_handler_rtmpt)
DISABLED(Curl_handler_rtmpe)
DISABLED(Curl_handler_rtmpte)
DISABLED(Curl_handler_rtmps)
DISABLED(Curl_handler_rtmpts)
DISABLED(Curl_handler_scp)
DISABLED(Curl_handler_sftp)

// CURLE_NOT_BUILT_IN: what libcurl itself answers for a feature that was left out.
enum { not_built_in = 4 };

int Curl_ssh_init(void) { return 0; }
void Curl_ssh_cleanup(void) {}
void Curl_ssh_version(char *text, size_t size) {
  if (size) text[0] = 0;
}
void Curl_rtmp_version(char *text, size_t size) {
  if (size) text[0] = 0;
}
int RTMP_LibVersion(void) { return 0; }

int ldap_get_option(void) { return -1; }
void ldap_memfree(void *memory) { (void)memory; }
void ber_memvfree(void *memory) { (void)memory; }

int Curl_auth_is_spnego_supported(void) { return 0; }
int Curl_auth_decode_spnego_message(void) { return not_built_in; }
int Curl_auth_create_spnego_message(void) { return not_built_in; }
void Curl_auth_cleanup_spnego(void) {}
int Curl_auth_is_gssapi_supported(void) { return 0; }
int Curl_auth_create_gssapi_user_message(void) { return not_built_in; }
int Curl_auth_create_gssapi_security_message(void) { return not_built_in; }
void Curl_auth_cleanup_gssapi(void) {}
int Curl_SOCKS5_gssapi_negotiate(void) { return not_built_in; }
void Curl_sec_end(void *connection) { (void)connection; }
int Curl_sec_login(void) { return not_built_in; }
int Curl_sec_request_prot(void) { return not_built_in; }
int Curl_sec_read_msg(void) { return -1; }
