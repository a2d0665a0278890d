// getaddrinfo for tests: a name that ends with ".blocked.test" is not answered before the look-ups are released; others are looked up.
#pragma once

// Look-ups of blocked names that are waiting.
int blocked_lookups_waiting(void);
// Lets those that wait, and all that come, end without an address.
void blocked_lookups_release(void);
// 1 when a look-up ended because nobody released it for 20 seconds.
int blocked_lookups_gave_up(void);
