#include "pulse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "ops/respond/notify/people.h"
#include "ops/respond/oncall/ask.h"
#include "platform/host/machine.h"
#include "platform/notify/perform.h"
#include "store/durability.h"

namespace sg::app {

namespace {

using Word = ops::Outage::Word;

// The first that is said, with all that is known of it.
void add(std::string& to, const std::string& what) {
    if (!what.empty()) to += (to.empty() ? "" : "; ") + what;
}

ports::Message message_of(Word word, const std::string& why, Duration lasted, Instant now) {
    const bool is_broken = word == Word::broken;
    ports::Topic topic{.severity = 1, .title = "operations cannot record anything"};
    topic.headline =
        is_broken ? fmt::format("SEV-1 operations cannot record anything since {} s", lasted / 1s)
                  : std::string("mended: operations record again");
    topic.since = now - lasted;
    if (!is_broken) topic.ended = now;
    if (is_broken) {
        topic.facts = {{"why", why.empty() ? "the store does not answer" : why},
                       {"impact", "no incident is declared, nobody is paged; traffic goes on"},
                       {"next", "streamgate status; free the disk, or bring back the database"}};
    }
    ports::Message message{
        .kind = is_broken ? ports::Message::Kind::page : ports::Message::Kind::mitigated,
        .subject = topic.headline,
        .text = topic.headline + "\n",
        .at = now};
    for (const auto& fact : topic.facts)
        message.text += fmt::format("{:<11}{}\n", fact.name, fact.value);
    message.topics = {std::move(topic)};
    return message;
}

std::vector<std::string> everyone(const config::Operations& operations) {
    std::set<std::string> people;
    for (const auto& [name, team] : operations.teams)
        for (const auto& level : team.oncall.levels) people.insert(level.begin(), level.end());
    return {people.begin(), people.end()};
}

}  // namespace

Pulse::Pulse(World world) : world_(std::move(world)), outage_(steady_now()) {
    beating_ = std::thread([this] { beat_until_stopped(); });
    watching_ = std::thread([this] { watch_until_stopped(); });
}

Pulse::~Pulse() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    beating_.join();
    watching_.join();
}

alerts::Durability Pulse::durability() const {
    const std::lock_guard lock(mutex_);
    auto found = seen_;
    if (outage_.is_in_sight(steady_now())) {
        found.store_is_durable = false;
        add(found.why, outage_.why());
    }
    return found;
}

bool Pulse::nap(Duration length) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, length, [this] { return stopping_; });
}

void Pulse::beat_until_stopped() {
    do beat();
    while (nap(every));
}

// A number of its own, counted up: the least that has to reach the disk.
void Pulse::beat() {
    // Another process leads, and beats: this one has nothing to record.
    if (const auto standing = world_.writer.standing();
        !standing.leads && standing.trouble.empty()) {
        const std::lock_guard lock(mutex_);
        return outage_.recorded(steady_now());
    }
    store::Durability found;
    const auto done = world_.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY([[maybe_unused]] const auto number, ops::next_number(turn.tx, "pulse"));
        TRY(found, store::durability(turn.tx.session()));
        return {};
    });
    const auto disk = platform::host::look_at_disk(world_.state);
    {
        const std::lock_guard lock(mutex_);
        seen_ = {};
        if (!done) {
            outage_.failed(steady_now(), done.error().message());
        } else {
            outage_.recorded(steady_now());
            had_replica_ = had_replica_ || found.replicas > 0;
            seen_.replica_is_lost = found.replicas == 0 && (had_replica_ || found.wants_replica);
            seen_.replica_lag = found.lag;
        }
        seen_.store_is_durable = found.weakness.empty() && disk.read_only.empty();
        seen_.disk_fails = !disk.fails.empty();
        for (const auto& what : {found.weakness, disk.read_only, disk.fails}) add(seen_.why, what);
    }
    if (done) remember_people(wall_now());
}

// While they can be looked up: later they may have to be told without that.
void Pulse::remember_people(Instant now) {
    if (now - people_at_ < people_every) return;
    people_at_ = now;
    std::set<std::string> people;
    const auto found = world_.writer.run([&](const ops::Turn& turn) -> Result<void> {
        for (const auto& [name, team] : turn.config.operations.teams) {
            TRY(const auto crew, oncall::crew_of(turn.tx.session(), turn.config, name, turn.now));
            for (const auto& level : crew.on_call) people.insert(level.begin(), level.end());
        }
        return {};
    });
    if (!found) return;
    const std::lock_guard lock(mutex_);
    on_call_.assign(people.begin(), people.end());
}

void Pulse::watch_until_stopped() {
    while (nap(1s)) {
        Word word;
        {
            const std::lock_guard lock(mutex_);
            word = outage_.look(steady_now());
        }
        if (word != Word::nothing) tell(word);
    }
}

// By every channel to whoever was on call: without the store nothing is known of who has heard it.
void Pulse::tell(Word word) {
    const auto config = world_.config();
    const auto& operations = config->operations;
    std::vector<std::string> people;
    ports::Message message;
    {
        const std::lock_guard lock(mutex_);
        people = on_call_.empty() ? everyone(operations) : on_call_;
        message = message_of(word, outage_.why(), outage_.lasted(steady_now()), wall_now());
    }
    spdlog::error("{} · told past the ledger: {}", message.subject, fmt::join(people, ", "));
    for (const auto& person : people)
        for (const auto& channel : notify::channels_of(person, operations, {})) {
            message.channel = channel;
            message.person = person;
            message.to = notify::address_of(person, channel, operations);
            message.key = fmt::format("outage-{}-{}", message.at.ns / 1'000'000'000, person);
            const auto sent = platform::notify::perform(message, {operations, world_.state});
            if (sent.outcome != ports::Delivery::Outcome::delivered)
                spdlog::error("{} was not told by {}: {}", person, channel, sent.detail);
        }
}

}  // namespace sg::app
