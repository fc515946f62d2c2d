// Opens a library once and finds its functions (dlopen(3), dlsym(3)).
#include "late/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

namespace sg::late {
namespace {

[[noreturn]] void give_up(const std::string& what) {
    const std::string said = fmt::format(
        "error: {}\nhint: install libcurl4, libpq5 and libhiredis (Debian's names), which "
        "operations need\n",
        what);
    [[maybe_unused]] const auto written = write(STDERR_FILENO, said.data(), said.size());
    std::abort();
}

// Never closed: what they registered (exit handlers, thread-local storage) outlives any caller.
void* open(const char* soname) {
    static std::mutex guard;
    static std::map<std::string, void*, std::less<>> opened;
    const std::lock_guard lock(guard);
    void*& library = opened[soname];
    if (library == nullptr) library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) give_up(dlerror());
    return library;
}

}  // namespace

void* find(const char* soname, const char* name) {
    void* const found = dlsym(open(soname), name);
    if (found == nullptr) give_up(fmt::format("{} has no function {}", soname, name));
    return found;
}

}  // namespace sg::late
