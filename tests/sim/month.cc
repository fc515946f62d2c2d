#include "month.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/units.h"
#include "config/load.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/oncall/ask.h"
#include "play.h"

namespace sg::sim {

namespace {

// A shop with a rotation of three, and dee to fall back on.
constexpr std::string_view shop = R"(listen: :8080
services:
  catalog: { endpoints: "10.0.0.1:80", team: shop }
  checkout: { endpoints: "10.0.0.2:80", team: shop }
routes:
  - { path: /catalog/, to: catalog }
  - { path: /checkout/, to: checkout }
people:
  ana: { mail: ana@example.com, zone: Europe/Madrid }
  bo: { mail: bo@example.com, zone: Asia/Singapore }
  cy: { mail: cy@example.com, zone: Europe/London }
  dee: { mail: dee@example.com }
teams:
  shop:
    oncall:
      primary: [ana, bo, cy]
      secondary: [bo, cy, ana]
      backup: [cy, ana, bo]
      zone: Europe/Madrid
    fallback: [dee]
notify:
  mail: { smtp: "smtp://127.0.0.1:2525", from: sg@example.com, test_at: off }
  desk: { kind: terminal, test_at: off }
)";
constexpr std::string_view services[] = {"catalog", "checkout"};
constexpr double rates[] = {200, 40};
constexpr double usual_errors = 0.0005;
constexpr Instant begin{1'792'281'600'000'000'000};  // 2026-10-18: the clocks change a week later.

constexpr Duration quiet = 60s;        // A step while nothing is wrong.
constexpr Duration busy = 1s;          // While something is.
constexpr Duration stays_busy = 3min;  // After something happened.
constexpr double troubles_a_day = 1.5;
constexpr double answers = 0.8;  // Of pages.

// Bounds of detection, with a margin for traffic that varies. Source: issue of the first half of
// the incident loop: 2 s at p99 for half of 100 a second, 4 s for a tenth.
constexpr double fault_least = 0.15;
constexpr Duration declared_within = 10s;
constexpr Duration declared_within_at_low_rates = 90s;
constexpr Duration sent_within = 5s;
constexpr Duration echo = 75min;    // A slow burn speaks of what has been within its window.
constexpr Duration walk_most = 3h;  // Two rounds of the escalation and their patience.

struct Trouble {
    std::string service;
    Duration from{};
    Duration to{};
    Load load;
};

struct Task {  // Of a person.
    Duration at{};
    std::int64_t incident = 0;
    std::string who;
    incidents::Verb verb = incidents::Verb::acknowledge;
};

class Shop {
  public:
    explicit Shop(const Life& life) : life_(life), random_(life.seed) {}

    Month live() {
        const auto loaded = config::load_text(shop, "shop.yaml", {.look_outside = false});
        if (!loaded.config) return failed(loaded.rendered);
        auto made = World::create(
            {.store = life_.store, .config = loaded.config, .start = begin, .chance = &random_});
        if (!made) return failed(made.error().message());
        world_ = std::move(*made);
        make_troubles();
        const Duration end = life_.days * 24h;
        while (world_->elapsed() < end) {
            set_traffic();
            people();
            world_->pass(step());
            read_log();
        }
        judge();
        return std::move(month_);
    }

  private:
    Month failed(const std::string& why) {
        month_.wrong.push_back(why);
        return month_;
    }

    void make_troubles() {
        Duration at = 1h;
        for (;;) {
            at += std::chrono::duration_cast<Duration>(
                std::chrono::duration<double>(random_.waiting(86'400 / troubles_a_day)));
            if (at > life_.days * 24h - 2h) return;
            const auto which = static_cast<std::size_t>(random_.below(2));
            Trouble trouble{.service = std::string(services[which]), .from = at};
            trouble.load = {.rate = rates[which], .errors = usual_errors};
            const double kind = random_.uniform();
            if (kind < 0.4) trouble.load.errors = random_.between(0.5, 1);
            else if (kind < 0.7) trouble.load.errors = random_.between(0.15, 0.5);
            else if (kind < 0.85) trouble.load.errors = random_.between(0.02, 0.06);
            else trouble.load.latency = 900ms;
            at += std::chrono::duration_cast<Duration>(
                std::chrono::duration<double>(random_.between(120, 2400)));
            trouble.to = at;
            troubles_.push_back(trouble);
        }
    }

    void set_traffic() {
        for (std::size_t i = 0; i < std::size(services); ++i)
            world_->gateway().serve(std::string(services[i]),
                                    {.rate = rates[i], .errors = usual_errors});
        for (const auto& trouble : troubles_)
            if (is_on(trouble)) world_->gateway().serve(trouble.service, trouble.load);
    }

    bool is_on(const Trouble& trouble) const {
        return world_->elapsed() >= trouble.from && world_->elapsed() < trouble.to;
    }

    Duration step() const {
        const auto now = world_->elapsed();
        Duration span = now - happened_at_ < stays_busy ? busy : quiet;
        for (const auto& trouble : troubles_) {
            if (is_on(trouble))
                span = std::min<Duration>(span, now - trouble.from < stays_busy ? busy : 5s);
            for (const auto edge : {trouble.from, trouble.to})
                if (edge > now) span = std::min(span, edge - now);
        }
        for (const auto& task : tasks_)
            if (task.at > now) span = std::min(span, task.at - now);
        return std::max<Duration>(span, 1s);
    }

    void people() {
        for (const auto& task : tasks_) {
            if (task.at > world_->elapsed()) continue;
            // What somebody else has done meanwhile is refused: as it should be.
            [[maybe_unused]] const auto done = world_->run([&](const ops::Turn& turn) {
                return incidents::act(turn, task.incident,
                                      {task.verb, {task.who, "cli"}, "by chance"});
            });
        }
        std::erase_if(tasks_, [&](const Task& task) { return task.at <= world_->elapsed(); });
    }

    Duration chance(Duration mean) {
        return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
            random_.waiting(std::chrono::duration<double>(mean).count())));
    }

    void read_log() {
        const auto& log = world_->log();
        for (; read_to_ < log.size(); ++read_to_) {
            const auto& happening = log[read_to_];
            happened_at_ = happening.at;
            month_.events += happening.seq != 0 ? 1 : 0;
            const auto payload = nlohmann::json::parse(happening.payload, nullptr, false);
            if (happening.kind == "sent") take_message(happening, payload);
            else if (happening.kind == "incident.declared") take_incident(happening, payload);
            else if (happening.kind == "page.unanswered") ++month_.unanswered;
            else if (happening.kind == "incident.verified") after_incident(happening, payload);
        }
    }

    void take_message(const Happening& happening, const nlohmann::json& message) {
        if (message.value("kind", "") != "page") return;
        ++month_.pages;
        const auto id = std::atoll(message.value("incident", "0").c_str());
        paged_.try_emplace(id, happening.at);
        if (random_.happens(answers))
            tasks_.push_back({happening.at + 20s + chance(2min), id, message.value("to", "")});
    }

    void take_incident(const Happening& happening, const nlohmann::json& payload) {
        ++month_.incidents;
        const auto& trigger = payload["trigger"];
        const auto service = trigger.value("service", "");
        declared_.push_back({payload.value("incident", std::int64_t{0}), happening.at, service,
                             trigger.value("severity", std::int64_t{4})});
        const auto is_why = [&](const Trouble& trouble) {
            return trouble.service == service && happening.at >= trouble.from &&
                   happening.at <= trouble.to + echo;
        };
        if (!service.empty() && std::ranges::none_of(troubles_, is_why))
            month_.wrong.push_back("an incident without a cause: " + shown(happening));
    }

    void after_incident(const Happening& happening, const nlohmann::json& payload) {
        const auto id = payload.value("incident", std::int64_t{0});
        const auto later = happening.at + chance(10min);
        tasks_.push_back({later, id, "ana", incidents::Verb::resolve});
        tasks_.push_back({later + 1h, id, "ana", incidents::Verb::close});
    }

    // --- what must hold --------------------------------------------------------------------------

    void judge() {
        month_.troubles = std::ssize(troubles_);
        for (const auto& trouble : troubles_) judge_trouble(trouble);
        for (const auto& incident : declared_) {
            if (incident.severity == 4 || world_->elapsed() - incident.at < 1min) continue;
            const auto paged = paged_.find(incident.id);
            if (paged == paged_.end() || paged->second - incident.at > sent_within)
                month_.wrong.push_back(fmt::format("incident {}: nobody was paged within {}",
                                                   incident.id, to_text(sent_within)));
        }
        judge_pages();
        for (const auto& broken : world_->broken_promises()) month_.wrong.push_back(broken);
        if (auto wrong = look_over(*world_); !wrong.empty()) month_.wrong.push_back(wrong);
    }

    // A fault that users feel has an incident: one that was open already, or a new one in time.
    void judge_trouble(const Trouble& trouble) {
        if (trouble.load.errors < fault_least) return;
        const auto within =
            trouble.load.rate >= 100 ? declared_within : declared_within_at_low_rates;
        if (trouble.to - trouble.from < within) return;
        const auto& log = world_->log();
        const bool is_known = std::ranges::any_of(log, [&](const Happening& happening) {
            if (happening.at < trouble.from || happening.at > trouble.from + within) return false;
            return happening.kind == "incident.declared" || happening.kind == "incident.joined" ||
                   happening.kind == "incident.relapsed";
        });
        if (is_known || was_open(trouble)) return;
        month_.wrong.push_back(fmt::format("{} failed for {:.0f} % from {} and nobody knew by {}",
                                           trouble.service, trouble.load.errors * 100,
                                           to_text(trouble.from), to_text(within)));
    }

    bool was_open(const Trouble& trouble) {
        return std::ranges::any_of(declared_, [&](const Declared& incident) {
            if (incident.service != trouble.service || incident.at > trouble.from) return false;
            const auto found = incidents::find(world_->onlooker(), incident.id);
            if (!found || !*found) return false;
            const auto over = (*found)->mitigated_at;
            return over == Instant{} || over > begin + trouble.from;
        });
    }

    // Every page comes to an end: answered, stopped, or the fallback was paged.
    void judge_pages() {
        for (const auto& incident : declared_) {
            const auto pages = oncall::pages_of(world_->onlooker(), incident.id);
            if (!pages) continue;
            for (const auto& page : *pages)
                if (page.state == oncall::PageState::walking &&
                    world_->wall() - page.begun_at > walk_most)
                    month_.wrong.push_back(fmt::format("page {} walks for ever", page.id));
        }
    }

    struct Declared {
        std::int64_t id = 0;
        Duration at{};
        std::string service;
        std::int64_t severity = 4;
    };

    Life life_;
    Random random_;
    std::unique_ptr<World> world_;
    std::vector<Trouble> troubles_;
    std::vector<Task> tasks_;
    std::vector<Declared> declared_;
    std::map<std::int64_t, Duration> paged_;
    std::size_t read_to_ = 0;
    Duration happened_at_{};
    Month month_;
};

}  // namespace

Month live(const Life& life) { return Shop(life).live(); }

}  // namespace sg::sim
