// Stands in for TLS in Debian's libmicrohttpd.a: the servers of agents speak plain HTTP, and GnuTLS has no archive in Debian. archives.sh takes
// the member that is TLS out of a copy of the archive; what is left of it in the others is reached with MHD_USE_TLS only, which nobody asks for.
//
// The names are internal to libmicrohttpd 0.9.75, the version of Debian 12; a build fails when they no longer fit.

#include <stddef.h>

// The first two are called at each start and end of the library.
int gnutls_global_init(void) { return 0; }
void gnutls_global_deinit(void) {}
// A connection's way of sending and receiving is set up by MHD_set_http_callbacks_ instead.
void MHD_set_https_callbacks(void *connection) { (void)connection; }
int MHD_run_tls_handshake_(void *connection) {
  (void)connection;
  return 0;
}
int MHD_tls_connection_shutdown(void *connection) {
  (void)connection;
  return 0;
}

// Functions of GnuTLS. None is called; each answers that it failed.
#define FAILS(name) long name(void) { return -1; }
#define GIVES_NOTHING(name) void *name(void) { return NULL; }
#define DOES_NOTHING(name) void name(void) {}

FAILS(gnutls_alpn_set_protocols)
FAILS(gnutls_bye)
FAILS(gnutls_certificate_allocate_credentials)
DOES_NOTHING(gnutls_certificate_free_credentials)
DOES_NOTHING(gnutls_certificate_server_set_request)
DOES_NOTHING(gnutls_certificate_set_dh_params)
DOES_NOTHING(gnutls_certificate_set_retrieve_function2)
DOES_NOTHING(gnutls_certificate_set_retrieve_function3)
FAILS(gnutls_certificate_set_x509_key_mem)
FAILS(gnutls_certificate_set_x509_key_mem2)
FAILS(gnutls_certificate_set_x509_trust_mem)
FAILS(gnutls_cipher_get)
FAILS(gnutls_credentials_set)
DOES_NOTHING(gnutls_deinit)
DOES_NOTHING(gnutls_dh_params_deinit)
FAILS(gnutls_dh_params_import_pkcs3)
FAILS(gnutls_dh_params_init)
FAILS(gnutls_init)
FAILS(gnutls_priority_init)
DOES_NOTHING(gnutls_priority_deinit)
FAILS(gnutls_priority_set)
FAILS(gnutls_protocol_get_version)
FAILS(gnutls_psk_allocate_server_credentials)
DOES_NOTHING(gnutls_psk_free_server_credentials)
DOES_NOTHING(gnutls_psk_set_server_credentials_function)
FAILS(gnutls_record_check_pending)
FAILS(gnutls_record_get_direction)
FAILS(gnutls_record_recv)
FAILS(gnutls_record_send)
GIVES_NOTHING(gnutls_session_get_ptr)
DOES_NOTHING(gnutls_session_set_ptr)
GIVES_NOTHING(gnutls_strerror)
DOES_NOTHING(gnutls_transport_set_int2)
// A variable of GnuTLS, with the function that it allocates with.
void *(*gnutls_malloc)(size_t size) = NULL;
