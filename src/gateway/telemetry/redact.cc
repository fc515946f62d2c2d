#include "gateway/telemetry/redact.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sg::gateway {

namespace {

// A word of a parameter's name that makes its value a secret.
constexpr std::string_view secret_words[] = {
    "apikey",   "auth", "authorization", "credential", "credentials", "hmac",
    "jwt",      "key",  "otp",           "pass",       "passphrase",  "passwd",
    "password", "pin",  "pwd",           "secret",     "session",     "sessionid",
    "sid",      "sig",  "signature",     "ticket",     "token"};
// The same at the end of words written together: `accesstoken`.
constexpr std::string_view secret_endings[] = {"token",     "secret", "password",  "passwd",
                                               "signature", "apikey", "secretkey", "accesskey"};
// Secret only when it is the whole name: `code` of OAuth, but not `country_code`.
constexpr std::string_view secret_names[] = {"code", "state"};

bool is_secret_word(std::string_view word) {
    if (std::ranges::find(secret_words, word) != std::end(secret_words)) return true;
    return std::ranges::any_of(secret_endings,
                               [&](std::string_view end) { return word.ends_with(end); });
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

}  // namespace

bool names_a_secret(std::string_view parameter) {
    std::array<char, 64> name;
    std::size_t size = 0;
    for (std::size_t i = 0; i < parameter.size(); ++i) {
        if (size == name.size()) return true;  // Too long to tell: rather hide one too many.
        char c = parameter[i];
        if (c == '%' && i + 2 < parameter.size()) {
            const int high = hex_value(parameter[i + 1]);
            const int low = hex_value(parameter[i + 2]);
            if (high >= 0 && low >= 0) {
                c = static_cast<char>(high << 4 | low);
                i += 2;
            }
        }
        name[size++] = c;
    }

    std::array<char, 64> word;
    std::size_t length = 0;
    bool several = false;
    for (std::size_t i = 0; i < size; ++i) {
        const char c = name[i];
        const bool hump = is_upper(c) && i > 0 && !is_upper(name[i - 1]);
        if (length > 0 && (hump || !is_alphanumeric(c))) {
            if (is_secret_word({word.data(), length})) return true;
            several = true;
            length = 0;
        }
        if (is_alphanumeric(c)) word[length++] = lower(c);
    }
    const std::string_view last{word.data(), length};
    if (is_secret_word(last)) return true;
    return !several && std::ranges::find(secret_names, last) != std::end(secret_names);
}

}  // namespace sg::gateway
