#include "base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <iterator>

namespace sg {

namespace {

constexpr ErrorRow rows[] = {
#define E(code, status, blame, again, sentence) \
    {#code, status, Blame::blame, Again::again, sentence},
#include "base/errors.def"
#undef E
};

Errc code_of(int error_number) {
    switch (error_number) {
        case ECONNREFUSED: return Errc::connection_refused;
        case ECONNRESET:
        case EPIPE: return Errc::connection_reset;
        case EHOSTUNREACH:
        case ENETUNREACH:
        case EADDRNOTAVAIL: return Errc::unreachable;
        case ETIMEDOUT: return Errc::timed_out;
        case EACCES:
        case EPERM: return Errc::permission_denied;
        case ENOENT: return Errc::not_found;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return Errc::exhausted;
        default: return Errc::io_failed;
    }
}

}  // namespace

const ErrorRow& row_of(Errc code) { return rows[static_cast<std::size_t>(code)]; }

std::string Error::message() const {
    std::string text = what.empty() ? std::string(row_of(code).sentence) : what;
    if (!hint.empty()) text += fmt::format(" (hint: {})", hint);
    return text;
}

Error system_error(std::string_view doing, int error_number) {
    return Error{
        code_of(error_number), fmt::format("{}: {}", doing, std::strerror(error_number)), {}};
}

std::unexpected<Error> fail_system(std::string_view doing) {
    return std::unexpected<Error>(system_error(doing, errno));
}

}  // namespace sg
