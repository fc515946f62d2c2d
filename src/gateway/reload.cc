// Reload: a new configuration is made ready beside the old one; if that succeeds each worker swaps
// one pointer. Nothing that is under way notices. If it fails nothing changes, and the reason is
// told.
#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/load.h"
#include "gateway/gateway.h"

namespace sg::gateway {

using runtime::Task;

// Resumes when every worker has done it.
Task<void> Gateway::on_all_workers(std::function<void(Worker&)> what) {
    struct Round {
        runtime::Loop& loop;
        std::size_t left;
        std::coroutine_handle<> waiting;
        bool await_ready() const noexcept { return left == 0; }
        void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
        void await_resume() const noexcept {}
    };
    Round round{loop_, workers_.size(), {}};
    for (const auto& worker : workers_) {
        worker->loop().post([this, w = worker.get(), what, &round] {
            what(*w);
            loop_.post([&round] {
                if (--round.left == 0) round.waiting.resume();
            });
        });
    }
    co_await round;
}

Result<std::shared_ptr<const Compiled>> Gateway::prepare() {
    TRY(config::Snapshot config, config::load_file(options_.config_file));
    TRY(auto compiled, compile(std::move(config), state_, shared_));
    // New addresses are bound before anything changes: one that is taken refuses the whole reload.
    std::vector<Bound> fresh;
    for (const auto& spec : compiled->listeners) {
        const bool have =
            std::ranges::any_of(bound_, [&](const Bound& b) { return b.address == spec.address; });
        if (have) continue;
        TRY(auto fds, runtime::listen_group(spec.address, workers_.size()));
        fresh.push_back({spec.address, std::move(fds)});
    }
    config::Config effective = *compiled->snapshot;
    effective.state = state_;
    TRY_VOID(log_->configure(AccessLog::options_of(effective)));
    for (auto& bound : fresh) bound_.push_back(std::move(bound));
    return compiled;
}

Task<void> Gateway::put_to_use(std::shared_ptr<const Compiled> compiled) {
    const auto before = std::exchange(compiled_, compiled);
    config_ = compiled->snapshot;
    co_await on_all_workers([compiled](Worker& w) { w.adopt(compiled); });
    endpoints_->configure(compiled_, book_->in_force());
    checker_->forget_others(*compiled_);
    const auto has = [](const Compiled& c, const SocketAddress& address) {
        return std::ranges::any_of(c.listeners,
                                   [&](const auto& spec) { return spec.address == address; });
    };
    for (const auto& bound : bound_) {
        if (!has(*before, bound.address)) hand_listeners_to_workers(bound);
        if (!has(*compiled, bound.address))
            post_to_workers([address = bound.address](Worker& w) { w.stop_listening(address); });
    }
    std::erase_if(bound_, [&](const Bound& b) { return !has(*compiled, b.address); });
    tell_handover();
    ::malloc_trim(0);  // A configuration comes and goes in many small pieces: a hundred reloads
                       // must not add up.
}

Task<Result<std::string>> Gateway::reload() {
    if (reloading_) co_return fail(Errc::conflict, "a reload is under way", "try again");
    reloading_ = true;
    notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n", steady_now().ns / 1000));
    auto compiled = prepare();
    if (compiled) {
        co_await put_to_use(std::move(*compiled));
        ++reloads_;
        loaded_at_ = wall_now();
        config_print_ = print_of(options_.config_file);
        last_reload_ = fmt::format("ok at {}", to_rfc3339(loaded_at_));
        spdlog::info("configuration {} is in force", config_print_);
    } else {
        ++reloads_refused_;
        last_reload_ =
            fmt::format("refused at {}: {}", to_rfc3339(wall_now()), compiled.error().what);
        spdlog::error("reload refused, nothing has changed\n{}", compiled.error().what);
    }
    notify(fmt::format("READY=1\nSTATUS=serving, configuration {}\n", config_print_));
    reloading_ = false;
    if (!compiled) co_return std::unexpected(compiled.error());
    co_return config_print_;
}

// --- directives ----------------------------------------------------------------------------------

Gateway::Expiry::Expiry(Gateway& g)
    : Timer([](Timer& timer) { static_cast<Expiry&>(timer).gateway.expire_directives(); }),
      gateway(g) {}

void Gateway::say_directives() {
    post_to_workers([in_force = book_->in_force()](Worker& w) { w.set_directives(in_force); });
    const Instant next = book_->next_expiry();
    if (next == Instant::never()) expiry_.disarm();
    else loop_.arm(expiry_, loop_.after(std::max(next - wall_now(), Duration::zero())));
}

void Gateway::expire_directives() {
    const bool ended = book_->expire(wall_now());
    if (ended) endpoints_->set_directives(book_->in_force());
    say_directives();
}

}  // namespace sg::gateway
