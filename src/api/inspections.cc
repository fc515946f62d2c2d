// Inspections over the API: what there is, and running them, away from the API's own thread.
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "api/handlers.h"
#include "base/json.h"
#include "ports/inspector.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;
using ports::Inspector;

std::string_view word(ports::Subject subject) {
    return WordsOf<ports::Subject>::words[static_cast<std::size_t>(subject)];
}
std::string_view word(ports::Standing standing) {
    return WordsOf<ports::Standing>::words[static_cast<std::size_t>(standing)];
}

struct Looked {
    Inspector::Target target;
    std::vector<ports::Finding> findings;
};

// What a target was asked but refused is a finding of it: the others are told all the same.
void look(const Inspector& inspector, ports::Question question, Instant now, Looked& looked) {
    question.target = looked.target.name;
    auto found = inspector.look(question, now);
    if (found) looked.findings = std::move(*found);
    else looked.findings = {{.key = "unseen", .title = found.error().message()}};
}

// Bound: so many targets at a time, however many there are.
constexpr std::size_t at_once = 4;

void look_at_all(const Inspector& inspector, const ports::Question& question, Instant now,
                 std::vector<Looked>& all) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (auto at = next++; at < all.size(); at = next++)
            look(inspector, question, now, all[at]);
    };
    std::vector<std::thread> threads;
    for (std::size_t n = 1; n < std::min(at_once, all.size()); ++n) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
}

std::string text_of(const std::vector<Looked>& all, Instant now, Duration took) {
    Json json{{"at", to_rfc3339(now)},
              {"took_ms", std::chrono::duration<double, std::milli>(took).count()},
              {"standing", "fine"},
              {"targets", Json::array()}};
    std::vector<ports::Finding> every;
    for (const auto& [target, findings] : all) {
        Json list = Json::array();
        for (const auto& finding : findings) {
            list.push_back(Json::parse(to_json(finding), nullptr, false));
            every.push_back(finding);
        }
        json["targets"].push_back({{"target", target.name},
                                   {"subject", word(target.subject)},
                                   {"standing", word(ports::worst(findings))},
                                   {"findings", std::move(list)}});
    }
    json["standing"] = word(ports::worst(every));
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<Answer> list_inspections(Site& site, const Call&) {
    Json json{{"inspections", Json::array()}, {"targets", Json::array()}};
    for (const auto& inspection : ports::inspections())
        json["inspections"].push_back({{"name", inspection.name},
                                       {"subject", word(inspection.subject)},
                                       {"sentence", inspection.sentence}});
    for (const auto& target : site.inspector.targets())
        json["targets"].push_back({{"name", target.name}, {"subject", word(target.subject)}});
    return Answer{200, json.dump()};
}

Result<Answer> run_inspections(Site& site, const Call& call) {
    TRY(auto question, body_of<ports::Question>(call));
    TRY_VOID(ports::check(question));
    std::vector<Looked> all;
    for (auto& target : site.inspector.targets())
        if (question.target.empty() || question.target == target.name)
            all.push_back({std::move(target), {}});
    if (question.target.empty() && !question.what.empty())
        std::erase_if(all, [&](const Looked& one) {
            const auto* const inspection = ports::inspection_named(question.what.front());
            return inspection->subject != one.target.subject;
        });
    if (all.empty())
        return fail(Errc::not_found,
                    question.target.empty() ? "nothing here fits that inspection"
                                            : "there is no target `" + question.target + "`",
                    "GET /api/v1/inspections lists the targets");
    for (const auto& name : question.what)
        if (!question.target.empty() &&
            ports::inspection_named(name)->subject != all.front().target.subject)
            return fail(Errc::invalid_argument,
                        "`" + name + "` does not apply to `" + question.target + "`",
                        "GET /api/v1/inspections says what does");
    site.rest = [&inspector = site.inspector, question = std::move(question), all = std::move(all),
                 now = call.now]() mutable -> web::Reply {
        const Tick began = steady_now();
        look_at_all(inspector, question, now, all);
        return {200, "application/json", text_of(all, now, steady_now() - began) + "\n"};
    };
    return Answer{};
}

}  // namespace sg::api
