// Any bytes as a chunked body: the same outcome however they arrive; what came out, chunked again,
// reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/h1/fuzzing.h"
#include "http/h1/write.h"

using namespace sg::http;
using namespace sg::http::h1;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = chunked_in_steps(bytes, bytes.size() + 1);
    require(whole.consumed <= bytes.size());
    require(whole.data.size() <= whole.consumed);
    require((whole.progress == Progress::bad) == (whole.defect != Defect::none));
    for (const std::size_t step : {1UL, 1UL + data[0]})
        require(chunked_in_steps(bytes, step) == whole);

    // Data is a view into the input, at or before what was consumed.
    ChunkedReader reader;
    const auto first = reader.step(bytes);
    require(first.data.empty() || within(bytes.substr(0, first.consumed), first.data));

    if (whole.progress != Progress::done) return 0;
    std::string again;
    if (!whole.data.empty()) {
        again += ChunkLine(whole.data.size()).text();
        again += whole.data;
        again += chunk_end;
    }
    again += last_chunk;
    const auto second = chunked_in_steps(again, again.size());
    require(second.progress == Progress::done);
    require(second.consumed == again.size());
    require(second.data == whole.data);
    return 0;
}
