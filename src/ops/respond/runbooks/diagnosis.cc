#include "ops/respond/runbooks/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>

#include "ops/respond/runbooks/expression.h"

namespace sg::runbooks {

namespace {

Part sum_of(const std::vector<Part>& parts) {
    Part sum;
    for (const auto& part : parts) {
        sum.wrong += part.wrong;
        sum.requests += part.requests;
    }
    return sum;
}

double rate_of(const Part& part) {
    return part.requests == 0
               ? 0
               : static_cast<double>(part.wrong) / static_cast<double>(part.requests);
}

std::string percent(double share) { return to_text(Quantity{share, Measure::share}); }

std::string chance_text(double p) {
    if (p < 1e-12) return "p < 1e-12";
    return fmt::format("p = {:.1g}", p);
}

Suspect::Kind kind_of(Dimension dimension) {
    switch (dimension) {
        case Dimension::endpoint: return Suspect::Kind::endpoint;
        case Dimension::version: return Suspect::Kind::version;
        case Dimension::route: return Suspect::Kind::route;
    }
    return Suspect::Kind::version;
}

// The parts of a dimension that stand out, worst first.
std::vector<Suspect> outstanding(Dimension dimension, const std::vector<Part>& parts) {
    std::vector<Suspect> found;
    const auto sum = sum_of(parts);
    for (const auto& part : parts) {
        const Part others{"", sum.wrong - part.wrong, sum.requests - part.requests};
        if (part.wrong == 0 || others.requests == 0) continue;
        Suspect suspect{.kind = kind_of(dimension),
                        .name = part.name,
                        .share = static_cast<double>(part.wrong) / static_cast<double>(sum.wrong),
                        .rate = rate_of(part),
                        .elsewhere = rate_of(others),
                        .p = chance(part, others)};
        const bool stands_out = suspect.p < p_most && suspect.share >= share_least &&
                                suspect.rate >= times_least * suspect.elsewhere;
        if (!stands_out) continue;
        suspect.evidence =
            fmt::format("{} of its requests go wrong, {} elsewhere ({})", percent(suspect.rate),
                        percent(suspect.elsewhere), chance_text(suspect.p));
        found.push_back(std::move(suspect));
    }
    std::ranges::sort(found, std::greater{}, &Suspect::share);
    return found;
}

const Change* last_change(const Picture& picture, const std::string& version) {
    const Change* last = nullptr;
    for (const auto& change : picture.changes) {
        const bool in_time =
            change.at <= picture.began && change.at > picture.began - before_it_began;
        if (!in_time || (!version.empty() && change.version != version)) continue;
        if (last == nullptr || change.at >= last->at) last = &change;
    }
    return last;
}

}  // namespace

double chance(const Part& part, const Part& others) {
    const auto wrong = static_cast<double>(part.wrong + others.wrong);
    const auto all = static_cast<double>(part.requests + others.requests);
    if (part.wrong <= 0 || all <= 0 || others.requests <= 0) return 1;
    const boost::math::binomial_distribution<double> fair(wrong,
                                                          static_cast<double>(part.requests) / all);
    return boost::math::cdf(boost::math::complement(fair, static_cast<double>(part.wrong) - 1));
}

std::string_view word(Suspect::Kind kind) {
    switch (kind) {
        case Suspect::Kind::endpoint: return "endpoint";
        case Suspect::Kind::version: return "version";
        case Suspect::Kind::route: return "route";
        case Suspect::Kind::need: return "dependency";
        case Suspect::Kind::change: return "change";
    }
    return "";
}

std::vector<Suspect> suspects(const Picture& picture) {
    std::vector<Suspect> all;
    const auto add = [&](std::vector<Suspect> found) {
        for (auto& suspect : found) all.push_back(std::move(suspect));
    };
    // A version with one endpoint is both: then it is the version, if there is another.
    auto versions = outstanding(Dimension::version, picture.versions);
    auto endpoints = outstanding(Dimension::endpoint, picture.endpoints);
    const bool same = !versions.empty() && !endpoints.empty() &&
                      endpoints.front().share <= versions.front().share + 1e-9 &&
                      endpoints.front().rate <= versions.front().rate * 1.05;
    if (!same) add(std::move(endpoints));
    for (auto& version : versions)
        if (const auto* change = last_change(picture, version.name)) {
            version.change = change->seq;
            version.evidence += fmt::format("; {}", change->what);
        }
    add(std::move(versions));
    for (const auto& need : picture.needs)
        all.push_back({.kind = Suspect::Kind::need, .name = need, .evidence = "it fails as well"});
    add(outstanding(Dimension::route, picture.routes));
    if (const auto* change = last_change(picture, {}); change != nullptr && all.empty())
        all.push_back({.kind = Suspect::Kind::change,
                       .name = change->what,
                       .change = change->seq,
                       .evidence = "the last change before it began"});
    return all;
}

}  // namespace sg::runbooks
