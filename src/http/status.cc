// status.def as a function.
#include "http/status.h"

namespace sg::http {

std::string_view reason_of(int status) {
    switch (status) {
#define S(code, reason) \
    case code: return reason;
#include "http/status.def"
#undef S
        default: break;
    }
    switch (status / 100) {
        case 1: return "Informational";
        case 2: return "Success";
        case 3: return "Redirection";
        case 4: return "Client Error";
        default: return "Server Error";
    }
}

}  // namespace sg::http
