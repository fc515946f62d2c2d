// What may be done to help users: that its bounds do not contradict each other.
#include <fmt/format.h>

#include "config/check.h"

namespace sg::config {

void check_mitigation(const Config& config, Findings& findings) {
    const auto& m = config.operations.mitigation;
    if (m.expires > m.expires_most)
        findings.fail(findings.was_said("mitigation.expires") ? "mitigation.expires"
                                                              : "mitigation.expires_most",
                      fmt::format("what nobody says lasts {}, longer than anybody may ask for ({})",
                                  to_text(m.expires), to_text(m.expires_most)),
                      "exchange them, or make `expires_most` longer");
    if (m.per_hour > m.per_service && findings.was_said("mitigation.per_service") &&
        findings.was_said("mitigation.per_hour"))
        findings.fail("mitigation.per_hour",
                      fmt::format("a verb may be used {} times an hour, but on no service more "
                                  "than {} times",
                                  m.per_hour, m.per_service),
                      "make `per_service` at least as large");
    for (const auto& [name, verb] : m.verbs) {
        const bool destroys = name == "clear_cache" || name == "cancel_query";
        if (destroys && verb.mode == MitigationMode::automatic)
            findings.fail(fmt::format("mitigation.verbs.{}", name),
                          fmt::format("`{}` destroys something and is never automatic", name),
                          "write `propose`: another person must approve it");
    }
}

}  // namespace sg::config
