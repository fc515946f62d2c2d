// People and teams: that who is named exists, that somebody is on call, that a page can reach them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "config/check.h"
#include "config/describe.h"
#include "config/reach.h"

namespace sg::config {

namespace {

class PeopleCheck {
  public:
    PeopleCheck(const Config& config, Findings& findings)
        : operations_(config.operations),
          findings_(findings),
          people_(names_of(operations_.people)),
          channels_(names_of(operations_.notify)) {}

    void team(const std::string& id, const Team& team) {
        const auto path = "teams." + id;
        for (std::size_t level = 0; level < team.oncall.levels.size(); ++level)
            names(fmt::format("{}.oncall.{}", path, WordsOf<Level>::words[level]),
                  team.oncall.levels[level]);
        names(path + ".fallback", team.fallback);
        escalation(path + ".escalate", team);
        const auto whole_hours = team.oncall.shift % 1h == 0s;
        if (!whole_hours)
            findings_.fail(
                path + ".oncall.shift",
                fmt::format("a shift of {} does not end on the hour", to_text(team.oncall.shift)),
                "write whole hours, such as 12h, 1d or 7d");
        if (team.oncall.levels[0].empty() && findings_.all_read())
            findings_.fail(path + ".oncall", fmt::format("team `{}` has nobody on call", id),
                           "add `oncall: [NAME, NAME, NAME]`: who is paged, in the order of "
                           "their shifts");
    }

    void person(const std::string& id, const Person& person) {
        const auto path = "people." + id;
        bool told = false;
        findings_.check_names(path + ".reach", "channel", person.reach, channels_);
        for (std::size_t i = 0; i < person.reach.size(); ++i) {
            const auto channel = operations_.notify.find(person.reach[i]);
            const bool known = channel != operations_.notify.end();
            told = told || !known || !reaches(channel->second, person);
            if (known && !reaches(channel->second, person))
                unreachable(fmt::format("{}.reach.{}", path, i), id, channel->second);
        }
        if (told || !findings_.all_read() || operations_.notify.empty() || !on_call_.contains(id))
            return;
        const auto fits = [&](const auto& entry) { return reaches(entry.second, person); };
        if (person.reach.empty() && std::ranges::none_of(operations_.notify, fits))
            unreachable(path, id, operations_.notify.begin()->second);
    }

  private:
    void names(const std::string& path, const std::vector<std::string>& names) {
        Once once;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto at = fmt::format("{}.{}", path, i);
            on_call_.insert(names[i]);
            // A short form says the same people for several levels.
            const bool told = !seen_.emplace(findings_.at(at), names[i]).second;
            if (!told) findings_.check_name(at, "person", names[i], people_);
            if (!told && once.first_of(names[i], {}))
                findings_.fail(at, fmt::format("`{}` is named twice", names[i]),
                               "remove one of the two");
        }
    }

    void escalation(const std::string& path, const Team& team) {
        Once once;
        for (std::size_t i = 0; i < team.escalate.size(); ++i) {
            const EscalationStep& step = team.escalate[i];
            const auto at = fmt::format("{}.{}", path, i);
            if (step.to == EscalationStep::To::person) {
                findings_.check_name(at, "person", step.person, people_);
                on_call_.insert(step.person);
            }
            if (!findings_.all_read()) continue;  // A step that was not read is `primary`.
            if (i == 0 && step.after != 0s)
                findings_.fail(at, "nobody is paged at first",
                               fmt::format("write `{}` without `after`, or another step before it",
                                           who(step)));
            if (i > 0 && step.after < team.escalate[i - 1].after)
                findings_.fail(
                    at,
                    fmt::format("`{}` comes before the step that stands before it", to_text(step)),
                    "times count from the beginning of the page: put the steps in "
                    "their order");
            if (once.first_of(to_text(step), {}))
                findings_.fail(at, fmt::format("the step `{}` is there twice", to_text(step)),
                               "remove one of the two, or give it another time");
        }
    }

    static std::string who(EscalationStep step) {
        step.after = 0s;
        return to_text(step);
    }

    void unreachable(const std::string& at, const std::string& id, const Channel& channel) {
        const bool mail = channel.kind == Channel::Kind::mail;
        findings_.fail(at,
                       fmt::format("`{}` cannot be reached by `{}`: there is no {}", id,
                                   channel.name, mail ? "mail address" : "telephone number"),
                       fmt::format("add `{}` to `people.{}`",
                                   mail ? "mail: ana@example.com" : "phone: \"+34600000000\"", id));
    }

    const Operations& operations_;
    Findings& findings_;
    std::vector<std::string> people_;
    std::vector<std::string> channels_;
    std::set<std::string> on_call_;  // Or otherwise named by a team.
    std::set<std::pair<Place, std::string>> seen_;
};

// Requires: there are teams. Without any, a team is only a word that is shown.
void check_owners(const Config& config, Findings& findings) {
    const auto teams = names_of(config.operations.teams);
    for (const auto& [name, service] : config.services) {
        findings.check_name("services." + name + ".team", "team", service.team, teams);
        if (service.team.empty() && teams.size() > 1 && findings.all_read())
            findings.fail(service.place,
                          fmt::format("nobody is paged for `{}`: it has no team", name),
                          fmt::format("add `team:` to it under `services`; defined here are {}",
                                      fmt::join(teams, ", ")));
    }
}

}  // namespace

void check_people(const Config& config, Findings& findings) {
    const Operations& operations = config.operations;
    PeopleCheck check(config, findings);
    for (const auto& [id, team] : operations.teams) check.team(id, team);
    for (const auto& [id, person] : operations.people) check.person(id, person);
    if (operations.teams.empty()) return;
    check_owners(config, findings);
    if (operations.notify.empty() && findings.all_read())
        findings.fail("teams", "there are people on call, but no way to reach them",
                      "add channels: notify: { mail: { smtp: \"smtp://mail.internal:587\", from: "
                      "streamgate@example.com } }");
}

}  // namespace sg::config
