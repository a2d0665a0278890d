// Stands in for the parts of Debian's libcurl.a that the functions never use: some need libraries that Debian does not have as archives
// (GSSAPI), the others would only add weight, one megabyte of it: every protocol but HTTP, HTTP/2 (the client asks for HTTP/1.1),
// international host names, the list of public suffixes (for cookies), Brotli and Zstandard (the client accepts no encoding), and NTLM
// (the one that still needs DES and MD4). archives.sh takes the members out of a copy of the archive, and what they need is not linked.
//
// The names are internal to libcurl 7.88, the version of Debian 12; a build fails when they no longer fit.

#include <stddef.h>

// libcurl's struct Curl_handler: the scheme, then functions and flags. Nobody asks for this scheme.
struct disabled_handler {
  const char *scheme;
  void *functions[18];
  unsigned flags[6];
};
#define DISABLED(name) const struct disabled_handler name = {"x-disabled", {NULL}, {0}};
DISABLED(Curl_handler_dict)
DISABLED(Curl_handler_file)
DISABLED(Curl_handler_ftp)
DISABLED(Curl_handler_ftps)
DISABLED(Curl_handler_gopher)
DISABLED(Curl_handler_gophers)
DISABLED(Curl_handler_imap)
DISABLED(Curl_handler_imaps)
DISABLED(Curl_handler_ldap)
DISABLED(Curl_handler_ldaps)
DISABLED(Curl_handler_mqtt)
DISABLED(Curl_handler_pop3)
DISABLED(Curl_handler_pop3s)
DISABLED(Curl_handler_rtmp)
DISABLED(Curl_handler_rtmpt)
DISABLED(Curl_handler_rtmpe)
DISABLED(Curl_handler_rtmpte)
DISABLED(Curl_handler_rtmps)
DISABLED(Curl_handler_rtmpts)
DISABLED(Curl_handler_rtsp)
DISABLED(Curl_handler_scp)
DISABLED(Curl_handler_sftp)
DISABLED(Curl_handler_smb)
DISABLED(Curl_handler_smbs)
DISABLED(Curl_handler_smtp)
DISABLED(Curl_handler_smtps)
DISABLED(Curl_handler_telnet)
DISABLED(Curl_handler_tftp)

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

int Curl_auth_is_ntlm_supported(void) { return 0; }
int Curl_input_ntlm(void) { return not_built_in; }
int Curl_input_ntlm_wb(void) { return not_built_in; }
int Curl_output_ntlm(void) { return not_built_in; }
int Curl_output_ntlm_wb(void) { return not_built_in; }
void Curl_http_auth_cleanup_ntlm(void *connection) { (void)connection; }
void Curl_http_auth_cleanup_ntlm_wb(void *connection) { (void)connection; }

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
int Curl_pop3_write(void) { return not_built_in; }
int Curl_rtsp_parseheader(void) { return not_built_in; }
int Curl_smtp_escape_eob(void) { return not_built_in; }

// Functions of libraries that are not linked. None is called; each answers that it failed.
#define FAILS(name) long name(void) { return -1; }
#define GIVES_NOTHING(name) void *name(void) { return NULL; }
#define DOES_NOTHING(name) void name(void) {}

FAILS(nghttp2_is_fatal)
FAILS(nghttp2_option_new)
FAILS(nghttp2_pack_settings_payload)
FAILS(nghttp2_session_callbacks_new)
FAILS(nghttp2_session_check_request_allowed)
FAILS(nghttp2_session_client_new2)
FAILS(nghttp2_session_get_remote_settings)
FAILS(nghttp2_session_get_remote_window_size)
FAILS(nghttp2_session_get_stream_remote_window_size)
FAILS(nghttp2_session_mem_recv)
FAILS(nghttp2_session_resume_data)
FAILS(nghttp2_session_send)
FAILS(nghttp2_session_set_local_window_size)
FAILS(nghttp2_session_set_stream_user_data)
FAILS(nghttp2_session_upgrade2)
FAILS(nghttp2_session_want_read)
FAILS(nghttp2_session_want_write)
FAILS(nghttp2_submit_ping)
FAILS(nghttp2_submit_priority)
FAILS(nghttp2_submit_request)
FAILS(nghttp2_submit_rst_stream)
FAILS(nghttp2_submit_settings)
GIVES_NOTHING(nghttp2_http2_strerror)
GIVES_NOTHING(nghttp2_session_get_stream_user_data)
GIVES_NOTHING(nghttp2_strerror)
GIVES_NOTHING(nghttp2_version)
DOES_NOTHING(nghttp2_option_del)
DOES_NOTHING(nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation)
DOES_NOTHING(nghttp2_priority_spec_init)
DOES_NOTHING(nghttp2_session_callbacks_del)
DOES_NOTHING(nghttp2_session_callbacks_set_error_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_on_begin_headers_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_on_data_chunk_recv_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_on_frame_recv_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_on_header_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_on_stream_close_callback)
DOES_NOTHING(nghttp2_session_callbacks_set_send_callback)
DOES_NOTHING(nghttp2_session_del)

FAILS(idn2_lookup_ul)
GIVES_NOTHING(idn2_check_version)
DOES_NOTHING(idn2_free)

GIVES_NOTHING(psl_builtin)
GIVES_NOTHING(psl_get_version)
GIVES_NOTHING(psl_latest)
DOES_NOTHING(psl_free)
int psl_is_cookie_domain_acceptable(void) { return 0; }

GIVES_NOTHING(BrotliDecoderCreateInstance)
DOES_NOTHING(BrotliDecoderDestroyInstance)
FAILS(BrotliDecoderDecompressStream)
FAILS(BrotliDecoderGetErrorCode)
unsigned BrotliDecoderVersion(void) { return 0; }

GIVES_NOTHING(ZSTD_createDStream)
FAILS(ZSTD_decompressStream)
FAILS(ZSTD_freeDStream)
unsigned ZSTD_isError(void) { return 1; }
unsigned ZSTD_versionNumber(void) { return 0; }
