// A canary: libFuzzer must find the word within seconds, or the fuzz preset does not see what it
// runs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size >= 3 && data[0] == 'S' && data[1] == 'G' && data[2] == '!') std::abort();
    return 0;
}
