// Result<T>: how our own code reports failure. It does not throw and never returns a bare bool for
// failure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace sg {

enum class Errc : std::uint16_t {
#define E(code, status, blame, again, sentence) code,
#include "base/errors.def"
#undef E
};

enum class Blame : std::uint8_t { caller, upstream, platform, us };
enum class Again : std::uint8_t { never, same, elsewhere, later };

// The row of errors.def that a code stands for.
struct ErrorRow {
    std::string_view name;
    int status;  // HTTP status that a caller of the API sees.
    Blame blame;
    Again again;
    std::string_view sentence;
};

const ErrorRow& row_of(Errc code);

// What went wrong. `what` is lower case, says what was found; `hint` says what to do about it.
struct Error {
    Errc code = Errc::internal;
    std::string what;
    std::string hint;

    // One line: the sentence of the code, what was found, and the hint if there is one.
    std::string message() const;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string what = {}, std::string hint = {}) {
    return std::unexpected<Error>(Error{code, std::move(what), std::move(hint)});
}

// An errno of the system as an Error; `doing` says what was attempted: "open /etc/x".
Error system_error(std::string_view doing, int error_number);
std::unexpected<Error> fail_system(std::string_view doing);  // Reads errno.

}  // namespace sg

// TRY(auto x, f()): x is f's value, or this function returns f's error. CO_TRY does it in a
// coroutine.
#define SG_JOIN_(a, b) a##b
#define SG_JOIN(a, b) SG_JOIN_(a, b)
#define SG_TRY_(name, ret, declaration, expression)          \
    auto name = (expression);                                \
    if (!name) ret std::unexpected(std::move(name).error()); \
    declaration = std::move(*name)
#define TRY(declaration, expression) \
    SG_TRY_(SG_JOIN(sg_try_, __LINE__), return, declaration, expression)
#define CO_TRY(declaration, expression) \
    SG_TRY_(SG_JOIN(sg_try_, __LINE__), co_return, declaration, expression)

// The same for Result<void>.
#define TRY_VOID(expression) \
    if (auto sg_r = (expression); !sg_r) return std::unexpected(std::move(sg_r).error())
#define CO_TRY_VOID(expression) \
    if (auto sg_r = (expression); !sg_r) co_return std::unexpected(std::move(sg_r).error())
