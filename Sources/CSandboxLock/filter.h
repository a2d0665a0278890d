// The seccomp filter; see filter.c.
#pragma once

/// Applies the filter to every thread of the process. Returns NULL, or what could not be done, with errno.
const char *sandbox_filter_apply(void);
