// How the past is asked: a span is cut into the largest buckets that fit, finest at its ends.
#include <algorithm>
#include <functional>

#include "ops/detect/signals/rollup.h"

namespace sg::signals {

namespace {

const Tier& row(int tier) { return tiers[static_cast<std::size_t>(tier)]; }

// Shorter spans are few buckets: not worth keeping.
constexpr Duration window_least = 5min;

using Missing = std::set<BlockKey>;

// Computes under the lock; what is missing is read without it, and everything computed again.
// Bound: a round more for each time that another thread has filled the cache meanwhile.
template <class Answer>
Answer with_all_blocks(std::mutex& mutex, const std::function<Answer(Missing&)>& compute,
                       const std::function<bool(const Missing&)>& load) {
    for (;;) {
        Missing missing;
        {
            const std::scoped_lock lock(mutex);
            Answer answer = compute(missing);
            if (missing.empty()) return answer;
        }
        if (!load(missing)) {  // The database cannot be read: what there is in memory.
            const std::scoped_lock lock(mutex);
            return compute(missing);
        }
    }
}

Instant floored_to(Duration length, Instant at) {
    const auto over = at.ns % length.count();
    return {at.ns - (over < 0 ? over + length.count() : over)};
}

}  // namespace

// The finest that is promised at this age.
int Rollup::tier_held(Instant at) const {
    if (at >= begun_ && at >= closed_ - row(0).keep) return 0;
    int tier = stored_first;
    while (tier < tier_count - 1 && at < closed_ - row(tier).keep) ++tier;
    return tier;
}

Rollup::Span Rollup::aligned(Instant from, Instant to) const {
    return {floored(tier_held(from), from), std::min(raised(tier_held(to), to), furthest_)};
}

// The coarsest bucket that begins at `at` and holds nothing from beyond `to`.
int Rollup::tier_for(Instant at, Instant to) const {
    for (int tier = tier_count - 1; tier >= stored_first; --tier)
        if (floored(tier, at) == at && std::min(at + row(tier).bucket, furthest_) <= to)
            return tier;
    const bool in_memory = at >= begun_ && at >= closed_ - row(0).keep - row(0).slack;
    return in_memory ? 0 : stored_first;
}

void Rollup::add_bucket(const Series& series, int tier, std::int64_t bucket, Tally& to,
                        Missing& missing) const {
    if (tier == 0) {
        if (const auto tally = series.seconds.at(bucket)) to += *tally;
        return;
    }
    for (const auto* recent : {&series.pending, &series.writing}) {
        const auto& buckets = (*recent)[static_cast<std::size_t>(tier)];
        if (const auto at = buckets.find(bucket); at != buckets.end()) to += at->second;
    }
    if (file_.empty()) return;
    const BlockKey key{series.id, tier, block_of(tier, bucket)};
    const auto block = cached_.find(key);
    if (block == cached_.end()) {
        missing.insert(key);
        return;
    }
    const auto at = block->second->find(bucket);
    if (at == block->second->end()) return;
    if (const auto tally = unpack_tally(at->second)) to += *tally;
}

Tally Rollup::cover(const Series& series, Span span, Missing& missing) const {
    Tally total;
    for (Instant at = span.from; at < span.to;) {
        const int tier = tier_for(at, span.to);
        add_bucket(series, tier, bucket_at(tier, at), total, missing);
        at = floored(tier, at) + row(tier).bucket;
    }
    return total;
}

// Sums of one length over one series follow each other: the last one moves along.
Tally Rollup::recall(const Series& series, Span span, Duration asked, Missing& missing) const {
    if (asked < window_least) return cover(series, span, missing);
    auto& window = windows_[{&series, asked.count()}];
    const bool is_near = window.kept_at != Instant{} && closed_ - window.kept_at < row(0).slack &&
                         window.span.from <= span.from && span.from <= window.span.to &&
                         window.span.to <= span.to;
    Tally tally;
    if (is_near) {
        tally = window.tally;
        tally += cover(series, {window.span.to, span.to}, missing);
        tally -= cover(series, {window.span.from, span.from}, missing);
    } else {
        tally = cover(series, span, missing);
    }
    if (missing.empty()) window = {span, closed_, tally};
    return tally;
}

bool Rollup::load(const Missing& missing) const {
    const std::scoped_lock database(database_);
    std::map<BlockKey, std::shared_ptr<const Block>> loaded;
    for (const auto& key : missing) loaded[key] = std::make_shared<const Block>();
    for (auto first = missing.begin(); session_ != nullptr && first != missing.end();) {
        auto last = first;  // Blocks that follow each other are read at once.
        while (std::next(last) != missing.end() && std::next(last)->series == first->series &&
               std::next(last)->tier == first->tier && std::next(last)->number == last->number + 1)
            ++last;
        auto blocks = rows::blocks(*session_, *first, last->number + 1);
        if (!blocks) return false;
        for (auto& [key, block] : *blocks)
            loaded[key] = std::make_shared<const Block>(std::move(block));
        first = std::next(last);
    }
    const std::scoped_lock lock(mutex_);
    if (cached_.size() + loaded.size() > cached_max) cached_.clear();
    cached_.merge(loaded);
    return true;
}

Tally Rollup::sum(const SeriesName& name, Instant from, Instant to) const {
    const auto compute = [&](Missing& missing) -> Tally {
        const auto at = series_.find(name);
        if (at == series_.end() || from >= to) return {};
        const Span span = aligned(from, to);
        return span.from < span.to ? recall(at->second, span, to - from, missing) : Tally{};
    };
    return with_all_blocks<Tally>(mutex_, compute, [this](const Missing& m) { return load(m); });
}

std::vector<std::pair<Rollup::Span, Tally>> Rollup::steps(const SeriesName& name, Instant from,
                                                          Instant to, Duration step) const {
    using Answer = std::vector<std::pair<Span, Tally>>;
    const auto compute = [&](Missing& missing) -> Answer {
        Answer answer;
        const auto at = series_.find(name);
        if (at == series_.end() || from >= to) return answer;
        const Span span = aligned(from, to);
        const auto finest = row(tier_held(from)).bucket;
        const auto least = std::max(step, (span.to - span.from) / steps_max);
        const auto length = ((least + finest - 1ns) / finest) * finest;
        Instant begin = floored_to(length, span.from);
        for (; begin < span.to; begin = begin + length) {
            auto tally = cover(at->second, {begin, std::min(begin + length, furthest_)}, missing);
            if (tally != Tally{})
                answer.emplace_back(Span{begin, begin + length}, std::move(tally));
        }
        return answer;
    };
    return with_all_blocks<Answer>(mutex_, compute, [this](const Missing& m) { return load(m); });
}

Flow Rollup::service(const std::string& name, Instant from, Instant to) const {
    return flow_of(sum({SeriesKind::service, name}, from, to));
}

Flow Rollup::version(const std::string& name, Instant from, Instant to) const {
    return flow_of(sum({SeriesKind::version, name}, from, to));
}

Flow Rollup::route(const std::string& name, Instant from, Instant to) const {
    return flow_of(sum({SeriesKind::route, name}, from, to));
}

std::vector<History::Bucket> Rollup::buckets(const std::string& service, Instant from, Instant to,
                                             Duration resolution) const {
    std::vector<Bucket> answer;
    for (auto& [span, tally] : steps({SeriesKind::service, service}, from, to, resolution))
        answer.push_back({span.from, span.to - span.from, flow_of(std::move(tally))});
    return answer;
}

std::vector<History::Level> Rollup::levels(const std::string& of, Instant from, Instant to) const {
    std::vector<Level> answer;
    for (const auto& [span, tally] : steps({SeriesKind::level, of}, from, to, 1s))
        answer.push_back({span.to, resources_of(tally)});
    return answer;
}

std::pair<int, int> Rollup::probes(const std::string& service, Instant from, Instant to) const {
    return looks_of(sum({SeriesKind::probe, service}, from, to));
}

// From memory where that has all of it: the file is asked about the past only.
Affected Rollup::affected(const std::string& service, Instant from, Instant to) const {
    const auto begin = floored_to(1min, from).ns / Duration(1min).count();
    const auto end = floored_to(1min, to).ns / Duration(1min).count();
    AffectedAnswer answer(from, to);
    std::set<AffectedMemory::Key> have;
    const AffectedMemory::Key first{service, begin, INT64_MIN};
    const bool all_here = begin >= affected_.complete_from();
    affected_.recall(first, end, answer, have);
    if (all_here || file_.empty()) return answer.take();
    const std::scoped_lock database(database_);
    if (session_ == nullptr) return answer.take();
    // What cannot be read is left out: `distinct` and the counts then say less, never more.
    [[maybe_unused]] const auto read =
        rows::each_affected(*session_, first, end, [&](const auto& minute) {
            if (!have.contains({service, minute.minute, minute.process})) answer.add(minute);
        });
    return answer.take();
}

Second Rollup::latest() const {
    const std::scoped_lock lock(mutex_);
    return *latest_;
}

}  // namespace sg::signals
