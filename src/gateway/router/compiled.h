// A route of the configuration, made ready: patterns compiled, edits cut into pieces, names
// recognised.
//
// Immutable once built. What cannot be compiled is reported, never guessed at.
#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "gateway/router/template.h"
#include "http/message.h"

namespace sg::gateway::router {

// A condition on a header field or a query parameter.
struct FieldTest {
    config::FieldMatch::Kind kind = config::FieldMatch::Kind::present;
    http::FieldId id = http::FieldId::other;  // Of a header field.
    std::string name;
    std::string value;
    std::unique_ptr<RE2> regex;

    bool accepts(std::string_view found) const;  // A regex must match the whole value.
};

// The edits of one direction, in the order that they take effect: first fields go, then fields
// come.
struct Edits {
    struct Dropped {
        http::FieldId id = http::FieldId::other;
        std::string name;
    };
    struct Added {
        std::string name;
        Template line;  // `Name: value` and the line break.
    };
    std::vector<Dropped> dropped;
    std::vector<Added> added;
    std::uint64_t dropped_ids = 0;  // Bits of http::FieldId.
    bool drops_others = false;      // Some dropped name is not in http::FieldId.

    bool drops(http::FieldId id) const {
        return (dropped_ids >> static_cast<unsigned>(id) & 1) != 0;
    }
    bool drops(std::string_view name) const;  // A name that is not in http::FieldId.
    bool names(std::string_view name) const;  // Dropped or added, any case.
    void append(http::Out& out, const Variables& variables) const;
};

struct CompiledRoute {
    const config::Route* route = nullptr;
    std::uint16_t index = 0;  // In Config::routes.

    // Match.
    bool any_method = true;
    std::uint16_t methods = 0;               // Bits of http::Method.
    std::vector<std::string> other_methods;  // Not in http::Method.
    std::vector<FieldTest> headers;
    std::vector<FieldTest> query;
    std::unique_ptr<RE2> path_regex;

    // What becomes of it.
    bool rewrites_prefix = false;
    std::string rewrite_prefix;  // Normalised, as given.
    std::unique_ptr<RE2> rewrite_regex;
    std::optional<Template> redirect;
    bool redirect_is_whole =
        false;  // It says everything: neither the rest of the path nor the query follow.
    Edits request_edits;
    Edits response_edits;

    bool allows(const http::RequestHead& head) const;
};

// Problems are appended with the route's name; a route that has one must not be used.
CompiledRoute compile_route(const config::Route& route, std::uint16_t index,
                            std::vector<Error>& problems);

}  // namespace sg::gateway::router
