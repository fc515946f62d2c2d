// For tests and fuzz targets: the same bytes whole, and byte by byte as a slow network would bring
// them.
#pragma once

#include <memory>
#include <string>

#include "http/h1/parse.h"

namespace sg::http::h1 {

template <class Head>
struct Parsed {
    HeadVerdict verdict;
    std::unique_ptr<Head> head = std::make_unique<Head>();  // Ten KiB: not for the stack of a test.
};

inline Parsed<RequestHead> request_in_steps(std::string_view bytes, std::size_t step,
                                            const HeadLimits& limits = {}) {
    Parsed<RequestHead> parsed;
    HeadScan scan;
    for (std::size_t size = step; parsed.verdict.progress == Progress::more; size += step) {
        parsed.verdict = parse_request(bytes.substr(0, size), limits, scan, *parsed.head);
        if (size >= bytes.size()) break;
    }
    return parsed;
}

inline Parsed<ResponseHead> response_in_steps(std::string_view bytes, std::size_t step,
                                              Method asked, const HeadLimits& limits = {}) {
    Parsed<ResponseHead> parsed;
    HeadScan scan;
    for (std::size_t size = step; parsed.verdict.progress == Progress::more; size += step) {
        parsed.verdict = parse_response(bytes.substr(0, size), limits, scan, asked, *parsed.head);
        if (size >= bytes.size()) break;
    }
    return parsed;
}

struct ChunkedResult {
    Progress progress = Progress::more;
    Defect defect = Defect::none;
    std::size_t consumed = 0;
    std::string data;
    std::string trailers;  // `name: value` and a newline each.
    bool operator==(const ChunkedResult&) const = default;
};

// `step` more bytes become visible each time; those not used stay.
inline ChunkedResult chunked_in_steps(std::string_view bytes, std::size_t step) {
    ChunkedReader reader;
    ChunkedResult result;
    std::size_t visible = 0;
    while (result.progress == Progress::more) {
        const std::string_view input = bytes.substr(0, visible).substr(result.consumed);
        const auto taken = reader.step(input);
        result.progress = taken.progress;
        result.defect = taken.defect;
        result.data += taken.data;
        if (!taken.trailer.name.empty())
            result.trailers.append(taken.trailer.name).append(": ").append(taken.trailer.value) +=
                '\n';
        result.consumed += taken.consumed;
        if (taken.consumed != 0) continue;
        if (visible >= bytes.size()) break;
        visible += step;
    }
    return result;
}

}  // namespace sg::http::h1
