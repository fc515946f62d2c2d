// Whether what was done helps, does nothing, or does harm: by the signals that fired, and meanwhile
// by the requests themselves. Pure.
//
// Clearly worse is not a hunch: the chance that the requests since are like those before must be
// below one in ten thousand (exact binomial), the difference must be one that users feel, and what
// happened to traffic that was not touched is not blamed on it.
#pragma once

#include <string>

#include "ops/respond/mitigation/model.h"

namespace sg::mitigation {

// Requests of a span, and those that failed or were slower than their objective.
struct Span {
    std::int64_t requests = 0;
    std::int64_t wrong = 0;
};
double share_of(const Span& span);

struct Sight {
    bool has_signals = false;  // An incident with alerts says when it is over.
    Instant cleared_at = Instant::never();
    bool condition = false;             // The runbook's own condition is asked...
    Instant met_at = Instant::never();  // ...and has held since.
    Span usual;                         // Before the trouble began.
    Span before;                        // While it lasted, until it was carried out.
    Span after;                         // The last seconds.
    Span lately;                        // As long as it must hold.
    bool lately_whole = false;          // All of it was after it was carried out.
    double worst_lately = 0;            // Share of the worst few seconds of it.
    Span others_before;                 // Traffic that was not touched.
    Span others_after;
    double refused = 0;  // The share of requests that it refuses by intention.
};

enum class Verdict : std::uint8_t { wait, verified, unhelpful, harmful };
struct Judged {
    Verdict verdict = Verdict::wait;
    std::string why;
};
// The share of requests that an act refuses by intention: that says nothing about harm. Of a limit
// and of a client nobody knows beforehand how much it is; more than half is nobody's intention.
double meant_to_refuse(const ports::Act& act);

Judged judge(const Mitigation& mitigation, const Sight& sight, Instant now);

// The chance that the first has so many wrong ones, or more, if it were like the second.
double chance(const Span& one, const Span& other);

inline constexpr Duration settle = 1s;        // What was on its way is not counted.
inline constexpr Duration looked_back = 30s;  // Before it was carried out.
inline constexpr Duration looked_at = 10s;    // The last seconds.
inline constexpr Duration watched = 5min;     // For harm, after it was verified.

}  // namespace sg::mitigation
