#include "config/formats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/text.h"

namespace sg::config::formats {

namespace {

bool is_letter_or_digit(char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

// Source: RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
    });
}

bool is_one_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::unexpected<Error> wrong(std::string what, std::string hint) {
    return fail(Errc::config_invalid, std::move(what), std::move(hint));
}

Result<void> check_name(std::string_view text) {
    const bool fits = !text.empty() && text.size() <= 64 && is_letter_or_digit(text.front()) &&
                      std::ranges::all_of(text, [](char c) {
                          return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
                      });
    if (fits) return {};
    return wrong(fmt::format("`{}` is not a name", text),
                 "a name begins with a letter or digit and has letters, digits, `.`, `_`, `-`; at "
                 "most 64");
}

// Services that a route makes from a URL are named after it, and must be readable again when
// written out.
Result<void> check_service_name(std::string_view text) {
    const bool is_address =
        text.starts_with("unix:") || parse_host_port(text).has_value() ||
        (text.ends_with("-https") && parse_host_port(text.substr(0, text.size() - 6)));
    if (is_address && text.contains(':') && text.find_first_of(" \t\"'`") == std::string_view::npos)
        return {};
    return check_name(text);
}

Result<void> check_listen(std::string_view text) {
    if (text.find_first_not_of("0123456789") == std::string_view::npos && !text.empty())
        return wrong(fmt::format("`{}` is only a port", text),
                     fmt::format("write `:{}` for every address of this machine, or "
                                 "`127.0.0.1:{}`",
                                 text, text));
    if (text.starts_with("http:") || text.starts_with("https:"))
        return wrong(fmt::format("`{}` is a URL, not an address to listen on", text),
                     "write `:8080`; for https add `tls:` with a certificate");
    const auto parsed = parse_socket_address(text);
    if (!parsed) {
        const auto parts = parse_host_port(text);
        if (parts && !parts->host.empty() && !text.starts_with("unix:"))
            return wrong(
                fmt::format("`{}` is a name: listeners take addresses", parts->host),
                fmt::format("write `127.0.0.1:{0}` for this machine only, or `:{0}`", parts->port));
        return wrong(parsed.error().what, parsed.error().hint.empty()
                                              ? "write `:8080`, `127.0.0.1:8080` or "
                                                "`unix:/run/streamgate.sock`"
                                              : parsed.error().hint);
    }
    if (!text.starts_with("unix:") && parsed->port() == 0)
        return wrong(fmt::format("`{}` has port 0", text), "a port is a number from 1 to 65535");
    return {};
}

Result<void> check_telemetry_address(std::string_view text) {
    if (text == "off") return {};
    return check_listen(text);
}

Result<void> check_label(std::string_view host, std::string_view label) {
    const bool fits = !label.empty() && label.size() <= 63 && label.front() != '-' &&
                      label.back() != '-' && std::ranges::all_of(label, [](char c) {
                          return is_letter_or_digit(c) || c == '-' || c == '_';
                      });
    if (fits) return {};
    return wrong(fmt::format("`{}` is not a host name", host),
                 "write it as api.example.com, or *.example.com for every name below it");
}

Result<void> check_host(std::string_view text) {
    if (text.contains("://"))
        return wrong(fmt::format("`{}` is a URL", text),
                     "write the host name only, such as api.example.com; paths go to `path:`");
    if (text.contains('/'))
        return wrong(fmt::format("`{}` has a path", text), "write the path under `path:`");
    if (text == "*")
        return wrong("`*` is every host", "leave `host` out: a route without it takes every host");
    if (text.starts_with('[') || parse_ip(text)) return {};
    if (text.contains(':'))
        return wrong(fmt::format("`{}` has a port", text),
                     fmt::format("write `{}`: the port does not matter for the choice of a route",
                                 text.substr(0, text.find(':'))));
    auto rest = text.starts_with("*.") ? text.substr(2) : text;
    if (rest.contains('*'))
        return wrong(fmt::format("`{}` has a `*` that is not its first label", text),
                     "a pattern is *.example.com: the star stands for one or more first labels");
    for (const auto label : split(rest, '.')) TRY_VOID(check_label(text, label));
    return {};
}

Result<void> check_host_value(std::string_view text) {
    if (!text.empty() && is_one_line(text) && text.find_first_of(" \t/") == std::string_view::npos)
        return {};
    return wrong(fmt::format("`{}` is not a host", text),
                 "a host is a name or an address, with or without a port");
}

Result<void> check_method(std::string_view text) {
    static const std::vector<std::string> known = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                   "CONNECT", "OPTIONS", "TRACE", "PATCH"};
    if (!is_token(text) || text.contains(','))
        return wrong(fmt::format("`{}` is not a method", text), "write a list: [GET, POST]");
    std::string upper(text);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (std::ranges::find(known, text) != known.end()) return {};
    if (std::ranges::find(known, upper) != known.end())
        return wrong(fmt::format("`{}` is not a method: methods have case", text),
                     fmt::format("write `{}`", upper));
    const auto near = nearest(upper, known);
    if (upper != text || (!near.empty() && near.size() == text.size()))
        return wrong(fmt::format("`{}` is not a method", text),
                     fmt::format("known are {}{}", fmt::join(known, ", "),
                                 near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
    return {};  // Methods of others, such as PROPFIND.
}

Result<void> check_header_name(std::string_view text) {
    if (is_token(text)) return {};
    return wrong(fmt::format("`{}` is not a header name", text),
                 text.ends_with(':') ? "write it without the colon"
                                     : "letters, digits and `-`, such as x-request-id");
}

// Fields that say where a message ends or whom it is for: written by the gateway alone.
constexpr std::array<std::string_view, 10> framing_fields = {
    "connection", "content-length",   "host",    "keep-alive", "te",
    "trailer",    "proxy-connection", "upgrade", "expect",     "transfer-encoding"};

Result<void> check_edited_header(std::string_view text) {
    TRY_VOID(check_header_name(text));
    const auto name = to_lower(text);
    if (name == "host")
        return wrong("`host` cannot be edited as a header",
                     "write `rewrite: { host: … }` in the route instead");
    if (std::ranges::find(framing_fields, name) != framing_fields.end())
        return wrong(fmt::format("`{}` cannot be edited: it frames the message", text),
                     "remove the line: the gateway writes this field itself");
    return {};
}

Result<void> check_one_line(std::string_view text) {
    if (is_one_line(text)) return {};
    return wrong("there is a line break or NUL in the value", "a value is one line of text");
}

Result<void> check_template(std::string_view text) {
    static const std::vector<std::string> known = {"client.address", "request.id", "request.host",
                                                   "request.path"};
    TRY_VOID(check_one_line(text));
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto end = text.find('}', at);
        const auto variable =
            text.substr(at + 2, end == std::string_view::npos ? 40 : end - at - 2);
        if (end != std::string_view::npos && std::ranges::find(known, variable) != known.end())
            continue;
        const auto near = nearest(variable, known);
        return wrong(
            fmt::format("`${{{}}}` is not a variable", variable),
            fmt::format("variables are ${{{}}}{}", fmt::join(known, "}, ${"),
                        near.empty() ? "" : fmt::format("; did you mean `${{{}}}`?", near)));
    }
    return {};
}

bool is_path_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (is_path_text({&c, 1})) out += c;
        else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

Result<void> check_absolute_path(std::string_view text) {
    if (text.contains("://"))
        return wrong(fmt::format("`{}` is a URL", text), "write its path only, such as /v1/");
    if (!text.starts_with('/'))
        return wrong(fmt::format("`{}` does not begin with `/`", text),
                     fmt::format("write `/{}`", text));
    if (text.contains('?') || text.contains('#'))
        return wrong(fmt::format("`{}` has more than a path", text),
                     "match parameters with `query: { name: value }`");
    if (text.contains('*'))
        return wrong(fmt::format("`{}` has a `*`, which is only a star in a path", text),
                     "a path that ends with `/` takes everything below it; or use `path_regex`");
    if (!is_path_text(text))
        return wrong(fmt::format("`{}` has a character that no path has", text),
                     fmt::format("write it percent-encoded: {}", percent_encoded(text)));
    return {};
}

Result<void> check_probe_target(std::string_view text) {
    if (text.starts_with('/') && is_path_text(text)) return {};
    return wrong(fmt::format("`{}` is not a path to ask for", text),
                 "write a path such as /healthz, perhaps with a query");
}

Result<void> check_path_prefix(std::string_view text) {
    TRY_VOID(check_absolute_path(text));
    if (text.ends_with('/')) return {};
    return wrong(fmt::format("the prefix `{}` does not end with `/`", text),
                 fmt::format("write `{}/`", text));
}

Result<void> check_regex(std::string_view text) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    const RE2 compiled(re2::StringPiece(text.data(), text.size()), options);
    if (compiled.ok()) return {};
    return wrong(
        fmt::format("`{}` is not a regular expression: {}", text, compiled.error()),
        compiled.error().contains("perl operator") || compiled.error().contains("escape sequence")
            ? "the syntax is that of RE2: no look-around, no back-references"
            : "the syntax is that of RE2; a character meant as itself has a `\\` before it");
}

Result<void> check_target(std::string_view text) {
    if (!trim(text).empty()) return {};
    return wrong("there is no service in `to`",
                 "write a service, or a URL such as http://127.0.0.1:9000");
}

Result<void> check_redirect(std::string_view text) {
    TRY_VOID(check_template(text));
    const bool is_path =
        text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    if (is_path || text.starts_with("http://") || text.starts_with("https://") ||
        text.starts_with("${request.path}"))
        return {};
    return wrong(fmt::format("`{}` is not where a redirect can lead", text),
                 text.contains('.') && !text.contains(' ')
                     ? fmt::format("write `https://{}`, or a path that begins with /",
                                   text.substr(text.find_first_not_of('/')))
                     : "write a URL with http:// or https://, or a path that begins with /");
}

Result<void> check_redirect_status(std::string_view text) {
    static constexpr std::array<std::string_view, 5> known = {"301", "302", "303", "307", "308"};
    if (std::ranges::find(known, text) != known.end()) return {};
    return wrong(fmt::format("`{}` is not a status of a redirect", text),
                 "one of 301, 302, 303, 307, 308; 308 is for ever and keeps the method, 302 is for "
                 "now");
}

Result<void> check_status(std::string_view text) {
    const bool fits = text.size() == 3 && text.front() >= '2' && text.front() <= '5' &&
                      text.find_first_not_of("0123456789") == std::string_view::npos;
    if (fits) return {};
    return wrong(fmt::format("`{}` is not a status of a reply", text),
                 "a status is from 200 to 599");
}

Result<void> check_cookie(std::string_view text) {
    if (is_token(text)) return {};
    return wrong(fmt::format("`{}` is not a name for a cookie", text),
                 "letters, digits, `-` and `_`, such as STREAMGATE");
}

Result<void> check_environment(std::string_view text) {
    const bool fits =
        !text.empty() && (text.front() < '0' || text.front() > '9') &&
        std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '_'; });
    if (fits) return {};
    return wrong(fmt::format("`{}` is not a name for an environment variable", text),
                 "letters, digits and `_`, such as LOG_LEVEL");
}

Result<void> check_command(std::string_view text) {
    if (trim(text).empty())
        return wrong("the command is empty", "write the program and its arguments");
    if (text.contains('\0')) return wrong("there is a NUL in the command", "remove it");
    return {};
}

}  // namespace

const Format name = {"a name", check_name};
const Format service_name = {"a name", check_service_name};
const Format listen_address = {"an address such as `:8080` or `127.0.0.1:8080`", check_listen};
const Format telemetry_address = {"an address such as `127.0.0.1:9190`, or `off`",
                                  check_telemetry_address};
const Format host_pattern = {"a host name such as `api.example.com` or `*.example.com`",
                             check_host};
const Format host_value = {"a host name", check_host_value};
const Format method = {"a method such as `GET`", check_method};
const Format header_name = {"a header name", check_header_name};
const Format edited_header = {"a header name", check_edited_header};
const Format one_line = {"one line of text", check_one_line};
const Format template_line = {"one line of text", check_template};
const Format path_prefix = {"a path that ends with `/`", check_path_prefix};
const Format absolute_path = {"a path that begins with `/`", check_absolute_path};
const Format probe_target = {"a path such as `/healthz`", check_probe_target};
const Format regex = {"a regular expression (RE2)", check_regex};
const Format route_target = {"a service, or a URL such as http://127.0.0.1:9000", check_target};
const Format redirect_target = {"a URL or a path that begins with `/`", check_redirect};
const Format redirect_status = {"one of 301, 302, 303, 307, 308", check_redirect_status};
const Format reply_status = {"a status from 200 to 599", check_status};
const Format cookie_name = {"a name for a cookie", check_cookie};
const Format environment_name = {"a name for an environment variable", check_environment};
const Format command = {"a command with its arguments", check_command};

}  // namespace sg::config::formats
