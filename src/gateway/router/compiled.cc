#include "gateway/router/compiled.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gateway/router/path.h"
#include "http/chars.h"

namespace sg::gateway::router {

namespace {

using http::FieldId;

// Fields that say where a message ends or whom it is for: written by the gateway alone.
constexpr FieldId framing_fields[] = {
    FieldId::connection,
    FieldId::content_length,
    FieldId::host,
    FieldId::keep_alive,
    FieldId::te,
    FieldId::trailer,
    FieldId::proxy_connection,
    FieldId::upgrade,
    FieldId::expect,
    FieldId::transfer_encoding,
};

class Compiler {
  public:
    Compiler(const config::Route& route, std::vector<Error>& problems)
        : route_(route), problems_(problems) {}

    std::unique_ptr<RE2> regex(std::string_view what, const std::string& pattern) {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(1 << 20);
        auto compiled = std::make_unique<RE2>(pattern, options);
        if (compiled->ok()) return compiled;
        report(fail(Errc::invalid_argument,
                    fmt::format("{} `{}`: {}", what, pattern, compiled->error()),
                    "the syntax is that of RE2: no look-around, no back-references")
                   .error());
        return nullptr;
    }

    std::vector<FieldTest> tests(std::string_view what,
                                 const std::vector<config::FieldMatch>& wanted) {
        std::vector<FieldTest> result;
        for (const auto& match : wanted) {
            FieldTest test;
            test.kind = match.kind;
            test.id = http::field_id(match.name);
            test.name = match.name;
            test.value = match.value;
            if (match.kind == config::FieldMatch::Kind::regex)
                test.regex = regex(what, match.value);
            result.push_back(std::move(test));
        }
        return result;
    }

    Edits edits(const std::vector<config::FieldEdit>& wanted) {
        Edits result;
        for (const auto& edit : wanted) add_edit(result, edit);
        return result;
    }

    void methods(CompiledRoute& compiled) {
        compiled.any_method = route_.methods.empty();
        for (const auto& text : route_.methods) {
            std::string upper = text;
            for (char& c : upper)
                if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
            unsigned bit = 0;
            while (bit < unsigned(http::Method::other) && name_of(http::Method(bit)) != upper)
                ++bit;
            if (bit == unsigned(http::Method::other)) compiled.other_methods.push_back(text);
            else compiled.methods |= static_cast<std::uint16_t>(1U << bit);
        }
        // Who serves GET serves HEAD: RFC 9110 §9.3.2.
        if ((compiled.methods & 1U << unsigned(http::Method::get)) != 0)
            compiled.methods |= 1U << unsigned(http::Method::head);
    }

    void path() {
        std::string scratch;
        const auto& value = route_.path.value;
        const auto normal = normalize_path(value, scratch);
        if (!normal.ok || !value.starts_with('/'))
            report(fail(Errc::invalid_argument, fmt::format("path `{}` {}", value, normal.reason),
                        "a path begins with / and is matched in its normal form")
                       .error());
    }

    void rewrite(CompiledRoute& compiled) {
        const auto& wanted = route_.rewrite;
        if (!wanted.prefix.empty()) {
            std::string scratch;
            const auto normal = normalize_path(wanted.prefix, scratch);
            if (!normal.ok || normal.path == "*")
                report(fail(Errc::invalid_argument,
                            fmt::format("rewrite.prefix `{}`", wanted.prefix),
                            "a prefix is a path such as /v1/")
                           .error());
            compiled.rewrites_prefix = normal.ok;
            compiled.rewrite_prefix = normal.path;
        }
        if (!wanted.regex.empty()) {
            compiled.rewrite_regex = regex("rewrite.regex", wanted.regex);
            std::string why;
            if (compiled.rewrite_regex &&
                !compiled.rewrite_regex->CheckRewriteString(wanted.to, &why))
                report(
                    fail(Errc::invalid_argument, fmt::format("rewrite.to `{}`: {}", wanted.to, why))
                        .error());
        }
        if (!wanted.host.empty() && (!is_safe_in_line(wanted.host) ||
                                     wanted.host.find_first_of(" \t/") != std::string::npos))
            report(fail(Errc::invalid_argument, fmt::format("rewrite.host `{}`", wanted.host),
                        "a host is a name or an address, with or without a port")
                       .error());
    }

    void redirect(CompiledRoute& compiled) {
        if (!route_.redirect) return;
        const std::string& to = route_.redirect->to;
        auto target = Template::compile(to);
        if (!target) return report(target.error());
        // A path with two slashes, or slash and backslash, is another host to a browser.
        const bool is_path = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\");
        if (!is_path && !to.starts_with("http://") && !to.starts_with("https://") &&
            !to.starts_with("${request.path}"))
            return report(fail(Errc::invalid_argument, fmt::format("redirect to `{}`", to),
                               "write a URL with http:// or https://, or a path that begins with /")
                              .error());
        compiled.redirect_is_whole =
            to.find_first_of("?#") != std::string::npos || target->uses(Variable::request_path);
        compiled.redirect = std::move(*target);
    }

  private:
    void report(Error error) {
        error.what = fmt::format("route `{}`: {}", route_.name, error.what);
        problems_.push_back(std::move(error));
    }

    void add_edit(Edits& edits, const config::FieldEdit& edit) {
        const auto id = http::field_id(edit.name);
        if (!http::is_token(edit.name) ||
            std::ranges::find(framing_fields, id) != std::end(framing_fields))
            return report(
                fail(Errc::invalid_argument, fmt::format("field `{}` cannot be edited", edit.name),
                     "fields that frame a message are the gateway's; for Host use rewrite.host")
                    .error());
        if (edit.verb != config::FieldEdit::Verb::add) {
            std::erase_if(edits.added, [&](const auto& added) {
                return equal_ignoring_case(added.name, edit.name);
            });
            edits.dropped.push_back({id, edit.name});
            edits.dropped_ids |= 1ULL << static_cast<unsigned>(id);
            if (id == FieldId::other) edits.drops_others = true;
        }
        if (edit.verb == config::FieldEdit::Verb::remove) return;
        auto value = Template::compile(edit.value);  // Before the line break is in it.
        if (!value) return report(value.error());
        auto line = std::move(*value);
        line.surround(fmt::format("{}: ", edit.name), "\r\n");
        edits.added.push_back({edit.name, std::move(line)});
    }

    const config::Route& route_;
    std::vector<Error>& problems_;
};

}  // namespace

bool FieldTest::accepts(std::string_view found) const {
    switch (kind) {
        case config::FieldMatch::Kind::present: return true;
        case config::FieldMatch::Kind::exact: return found == value;
        case config::FieldMatch::Kind::regex:
            return regex && RE2::FullMatch(re2::StringPiece(found.data(), found.size()), *regex);
    }
    return false;
}

bool Edits::drops(std::string_view name) const {
    for (const auto& each : dropped)
        if (each.id == FieldId::other && equal_ignoring_case(each.name, name)) return true;
    return false;
}

bool Edits::names(std::string_view name) const {
    const auto same = [&](const auto& each) { return equal_ignoring_case(each.name, name); };
    return std::ranges::any_of(dropped, same) || std::ranges::any_of(added, same);
}

void Edits::append(http::Out& out, const Variables& variables) const {
    for (const auto& each : added)
        if (each.line.is_safe(variables)) each.line.append(out, variables);
}

bool CompiledRoute::allows(const http::RequestHead& head) const {
    if (any_method) return true;
    if (head.method != http::Method::other)
        return (methods >> static_cast<unsigned>(head.method) & 1) != 0;
    return std::ranges::find(other_methods, head.method_text) != other_methods.end();
}

CompiledRoute compile_route(const config::Route& route, std::uint16_t index,
                            std::vector<Error>& problems) {
    CompiledRoute compiled;
    Compiler compiler(route, problems);
    compiled.route = &route;
    compiled.index = index;
    compiler.methods(compiled);
    compiled.headers = compiler.tests("header", route.headers);
    compiled.query = compiler.tests("query parameter", route.query);
    if (route.path.kind == config::PathMatch::Kind::regex)
        compiled.path_regex = compiler.regex("path_regex", route.path.value);
    else compiler.path();
    compiler.rewrite(compiled);
    compiler.redirect(compiled);
    compiled.request_edits = compiler.edits(route.request_headers);
    compiled.response_edits = compiler.edits(route.response_headers);
    return compiled;
}

}  // namespace sg::gateway::router
