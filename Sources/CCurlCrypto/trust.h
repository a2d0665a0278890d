// Between the files of this module; include/ is what Swift sees.
#pragma once

#include "CCurlCrypto.h"

#include <openssl/ssl.h>

// Makes a connection trust the authorities of the file, which is read for the first one. Returns 0 when it cannot be read, when one of its
// certificates is none, or when it holds none; a later connection tries again.
int carb_trust_apply(struct carb_trust *trust, SSL_CTX *context);
