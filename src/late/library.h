// A shared library that is opened when it is first used, not when the program starts.
//
// libcurl and libpq bring thirty libraries with them, and only operations need them: a gateway that
// has to be back within milliseconds must not wait for its loader to map them. curl.cc and pq.cc
// define those of their functions that we call; callers include the library's own header.
#pragma once

namespace sg::late {

// Where `name` of `soname` is. Ends the program, with what to install, where either is not there:
// the package depends on both, so that is a broken installation and nothing that code could mend.
void* find(const char* soname, const char* name);

}  // namespace sg::late

// Defines `name` as what the library's own function of that name does. Looked up once.
#define SG_LATE(soname, result, name, parameters, arguments)                    \
    extern "C" result name parameters {                                         \
        static const auto found =                                               \
            reinterpret_cast<decltype(&name)>(::sg::late::find(soname, #name)); \
        return found arguments;                                                 \
    }
