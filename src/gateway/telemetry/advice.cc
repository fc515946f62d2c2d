#include "gateway/telemetry/advice.h"

#include <fmt/format.h>

#include <iterator>

namespace sg::gateway {

namespace {

struct Advice {
    std::string_view ending;
    std::string_view text;
};

constexpr Advice advices[] = {
#define A(ending, text) {#ending, text},
#include "gateway/telemetry/advice.def"
#undef A
};

constexpr bool every_ending_has_advice() {
    if (std::size(advices) != ending_count) return false;
    for (std::size_t i = 0; i < ending_count; ++i)
        if (advices[i].ending != endings[i].name || advices[i].text.empty()) return false;
    return true;
}
static_assert(every_ending_has_advice(), "advice.def and endings.def differ");

constexpr std::string_view manual_head =
    R"(# How a request can end

<!-- Made by sg_gateway_test from endings.def and gateway/telemetry/advice.def; do not edit.
     After a change there: SG_WRITE_DOCS=1 build/dev/src/sg_gateway_test -->

Every request ends for exactly one of these reasons. The same words stand in three places:

| where | ending | error type |
|---|---|---|
| `Proxy-Status` field (RFC 9209) | `details="upstream_refused"` | `error=connection_refused` |
| access log | `"ending":"upstream_refused"` | `"error":"connection_refused"` |
| metrics | `ending="upstream_refused"` | `error_type="connection_refused"` |

*Blame* says whose doing it was: `client`, `us` (the gateway or whoever runs it), `upstream` (the
service), or `none`. Attempts at endpoints end with the same words: a request that ended `ok` may
have had an attempt that ended `upstream_refused` before. *Tried again* says whether another attempt
is allowed while nothing was sent to the client and the retry budget of the service is not spent:
`same_or_other` endpoint, `other_endpoint`, or `never`. A status of `-` means: whatever the endpoint
said, or nothing at all.

`streamgate explain REQUEST-ID` tells how one request ended, with the advice given here.
)";

}  // namespace

std::string_view advice_of(Ending ending) { return advices[static_cast<std::size_t>(ending)].text; }

std::optional<Ending> ending_named(std::string_view name) {
    for (std::size_t i = 0; i < ending_count; ++i)
        if (endings[i].name == name) return static_cast<Ending>(i);
    return std::nullopt;
}

std::string_view name_of(RetryVerdict verdict) {
    constexpr std::string_view names[] = {"never", "same_or_other", "other_endpoint"};
    return names[static_cast<std::size_t>(verdict)];
}

std::string endings_manual() {
    std::string out(manual_head);
    constexpr std::pair<BlameOf, std::string_view> parts[] = {
        {BlameOf::none, "Nobody's fault"},
        {BlameOf::client, "The client's"},
        {BlameOf::us, "Ours"},
        {BlameOf::upstream, "The service's"},
    };
    for (const auto& [blame, title] : parts) {
        out += fmt::format("\n## {}\n", title);
        for (std::size_t i = 0; i < ending_count; ++i) {
            const auto& row = endings[i];
            if (row.blame != blame) continue;
            const auto status = row.status == 0 ? std::string("-") : std::to_string(row.status);
            out += fmt::format("\n### `{}`\n\nStatus {}, error type `{}`, tried again: {}.\n\n",
                               row.name, status, row.token, name_of(row.retry));
            out += fmt::format("Means: {}.  \nLook at: {}.\n", row.sentence, advices[i].text);
        }
    }
    return out;
}

}  // namespace sg::gateway
