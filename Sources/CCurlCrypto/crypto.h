// Between the files of this module; include/ is what Swift sees.
#pragma once

// Starts libcrypto, the first time; any other use of it comes after this.
void carb_start_crypto(void);
