// Whatever head the parser lets in, what goes out parses too, as one message with the same framing.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "gateway/proxy/heads.h"
#include "gateway/router/path.h"
#include "gateway/router/router.h"
#include "http/h1/parse.h"

namespace {

using namespace sg;           // NOLINT: a fuzz target is one file.
using namespace sg::gateway;  // NOLINT

config::Config make_config() {
    using Verb = config::FieldEdit::Verb;
    config::Config config;
    config.routes.resize(2);
    config.routes[0].rewrite.prefix = "/in/";
    config.routes[1].path.value = "/a/";
    config.routes[1].rewrite.regex = "^/a/([^/]*)(.*)$";
    config.routes[1].rewrite.to = "\\2/\\1?x=\\1";
    for (auto& route : config.routes) {
        route.request_headers = {{Verb::set, "X-Path", "${request.host}${request.path}"},
                                 {Verb::remove, "Cookie", {}}};
        route.response_headers = {{Verb::add, "X-Path", "${request.host}${request.path}"}};
    }
    return config;
}

struct Fixture {
    config::Config config = make_config();
    router::Router router{config};
    proxy::Caller caller{.ip = parse_ip("10.0.0.1").value(), .listener_port = 80, .trusted = true};
    std::vector<Cidr> listed = {parse_cidr("10.0.0.0/8").value()};
    std::array<char, 65536> memory;
    http::RequestHead request;
    http::RequestHead sent;
    http::ResponseHead response;
    http::ResponseHead answered;
};

constexpr http::h1::HeadLimits wide = {.head_bytes = 65536, .fields = 256, .target_bytes = 32768};
constexpr http::h1::HeadLimits narrow = {.head_bytes = 8192, .fields = 100, .target_bytes = 4096};

void check_request(Fixture& f, std::string_view input) {
    http::h1::HeadScan scan;
    if (parse_request(input, narrow, scan, f.request).progress != http::h1::Progress::done) return;
    const http::RequestHead& head = f.request;
    std::string scratch;
    const auto path = router::normalize_path(head.path, scratch);
    if (!path.ok) return;
    const auto match = f.router.match(head, path.path);
    if (match.kind != router::Match::Kind::route) return;
    const auto origin = proxy::find_origin(head, f.caller, f.listed);
    const router::Variables variables{.client = origin.client,
                                      .request_id = {1, 2},
                                      .host = router::host_of(head.authority),
                                      .path = path.path};
    proxy::ForwardContext context;
    context.route = match.route;
    context.variables = &variables;
    context.origin = &origin;
    context.caller = &f.caller;
    context.trace.parent_id = 1;
    context.trace.span_id = 1;
    context.trace.trace_id = {1, 1};
    context.prefix_length = match.prefix_length;
    context.pseudonym = "streamgate-1";
    context.endpoint = "127.0.0.1:1";
    context.framing = head.framing;
    context.content_length = head.content_length;
    context.upgrade = head.upgrade;
    http::Out out(f.memory.data(), f.memory.size());
    if (append_request_head(out, head, context) != proxy::Written::ok) return;

    http::h1::HeadScan again;
    const auto verdict = parse_request(out.text(), wide, again, f.sent);
    CHECK(verdict.progress == http::h1::Progress::done);
    CHECK(verdict.bytes == out.size());
    CHECK(f.sent.method_text == head.method_text);
    CHECK(f.sent.content_length == head.content_length);
    const bool says_zero = head.framing == http::Framing::none && f.sent.content_length == 0;
    CHECK(f.sent.framing == head.framing || says_zero);
    CHECK(!f.sent.fields.has(http::FieldId::cookie));
    CHECK(f.sent.upgrade == head.upgrade);
}

void check_response(Fixture& f, std::string_view input) {
    http::h1::HeadScan scan;
    const auto get = http::Method::get;
    if (parse_response(input, narrow, scan, get, f.response).progress != http::h1::Progress::done)
        return;
    const router::Variables variables{.client = {}, .request_id = {}, .host = "h", .path = "/p"};
    proxy::ResponseContext context;
    context.reply.route = &f.router.routes().front();
    context.reply.variables = &variables;
    context.framing = f.response.framing;
    context.content_length = f.response.content_length;
    http::Out out(f.memory.data(), f.memory.size());
    if (append_response_head(out, f.response, context) != proxy::Written::ok) return;

    http::h1::HeadScan again;
    const auto verdict = parse_response(out.text(), wide, again, get, f.answered);
    CHECK(verdict.progress == http::h1::Progress::done);
    CHECK(verdict.bytes == out.size());
    CHECK(f.answered.status == f.response.status);
    const bool says_zero =
        f.response.framing == http::Framing::none && f.answered.content_length == 0;
    CHECK(f.answered.framing == f.response.framing || says_zero);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Fixture fixture;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_request(fixture, input);
    check_response(fixture, input);
    return 0;
}
