// What the functions' executables need besides the libraries; see sections.ld and link-flags.sh.

#include <stdint.h>

// Instead of the standard library's table of the names of all Unicode characters (half a megabyte, which the linker cannot know to be
// unused): every character is without a name, so Unicode.Scalar.Properties.name is nil. Nothing else reads the table.
intptr_t __wrap__swift_stdlib_getScalarName(uint32_t scalar, uint8_t *buffer, intptr_t capacity) {
  (void)scalar, (void)buffer, (void)capacity;
  return 0;
}
