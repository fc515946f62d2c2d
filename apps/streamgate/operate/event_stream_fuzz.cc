// An event stream from anybody: cut anywhere, it gives the same events.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "operate/event_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    sg::operate::EventStream whole;
    const auto events = whole.feed(text);
    sg::operate::EventStream pieces;
    std::size_t seen = 0;
    const std::size_t step = size == 0 ? 1 : 1 + data[0] % 7;
    for (std::size_t at = 0; at < text.size(); at += step)
        for (const auto& event : pieces.feed(text.substr(at, step))) {
            CHECK(seen < events.size());
            CHECK(event.text == events[seen].text && event.id == events[seen].id);
            ++seen;
        }
    CHECK(seen == events.size());
    return 0;
}
