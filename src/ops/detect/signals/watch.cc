#include "ops/detect/signals/watch.h"

#include <algorithm>

namespace sg::signals {

namespace {

bool is_same(const Lookout& a, const Lookout& b) {
    const auto& x = a.target;
    const auto& y = b.target;
    return a.kind == b.kind && a.name == b.name && a.every == b.every && x.kind == y.kind &&
           x.target == y.target && x.timeout == y.timeout && x.status_from == y.status_from &&
           x.status_to == y.status_to && x.contains == y.contains &&
           x.expires_within == y.expires_within;
}

ports::ProbeTarget::Kind kind_of(config::Need::Kind kind) {
    using To = ports::ProbeTarget::Kind;
    using From = config::Need::Kind;
    switch (kind) {
        case From::postgres: return To::postgres;
        case From::redis: return To::redis;
        case From::http: return To::http;
        case From::tcp: return To::tcp;
        case From::dns: return To::dns;
        case From::tls: return To::tls;
    }
    return To::tcp;
}

}  // namespace

Lookout lookout_of(const config::Probe& probe) {
    return {.kind = Lookout::Kind::probe,
            .name = probe.name,
            .target = {.kind = ports::ProbeTarget::Kind::http,
                       .target = probe.url,
                       .timeout = probe.timeout,
                       .status_from = static_cast<int>(probe.status_from),
                       .status_to = static_cast<int>(probe.status_to),
                       .contains = probe.contains},
            .every = probe.every};
}

Lookout lookout_of(const config::Need& need) {
    return {.kind = Lookout::Kind::need,
            .name = need.name,
            .target = {.kind = kind_of(need.kind),
                       .target = need.target,
                       .timeout = need.timeout,
                       .expires_within = need.expires_within},
            .every = need.every};
}

Watch::~Watch() { stop(); }

void Watch::set(std::vector<Lookout> lookouts) {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<Job>> jobs;
    for (auto& lookout : lookouts) {
        const auto known = std::ranges::find_if(
            jobs_, [&](const auto& job) { return is_same(job->lookout, lookout); });
        if (known != jobs_.end()) {
            jobs.push_back(*known);
        } else {
            jobs.push_back(std::make_shared<Job>());
            jobs.back()->lookout = std::move(lookout);
            jobs.back()->due = ports_.clock.steady();
        }
    }
    jobs_ = std::move(jobs);
    while (!stopping_ && threads_.size() < std::min(threads_max, jobs_.size()))
        threads_.emplace_back([this] { work(); });
    changed_.notify_all();
}

void Watch::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

std::shared_ptr<Watch::Job> Watch::next(std::unique_lock<std::mutex>& lock) {
    while (!stopping_) {
        std::shared_ptr<Job> first;
        for (const auto& job : jobs_)
            if (!job->is_running && (first == nullptr || job->due < first->due)) first = job;
        if (first == nullptr) {
            changed_.wait(lock);
            continue;
        }
        const auto left = first->due - ports_.clock.steady();
        if (left <= 0s) return first;
        changed_.wait_for(lock, left);
    }
    return nullptr;
}

void Watch::work() {
    std::unique_lock lock(mutex_);
    while (const auto job = next(lock)) {
        job->is_running = true;
        const auto begun = ports_.clock.steady();
        lock.unlock();
        perform(*job);
        lock.lock();
        job->is_running = false;
        // One that took longer than its rhythm is not made up for.
        job->due = std::max(begun + job->lookout.every, ports_.clock.steady());
        changed_.notify_one();
    }
}

// Without the lock: only the thread that runs a job changes it, and takes the lock to do so.
void Watch::perform(Job& job) {
    switch (job.lookout.kind) {
        case Lookout::Kind::probe:
        case Lookout::Kind::need: return look_at(job);
        case Lookout::Kind::outside: return ask_outside(job);
        case Lookout::Kind::services: return look_at_services();
    }
}

void Watch::look_at(Job& job) {
    const auto begun = ports_.clock.steady();
    const auto result = ports_.prober.look(job.lookout.target, ports_.clock.wall());
    const Look look{.health = result ? Health::well : Health::ill,
                    .took = ports_.clock.steady() - begun,
                    .what = result ? std::string() : result.error().what,
                    .at = ports_.clock.wall()};
    const std::scoped_lock lock(mutex_);
    job.look = look;
}

void Watch::ask_outside(Job& job) {
    const auto& target = job.lookout.target;
    const auto answer = ports_.promql.ask(target.target, job.lookout.name, target.timeout);
    const std::scoped_lock lock(mutex_);
    if (!answer) {
        ++job.misses;
        return;
    }
    job.misses = 0;
    job.samples.clear();
    for (const auto& sample : *answer) job.samples.push_back({sample.labels, sample.value});
}

void Watch::look_at_services() {
    auto use = ports_.services.look();
    if (!use) return;  // Somebody else runs them; what they use stays unknown.
    const std::scoped_lock lock(mutex_);
    use_ = std::move(*use);
}

void Watch::fill(Second& second) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& job : jobs_) {
        const auto& name = job->lookout.name;
        const bool is_need = job->lookout.kind == Lookout::Kind::need;
        if (job->look) (is_need ? second.needs : second.probes)[name] = *job->look;
        if (job->lookout.kind == Lookout::Kind::outside && job->misses < outside_misses_max)
            second.outside[name] = job->samples;
    }
}

ports::ServiceUse Watch::services() const {
    const std::scoped_lock lock(mutex_);
    return use_;
}

}  // namespace sg::signals
