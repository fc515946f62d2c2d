// parse_response: what an endpoint answered. As strict as for requests: a response that two readers
// might end at different bytes would let one client read another's.
#include "http/chars.h"
#include "http/h1/fields.h"
#include "http/h1/framing.h"
#include "http/h1/parse.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {
namespace {

void reset(ResponseHead& head) {
    head.status = 0;
    head.reason = {};
    head.minor = 1;
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.upgrade = false;
    head.fields.clear();
}

// `HTTP/1.1 200 OK`; the space before an empty reason may be missing, as some servers leave it out.
Defect parse_status_line(std::string_view line, ResponseHead& head) {
    if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ')
        return Defect::status_line;
    if (line[7] != '0' && line[7] != '1') return Defect::status_line;
    head.minor = static_cast<std::uint8_t>(line[7] - '0');
    unsigned status = 0;
    for (const char c : line.substr(9, 3)) {
        if (!is(c, char_digit)) return Defect::status_line;
        status = status * 10 + static_cast<unsigned>(c - '0');
    }
    if (status < 100 || status > 599) return Defect::status_line;
    head.status = static_cast<std::uint16_t>(status);
    if (line.size() == 12) return Defect::none;
    if (line[12] != ' ') return Defect::status_line;
    head.reason = line.substr(13);
    return Defect::none;
}

Defect settle(const Facts& facts, Method method, ResponseHead& head) {
    const Body body = body_of_response(facts, head.minor, head.status, method);
    if (body.defect != Defect::none) return body.defect;
    head.framing = body.framing;
    head.content_length = body.length;
    head.upgrade = head.status == 101;
    head.keep_alive = !facts.close && (head.minor != 0 || facts.keep_alive) &&
                      head.framing != Framing::until_close && !head.upgrade;
    return Defect::none;
}

Defect parse_lines(std::string_view lines, const HeadLimits& limits, Method method,
                   ResponseHead& head) {
    const char* const begin = lines.data();
    const Received received{.begin = begin};
    const char* const first_end = find_cr(begin, begin + lines.size(), received);
    const auto first = lines.substr(0, static_cast<std::size_t>(first_end - begin));
    Defect defect = parse_status_line(first, head);
    if (defect != Defect::none) return defect;
    Facts facts;
    defect = parse_fields(lines.substr(first.size() + 2), received,
                          {.fields_max = limits.fields, .twins = Twins::kept}, head.fields, facts);
    return defect != Defect::none ? defect : settle(facts, method, head);
}

}  // namespace

HeadVerdict parse_response(std::string_view bytes, const HeadLimits& limits, HeadScan& scan,
                           Method method, ResponseHead& head) {
    // A status line has no target: a long first line is a large head.
    HeadLimits all = limits;
    all.target_bytes = limits.head_bytes;
    HeadVerdict verdict = scan_head(bytes, all, EmptyLine::refused, scan);
    if (verdict.defect == Defect::target_too_long) verdict.defect = Defect::head_too_large;
    if (verdict.progress != Progress::done) return verdict;
    reset(head);
    verdict.defect = parse_lines(bytes.substr(0, verdict.bytes - 2), limits, method, head);
    if (verdict.defect != Defect::none) verdict.progress = Progress::bad;
    return verdict;
}

}  // namespace sg::http::h1
