// What the functions' executables need besides the libraries; see sections.ld and link-flags.sh.

#include <stddef.h>
#include <stdint.h>

// Instead of the standard library's table of the names of all Unicode characters (half a megabyte, which the linker cannot know to be
// unused): every character is without a name, so Unicode.Scalar.Properties.name is nil. Nothing else reads the table.
intptr_t __wrap__swift_stdlib_getScalarName(uint32_t scalar, uint8_t *buffer, intptr_t capacity) {
  (void)scalar, (void)buffer, (void)capacity;
  return 0;
}

// Instead of glibc's own loading of shared libraries. A look-up of a name would load what /etc/nsswitch.conf of the machine lists beside
// "files" and "dns", which are built in: modules such as libnss_myhostname.so.2, made for the C library of that machine. In a static program
// with another one they crash. A module that cannot be loaded is one that is not there: glibc goes on to the next.
void *__wrap___libc_dlopen_mode(const char *name, int mode) {
  (void)name, (void)mode;
  return NULL;
}
