// Fills and measures a store through its own code: what `bench/ledger`, `bench/ledger_verify` and
// `bench/incident_list` are made of. Prints one line of JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "config/model.h"
#include "ops/respond/incidents/commands.h"
#include "ops/spine.h"
#include "store/ledger.h"

namespace {

using namespace sg;

constexpr std::int64_t batch = 1000;  // Records in a transaction when filling.
constexpr Instant began{1'700'000'000'000'000'000};

struct Wish {
    std::string store;
    std::int64_t records = 10'000;
};

// What a record of a page looks like: two subjects and about 300 bytes of content.
store::NewEntry entry(std::int64_t number) {
    const auto incident = number / 20 + 1;
    return {
        .recorded_at = began + number * 37ms,
        .kind = number % 3 == 0 ? "page.sent" : "notification.delivered",
        .who = "system",
        .origin = "spine",
        .cause = number > 0 ? std::optional(number) : std::nullopt,
        .subjects = {fmt::format("incident:{}", incident), fmt::format("page:{}", number % 7)},
        .payload = fmt::format(
            R"({{"id":"{0}:ana:mail","person":"ana","channel":"mail","told":"SEV-1 catalog: 62 % )"
            R"(of requests fail since 03:14:07 UTC+01:00 (38 s), incident {1}","attempt":1,)"
            R"("detail":"250 2.0.0 Ok: queued as 4X{0:08}","after":"412ms","note":"likely v2: )"
            R"(97 % of the failures; eu-2 was changed 4 min before"}})",
            number, incident)};
}

Result<void> add_records(store::Session& session, std::int64_t from, std::int64_t to) {
    TRY(auto tx, store::Tx::begin(session));
    for (auto i = from; i < to; ++i) {
        TRY([[maybe_unused]] const auto done, store::append(tx, entry(i)));
    }
    return tx.commit();
}

Result<std::unique_ptr<store::Session>> open(const Wish& wish) {
    TRY(auto session, store::Session::open(wish.store));
    TRY_VOID(store::migrate(*session));
    return session;
}

Result<std::string> fill(const Wish& wish) {
    TRY(const auto session, open(wish));
    const Tick start = steady_now();
    for (std::int64_t at = 0; at < wish.records; at += batch)
        TRY_VOID(add_records(*session, at, std::min(at + batch, wish.records)));
    const auto seconds = static_cast<double>((steady_now() - start).count()) / 1e9;
    return fmt::format(R"({{"records":{},"seconds":{:.2f}}})", wish.records, seconds);
}

// A durable commit for each record.
Result<std::string> append(const Wish& wish) {
    TRY(const auto session, open(wish));
    TRY(const auto before, store::head(*session));
    std::vector<Duration> each;
    const Tick start = steady_now();
    for (std::int64_t i = 0; i < wish.records; ++i) {
        const Tick one = steady_now();
        TRY_VOID(add_records(*session, before.seq + i, before.seq + i + 1));
        each.push_back(steady_now() - one);
    }
    const auto seconds = static_cast<double>((steady_now() - start).count()) / 1e9;
    std::ranges::sort(each);
    const auto at = [&](double part) {
        const auto place = static_cast<std::size_t>(part * static_cast<double>(each.size() - 1));
        return static_cast<double>(each[place].count()) / 1e6;
    };
    return fmt::format(
        R"({{"records":{},"per_second":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})",
        wish.records, static_cast<double>(wish.records) / seconds, at(0.5), at(0.99), at(1));
}

// --- incidents -----------------------------------------------------------------------------------

// Of one incident in a hundred nothing has happened since; the others are over.
Result<void> add_incident(const ops::Turn& turn, std::int64_t number) {
    const ops::Actor ana{"ana", "cli"};
    TRY(const auto id, incidents::declare(turn, ana,
                                          {.title = fmt::format("service-{}: {} % of requests fail",
                                                                number % 60, number % 90),
                                           .severity = number % 4 + 1,
                                           .service = fmt::format("service-{}", number % 60)}));
    using incidents::Verb;
    for (const auto verb : {Verb::acknowledge, Verb::mitigate, Verb::resolve, Verb::close})
        if (number % 100 != 0) TRY_VOID(incidents::act(turn, id, {verb, ana, "a drill"}));
    return {};
}

Result<std::string> fill_incidents(const Wish& wish) {
    TRY(const auto session, open(wish));
    const config::Config config;
    const Tick start = steady_now();
    for (std::int64_t at = 0; at < wish.records; at += batch) {
        TRY(auto tx, store::Tx::begin(*session));
        for (auto i = at; i < std::min(at + batch, wish.records); ++i) {
            const ops::Turn turn{tx, began + i * 60s, config, ops::spine().folds, std::nullopt};
            TRY_VOID(add_incident(turn, i));
        }
        TRY_VOID(tx.commit());
    }
    const auto seconds = static_cast<double>((steady_now() - start).count()) / 1e9;
    return fmt::format(R"({{"incidents":{},"seconds":{:.2f}}})", wish.records, seconds);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("fills and measures a store through its own code");
    Wish wish;
    Result<std::string> (*chosen)(const Wish&) = nullptr;
    const auto add = [&](const char* name, const char* about, auto* what) {
        auto* const command = app.add_subcommand(name, about);
        command->add_option("--store", wish.store, "sqlite:FILE or postgres://…")->required();
        command->add_option("--records", wish.records, "how many");
        command->callback([&chosen, what] { chosen = what; });
    };
    add("append", "a durable commit for each record, timed", append);
    add("fill", "many records, in large transactions", fill);
    add("incidents", "many incidents, most of them over", fill_incidents);
    app.require_subcommand(1);
    CLI11_PARSE(app, argc, argv);
    const auto done = chosen(wish);
    if (!done) {
        fmt::print(stderr, "error: {}\n", done.error().message());
        return 1;
    }
    fmt::print("{}\n", *done);
    return 0;
}
