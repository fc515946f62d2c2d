// Faults that are injected on purpose, for drills: a closed list of kinds, as verbs are. Every one
// of them undoes itself: in the data path by its expiry, in a database because its session ends.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"
#include "base/time.h"

namespace sg::ports {

struct Fault {
    std::string kind;  // `gateway.answer`
    std::map<std::string, std::string> with;
    bool operator==(const Fault&) const = default;
};
void describe(Visitor& v, Fault& fault);

struct FaultAbout {
    std::string_view kind;
    std::string_view sentence;  // `{share} of {service} {version} is answered {status}`
    std::string_view needed;    // Parameters, separated by spaces.
    std::string_view optional;
    std::string_view ends;  // What takes it back if nobody does: for people.
};

std::span<const FaultAbout> faults();
const FaultAbout* find_fault(std::string_view kind);  // Null: there is none.

// Its kind is known, and so is every parameter; values are of the form that they should have.
Result<void> check(const Fault& fault);
std::string sentence_of(const Fault& fault);

struct FaultOrder {
    std::string id;  // `drill-7.1`
    Fault fault;
    std::string reason;
    Instant expires_at;  // It is gone by then, whatever happens to who ordered it.
};

class Injector {
  public:
    virtual ~Injector() = default;

    // How it is taken back, in a form that lift() reads; recorded before anything is injected.
    // Error: it cannot be injected here, so it is not begun.
    virtual Result<std::string> prepare(const FaultOrder& order, Instant now) const = 0;

    // Blocks, at most 10 s. Returns what was done, for people.
    virtual Result<std::string> inject(const FaultOrder& order, Instant now) const = 0;

    // Lifted already, or never injected: no error.
    virtual Result<std::string> lift(const FaultOrder& order, const std::string& undo,
                                     Instant now) const = 0;
};

}  // namespace sg::ports
