// Conditions on header fields and query parameters.
#pragma once

#include <span>
#include <string_view>

#include "gateway/router/compiled.h"
#include "http/message.h"

namespace sg::gateway::router {

// Every condition must hold. A field that is sent several times satisfies one if any of its lines
// does.
bool fields_satisfy(std::span<const FieldTest> tests, const http::Fields& fields);

// Names and values are compared decoded (`%41` is `A`, `+` is a space); of a repeated parameter the
// first counts.
bool query_satisfies(std::span<const FieldTest> tests, std::string_view query);

}  // namespace sg::gateway::router
