#include "held_faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "platform/local/process.h"
#include "platform/postgres/session.h"
#include "platform/redis/session.h"

namespace sg::app {

// --- processes -----------------------------------------------------------------------------------

namespace {

struct Stat {
    std::string name;
    int session = 0;
};

// `pid (name) state ppid pgrp session …`; the name may hold anything. Source: proc(5).
Stat stat_of(int pid) {
    std::ifstream in(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(in, line);
    const auto open = line.find('('), close = line.rfind(')');
    if (open == line.npos || close == line.npos) return {};
    Stat stat{.name = line.substr(open + 1, close - open - 1)};
    const auto fields = split(std::string_view(line).substr(close + 2), ' ');
    if (fields.size() > 3)
        std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), stat.session);
    return stat;
}

int number_of(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

Result<std::vector<int>> processes_of(int pid, const std::string& name) {
    if (name.empty()) return std::vector{pid};
    std::vector<int> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const int other = number_of(entry.path().filename().string());
        if (other == 0) continue;
        const auto stat = stat_of(other);
        // Each instance has a session of its own.
        if (stat.session == pid && stat.name == name) found.push_back(other);
    }
    if (found.empty())
        return fail(Errc::not_found, fmt::format("process {} has started no `{}`", pid, name));
    return found;
}

std::string joined(const std::vector<int>& pids) { return fmt::format("{}", fmt::join(pids, " ")); }

Result<void> freeze(const std::vector<int>& pids, Duration longest) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest).count() + 1;
    std::vector<std::string> command = {"/bin/sh", "-c", "sleep \"$0\"; kill -CONT \"$@\"",
                                        std::to_string(seconds)};
    for (const int pid : pids) command.push_back(std::to_string(pid));
    // It begins before anything stands still, in a session of its own: it outlives us.
    TRY([[maybe_unused]] const auto guard,
        platform::local::launch({.command = std::move(command)}));
    for (const int pid : pids)
        if (::kill(pid, SIGSTOP) != 0) return fail_system("kill -STOP");
    return {};
}

void thaw(const std::string& undo) {
    for (const auto word : split(undo, ' '))
        if (const int pid = number_of(word); pid > 1) ::kill(pid, SIGCONT);
}

// --- sessions ------------------------------------------------------------------------------------

struct Injectors::Held {
    std::mutex mutex;
    std::condition_variable over;
    bool given_up = false;
    std::vector<std::thread> threads;

    ~Held() {
        {
            const std::lock_guard lock(mutex);
            given_up = true;
        }
        over.notify_all();
        for (auto& thread : threads) thread.join();
    }
    // Until it is given up, or `until`.
    void wait(Tick until) {
        std::unique_lock lock(mutex);
        while (!given_up && steady_now() < until)
            over.wait_for(lock, std::min<Duration>(until - steady_now(), 1s));
    }
    bool is_over(Tick until) {
        const std::lock_guard lock(mutex);
        return given_up || steady_now() >= until;
    }
};

namespace {

using Held = Injectors::Held;
constexpr const char* application = "streamgate-drill";
// Chosen once; nobody else waits for it.
constexpr const char* the_lock = "SELECT pg_advisory_lock(7233961)";

int count_of(const ports::Fault& fault, const std::string& name, int otherwise) {
    const auto found = fault.with.find(name);
    return found == fault.with.end() ? otherwise : number_of(found->second);
}

Result<void> hold_lock(Held& held, const ports::Fault& fault, const std::string& target,
                       Tick until) {
    TRY(auto opened, platform::postgres::Session::open(target, application, until));
    auto session = std::make_shared<platform::postgres::Session>(std::move(opened));
    TRY([[maybe_unused]] const auto locked, session->ask(the_lock));
    held.threads.emplace_back([&held, session, until]() mutable {
        held.wait(until);
        session.reset();
    });
    for (int i = count_of(fault, "waiting", 3); i > 0; --i)
        held.threads.emplace_back([target, until] {
            auto waits = platform::postgres::Session::open(target, application, until);
            // It has the lock when its turn comes, and gives it away with the session.
            if (!waits) return;
            [[maybe_unused]] const auto got = waits->ask(the_lock);
        });
    return {};
}

Result<void> hold_connections(Held& held, const ports::Fault& fault, const std::string& target,
                              Tick until) {
    auto sessions = std::make_shared<std::vector<platform::postgres::Session>>();
    for (int i = count_of(fault, "connections", 1); i > 0; --i) {
        auto session = platform::postgres::Session::open(target, application, until);
        if (!session && sessions->empty()) return std::unexpected(session.error());
        if (!session) break;  // There are no more.
        sessions->push_back(std::move(*session));
    }
    held.threads.emplace_back([&held, sessions, until]() mutable {
        held.wait(until);
        sessions.reset();
    });
    return {};
}

// In short pauses: the server ends each by itself, so that nothing is left when we are gone.
Result<void> hold_cache(Held& held, const std::string& target, Tick until) {
    constexpr Duration spare = 5s;
    TRY(auto opened, platform::redis::Session::open(target, "", until + spare));
    auto session = std::make_shared<platform::redis::Session>(std::move(opened));
    TRY([[maybe_unused]] const auto paused, session->ask({"CLIENT", "PAUSE", "2000", "ALL"}));
    held.threads.emplace_back([&held, session, until] {
        while (!held.is_over(until))
            if (!session->ask({"CLIENT", "PAUSE", "2000", "ALL"})) return;
    });
    return {};
}

}  // namespace

Result<std::shared_ptr<Injectors::Held>> hold(const ports::Fault& fault, const std::string& target,
                                              Duration longest) {
    auto held = std::make_shared<Held>();
    const Tick until = steady_now() + longest;
    if (fault.kind == "postgres.lock") TRY_VOID(hold_lock(*held, fault, target, until));
    if (fault.kind == "postgres.hog") TRY_VOID(hold_connections(*held, fault, target, until));
    if (fault.kind == "redis.pause") TRY_VOID(hold_cache(*held, target, until));
    return held;
}

}  // namespace sg::app
