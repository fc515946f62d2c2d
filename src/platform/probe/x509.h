// What a certificate says of itself, as text that may be shown.
#pragma once

#include <openssl/x509.h>

#include <string>

#include "base/time.h"

namespace sg::platform::probe {

std::string name_of(const X509_NAME* name);     // `CN=gateway.example`
std::string names_in(const X509* certificate);  // `a.example, 10.0.0.1`; empty: for nobody.
Instant end_of(const X509* certificate);

}  // namespace sg::platform::probe
