// parse_request: scan, request line, fields, then what they mean together.
#include "base/text.h"
#include "http/h1/fields.h"
#include "http/h1/framing.h"
#include "http/h1/parse.h"
#include "http/h1/request_line.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {
namespace {

void reset(RequestHead& head) {
    head.method = Method::other;
    head.method_text = head.target = head.path = head.query = head.authority = {};
    head.has_query = false;
    head.minor = 1;
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.expects_continue = false;
    head.upgrade = false;
    head.fields.clear();
}

// Host must be there once on HTTP/1.1, be an authority, and not contradict the target (RFC 9112
// §3.2).
Defect settle_authority(const Facts& facts, RequestHead& head) {
    if (facts.hosts > 1) return Defect::host_repeated;
    if (facts.hosts == 0) return head.minor == 0 ? Defect::none : Defect::host_missing;
    if (!is_authority(facts.host)) return Defect::host_invalid;
    if (head.authority.empty()) {
        head.authority = facts.host;
        return Defect::none;
    }
    if (equal_ignoring_case(head.authority, facts.host)) return Defect::none;
    // Clients may leave the port of a CONNECT out of Host.
    const bool without_port =
        head.method == Method::connect &&
        equal_ignoring_case(head.authority.substr(0, head.authority.rfind(':')), facts.host);
    return without_port ? Defect::none : Defect::host_differs;
}

Defect settle(const Facts& facts, RequestHead& head) {
    const Defect defect = settle_authority(facts, head);
    if (defect != Defect::none) return defect;
    const Body body = body_of_request(facts, head.minor, head.method);
    if (body.defect != Defect::none) return body.defect;
    head.framing = body.framing;
    head.content_length = body.length;
    const bool has_body = body.framing == Framing::chunked || body.length != 0;

    const bool modern =
        head.minor != 0;  // HTTP/1.0 knows neither Expect nor Upgrade (RFC 9110 §7.8, §10.1.1).
    head.keep_alive = !facts.close && (modern || facts.keep_alive);
    if (modern && facts.other_expected) return Defect::expectation;
    head.expects_continue = modern && facts.continue_expected && has_body;
    head.upgrade = modern && facts.upgrade_asked && facts.upgrade_named && !has_body;
    return Defect::none;
}

Defect parse_lines(std::string_view lines, const HeadLimits& limits, RequestHead& head) {
    const char* const begin = lines.data();
    const Received received{.begin = begin};
    const char* const first_end = find_cr(begin, begin + lines.size(), received);
    const auto first = lines.substr(0, static_cast<std::size_t>(first_end - begin));
    Defect defect = parse_request_line(first, limits.target_bytes, head);
    if (defect != Defect::none) return defect;
    Facts facts;
    defect =
        parse_fields(lines.substr(first.size() + 2), received,
                     {.fields_max = limits.fields, .twins = Twins::dropped}, head.fields, facts);
    return defect != Defect::none ? defect : settle(facts, head);
}

}  // namespace

HeadVerdict parse_request(std::string_view bytes, const HeadLimits& limits, HeadScan& scan,
                          RequestHead& head) {
    HeadVerdict verdict = scan_head(bytes, limits, EmptyLine::skipped, scan);
    if (verdict.progress != Progress::done) return verdict;
    reset(head);
    const std::size_t skipped = bytes.starts_with('\r') ? 2 : 0;
    verdict.defect = parse_lines(bytes.substr(skipped, verdict.bytes - 2 - skipped), limits, head);
    if (verdict.defect != Defect::none) verdict.progress = Progress::bad;
    return verdict;
}

}  // namespace sg::http::h1
