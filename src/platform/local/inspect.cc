#include "platform/local/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "platform/inspect/text.h"
#include "platform/local/log_groups.h"
#include "platform/local/logs.h"
#include "platform/local/model.h"
#include "platform/local/protocol.h"
#include "platform/local/show.h"

namespace sg::platform::local {

using inspect::add_row;
using inspect::Finding;
using inspect::Findings;
using inspect::Order;
using inspect::show_share;
using inspect::show_size;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t text_most = 200;

std::string text_at(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t number_at(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_number() ? at->get<std::int64_t>() : 0;
}

// Calls each(version's JSON, instance's JSON, `v1/2`).
template <class Each>
void for_each_instance(const Json& service, Each each) {
    for (const auto& version : service.value("versions", Json::array()))
        for (const auto& instance : version.value("instances", Json::array()))
            each(version, instance,
                 fmt::format("{}/{}", text_at(version, "version"), number_at(instance, "replica")));
}

std::string state_of(const Json& instance) {
    auto state = text_at(instance, "phase");
    if (const auto why = text_at(instance, "why"); !why.empty()) state += ": " + why;
    if (instance.value("crash_loop", false)) state += ", starts again and again";
    return shown(state, text_most);
}

Finding instances_of(const Json& service, const Order& order) {
    Finding finding{.what = "service.instances",
                    .key = "healthy",
                    .unit = "count",
                    .evidence = {{"process", "state", "for", "restarts", "ended last"}, {}, 0}};
    std::int64_t healthy = 0, wanted = 0, restarts = 0;
    bool loops = false;
    std::string trouble;
    for (const auto& version : service.value("versions", Json::array()))
        wanted += number_at(version, "wanted");
    for_each_instance(service, [&](const Json&, const Json& instance, const std::string& name) {
        const bool well = text_at(instance, "phase") == "healthy";
        healthy += well ? 1 : 0;
        restarts += number_at(instance, "restarts");
        loops = loops || instance.value("crash_loop", false);
        const auto last = shown(text_at(instance, "last_exit"), text_most);
        if (!well && trouble.empty())
            trouble = fmt::format("; {} is {}{}", name, state_of(instance),
                                  last.empty() ? "" : ", ended last with " + last);
        add_row(finding.evidence,
                {name, state_of(instance), show_duration(Duration(number_at(instance, "phase_ns"))),
                 std::to_string(number_at(instance, "restarts")), last.empty() ? "-" : last},
                order.extent.rows);
    });
    finding.value = static_cast<double>(healthy);
    finding.threshold = static_cast<double>(wanted);
    finding.standing = (healthy == 0 && wanted > 0) || loops ? Standing::bad
                       : healthy < wanted                    ? Standing::odd
                                                             : Standing::fine;
    finding.title = fmt::format("{} of {} processes are healthy, {} restarts in all{}", healthy,
                                wanted, restarts, trouble);
    return finding;
}

Finding events_of(const Json& reply, const Order& order) {
    Finding finding{.what = "service.events",
                    .key = "lately",
                    .standing = Standing::fine,
                    .unit = "count",
                    .evidence = {{"when", "what"}, {}, 0}};
    std::int64_t lately = 0, bad = 0;
    const auto& events = reply.value("events", Json::array());
    std::string newest;
    for (auto at = events.rbegin(); at != events.rend(); ++at) {
        const Instant when{number_at(*at, "at_ns")};
        const auto sentence = shown(text_at(*at, "sentence"), text_most);
        const auto kind = happening_named(text_at(*at, "what"));
        const bool is_bad = kind && news_of(*kind) == News::bad;
        if (order.now - when <= order.extent.before) {
            ++lately;
            bad += is_bad ? 1 : 0;
            if (is_bad && newest.empty()) newest = sentence;
        }
        add_row(finding.evidence,
                {show_duration(std::max<Duration>(order.now - when, 0s)) + " ago", sentence},
                order.extent.rows);
    }
    finding.value = static_cast<double>(bad);
    finding.threshold = 1;
    if (bad > 0) finding.standing = Standing::odd;
    finding.title = fmt::format("{} events in the last {}, {} of them bad{}", lately,
                                to_text(order.extent.before), bad,
                                newest.empty() ? "" : "; the last: " + newest);
    return finding;
}

// --- resources -----------------------------------------------------------------------------------

// What a process may have open: the soft limit (proc(5), /proc/PID/limits).
double files_limit(std::int64_t pid) {
    std::ifstream limits(fmt::format("/proc/{}/limits", pid));
    for (std::string line; std::getline(limits, line);)
        if (line.starts_with("Max open files")) return inspect::number_of(trim(line.substr(14)));
    return 0;
}

double machine_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("MemTotal:")) return inspect::number_of(trim(line.substr(9))) * 1024;
    return 0;
}

using Use = std::map<std::string, std::pair<Json, std::int64_t>>;  // By process: usage and pid.

Use use_in(const Json& status, const std::string& name) {
    Use use;
    for (const auto& service : status.value("services", Json::array())) {
        if (text_at(service, "name") != name) continue;
        for_each_instance(service, [&](const Json&, const Json& instance, const std::string& at) {
            if (instance.contains("usage"))
                use[at] = {instance["usage"], number_at(instance, "pid")};
        });
    }
    return use;
}

Finding resources_of(const Use& before, const Use& now, Duration span, const Order& order) {
    Finding finding{.what = "service.resources",
                    .key = "used",
                    .unit = "share",
                    .threshold = 0.8,
                    .evidence = {{"process", "processor", "memory", "files", "threads"}, {}, 0}};
    double cpu_all = 0, memory_all = 0, files_worst = 0;
    for (const auto& [name, use] : now) {
        const auto& [usage, pid] = use;
        const auto at = before.find(name);
        const bool same = at != before.end() && at->second.second == pid;
        const auto spent = same ? number_at(usage, "cpu_ns") - number_at(at->second.first, "cpu_ns")
                                : std::int64_t{0};
        const double cpu = std::max(static_cast<double>(spent), 0.0) /
                           static_cast<double>(std::max<std::int64_t>(span.count(), 1));
        const auto memory = static_cast<double>(number_at(usage, "memory_bytes"));
        const auto files = static_cast<double>(number_at(usage, "descriptors"));
        const double limit = files_limit(pid);
        cpu_all += cpu;
        memory_all += memory;
        if (limit > 0) files_worst = std::max(files_worst, files / limit);
        add_row(finding.evidence,
                {name, show_share(cpu), show_size(memory),
                 fmt::format("{:.0f} of {:.0f}", files, limit),
                 std::to_string(number_at(usage, "threads"))},
                order.extent.rows);
    }
    const double cores = std::max(1U, std::thread::hardware_concurrency());
    const double memory_share = memory_all / std::max(machine_memory(), 1.0);
    const double worst = std::max({cpu_all / cores, memory_share, files_worst});
    constexpr inspect::Bounds bounds{0.8, 0.95};
    finding.value = worst;
    finding.standing = inspect::standing_of(worst, bounds);
    finding.title = fmt::format(
        "{} of {} processors, {} of memory ({} of the machine's), at most "
        "{} of the files a process may open",
        fmt::format("{:.2f}", cpu_all), cores, show_size(memory_all), show_share(memory_share),
        show_share(files_worst));
    return finding;
}

Result<Finding> look_at_resources(Caller& caller, const Order& order) {
    const auto patience = [&] { return std::max<Duration>(order.deadline - steady_now(), 1ms); };
    TRY(const auto first, caller.ask({{"verb", "usage"}}, patience()));
    const Tick began = steady_now();
    // Rule Zero: a rate is what changes between two looks, with a moment between them.
    std::this_thread::sleep_for(std::clamp<Duration>(patience() / 4, 0s, 500ms));
    TRY(const auto second, caller.ask({{"verb", "usage"}}, patience()));
    return resources_of(use_in(first, order.target), use_in(second, order.target),
                        steady_now() - began, order);
}

}  // namespace

Finding inspect_logs(const Layout& layout, const Order& order) {
    namespace fs = std::filesystem;
    LogGroups groups;
    std::error_code error;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(layout.service_logs(order.target), error))
        if (entry.path().extension() == ".log") paths.push_back(entry.path());
    std::ranges::sort(paths);
    for (const auto& path : paths) {
        if (steady_now() >= order.deadline) break;
        const auto text = tail(path, order.extent.lines);
        for (const auto line : split(text, '\n')) groups.add(line, path.stem().string());
    }
    Finding finding{.what = "service.logs",
                    .key = "errors",
                    .standing = Standing::fine,
                    .value = static_cast<double>(groups.errors()),
                    .unit = "count",
                    .threshold = 1,
                    .evidence = {{"count", "last", "process", "kind", "sample"}, {}, 0}};
    if (paths.empty()) {
        finding.standing = Standing::unknown;
        finding.title = "it has written no log here";
        return finding;
    }
    const auto list = groups.newest();
    for (const auto& group : list)
        add_row(
            finding.evidence,
            {std::to_string(group.count), group.last == Instant{} ? "-" : to_rfc3339(group.last),
             group.from, group.shape, group.sample},
            order.extent.rows);
    finding.standing = list.empty() ? Standing::fine : Standing::odd;
    finding.title = list.empty() ? fmt::format("no error in the last {} lines", groups.lines())
                                 : fmt::format(
                                       "{} errors of {} kinds in the last {} lines; the newest, {} "
                                       "times: {}",
                                       groups.errors(), list.size(), groups.lines(),
                                       list.front().count, list.front().shape);
    return finding;
}

Findings inspect_service(const Layout& layout, const Order& order) {
    Findings findings;
    if (order.wants("service.logs")) findings.push_back(inspect_logs(layout, order));
    const bool asks = order.wants("service.instances") || order.wants("service.events") ||
                      order.wants("service.resources");
    if (!asks) return findings;
    const auto all = [&](const Error& error) {
        for (const auto* const what : {"service.instances", "service.events", "service.resources"})
            if (order.wants(what)) findings.push_back(inspect::unseen(what, error));
    };
    auto caller = Caller::reach(layout);
    if (!caller) {
        all(caller.error());
        return findings;
    }
    const auto left = std::max<Duration>(order.deadline - steady_now(), 1ms);
    const auto reply = caller->ask({{"verb", "describe"}, {"service", order.target}}, left);
    if (!reply) {
        all(reply.error());
        return findings;
    }
    if (order.wants("service.instances"))
        findings.push_back(instances_of(reply->value("service", Json::object()), order));
    if (order.wants("service.events")) findings.push_back(events_of(*reply, order));
    if (order.wants("service.resources")) {
        auto used = look_at_resources(*caller, order);
        findings.push_back(used ? std::move(*used)
                                : inspect::unseen("service.resources", used.error()));
    }
    return findings;
}

}  // namespace sg::platform::local
