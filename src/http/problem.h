// What a client is told when the gateway itself answers with an error: RFC 9457 problem details, or
// the same in HTML or plain text for those who ask for it.
#pragma once

#include <string_view>

#include "http/out.h"

namespace sg::http {

struct Problem {
    int status = 500;
    std::string_view type;      // URI; empty: `about:blank`.
    std::string_view title;     // Empty: the reason phrase.
    std::string_view detail;    // May be empty; may hold bytes of the client: escaped when written.
    std::string_view instance;  // The request id; may be empty.
};

enum class ProblemForm { json, html, text };

// JSON unless `accept` prefers HTML or does not allow JSON. Empty: anything is allowed (RFC 9110
// §12.5.1).
ProblemForm problem_form(std::string_view accept);
std::string_view content_type_of(ProblemForm form);

void write_problem(const Problem& problem, ProblemForm form, Out& out);

}  // namespace sg::http
