// A playlist from anybody's origin: reading never crashes, and what it finds is within bounds.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "platform/media/playlist.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace media = sg::platform::media;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto list = media::read_playlist(text);
    if (!list) return 0;
    CHECK(list->target >= sg::Duration(0));
    CHECK(list->last.size() <= text.size() && list->variant.size() <= text.size());
    const auto path = media::referred("/live/multivariant.m3u8", list->variant);
    CHECK(path.empty() || path.size() <= list->variant.size() + 6);
    return 0;
}
