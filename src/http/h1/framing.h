// How the end of a body is known, decided from what the head says. Source: RFC 9112 §6.3, strictly.
#pragma once

#include "http/h1/fields.h"
#include "http/h1/parse.h"

namespace sg::http::h1 {

struct Body {
    Defect defect = Defect::none;
    Framing framing = Framing::none;
    std::uint64_t length = 0;
};

// What the fields themselves say. `none`: they are silent.
Body body_by_fields(const Facts& facts, unsigned minor);

Body body_of_request(const Facts& facts, unsigned minor, Method method);
Body body_of_response(const Facts& facts, unsigned minor, unsigned status, Method asked);

}  // namespace sg::http::h1
