// Whatever stands in a damaged database: an error or a value that packs to the same, never a crash.
#include "base/check.h"
#include "ops/detect/signals/accumulate.h"
#include "ops/detect/signals/tally.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace signals = sg::signals;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (const auto tally = signals::unpack_tally(text))
        CHECK(signals::unpack_tally(signals::pack(*tally)) == *tally);
    if (const auto heard = signals::unpack_heard(text))
        CHECK(signals::unpack_heard(signals::pack(*heard)) == *heard);
    if (const auto minute = signals::unpack_affected(text))
        CHECK(signals::unpack_affected(signals::pack(*minute)) == *minute);
    if (const auto block = signals::unpack_block(text))
        CHECK(signals::unpack_block(signals::pack(*block)) == *block);
    return 0;
}
