#include "ops/learn/kpis/model.h"

namespace sg::kpis {

void describe(Visitor& v, Within& w) {
    v.field({.key = "limit_seconds"}, w.limit_seconds);
    v.field({.key = "share"}, w.share);
}

void describe(Visitor& v, Distribution& d) {
    v.field({.key = "n"}, d.n);
    v.field({.key = "median_seconds"}, d.median_seconds);
    v.field({.key = "median_low_seconds"}, d.median_low_seconds);
    v.field({.key = "median_high_seconds"}, d.median_high_seconds);
    v.field({.key = "p90_seconds"}, d.p90_seconds);
    v.field({.key = "geometric_mean_seconds"}, d.geometric_mean_seconds);
    v.field({.key = "mean_seconds"}, d.mean_seconds);
    v.field({.key = "within"}, d.within);
}

void describe(Visitor& v, Phase& p) {
    v.field({.key = "name"}, p.name);
    v.field({.key = "what"}, p.what);
    v.field({.key = "took"}, p.took);
    v.field({.key = "target_seconds"}, p.target_seconds);
    v.field({.key = "verdict"}, p.verdict);
}

void describe(Visitor& v, Figure& f) {
    v.field({.key = "name"}, f.name);
    v.field({.key = "unit"}, f.unit);
    v.field({.key = "value"}, f.value);
    v.field({.key = "is_more"}, f.is_more);
    v.field({.key = "low"}, f.low);
    v.field({.key = "high"}, f.high);
    v.field({.key = "target"}, f.target);
    v.field({.key = "verdict"}, f.verdict);
    v.field({.key = "basis"}, f.basis);
}

void describe(Visitor& v, Clock& c) {
    v.field({.key = "name"}, c.name);
    v.field({.key = "kept"}, c.kept);
    v.field({.key = "missed"}, c.missed);
}

void describe(Visitor& v, Bar& b) {
    v.field({.key = "below_seconds"}, b.below_seconds);
    v.field({.key = "count"}, b.count);
}

void describe(Visitor& v, Report& r) {
    v.field({.key = "from"}, r.from);
    v.field({.key = "to"}, r.to);
    v.field({.key = "service"}, r.service);
    v.field({.key = "team"}, r.team);
    v.field({.key = "incidents"}, r.incidents);
    v.field({.key = "read"}, r.read);
    v.field({.key = "open"}, r.open);
    v.field({.key = "detected_by_us"}, r.detected_by_us);
    v.field({.key = "failures"}, r.failures);
    v.field({.key = "by_severity"}, r.by_severity);
    v.field({.key = "phases"}, r.phases);
    v.field({.key = "figures"}, r.figures);
    v.field({.key = "clocks"}, r.clocks);
    v.field({.key = "mitigated"}, r.mitigated);
    v.field({.key = "over_time"}, r.over_time);
    v.field({.key = "incidents_least"}, r.incidents_least);
}

}  // namespace sg::kpis
