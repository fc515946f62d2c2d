// A world for tests of the orchestrator's rules: processes and a gateway in virtual time. It does
// what the actions say and reports back, and checks after every step what must never happen.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "platform/local/decide.h"

namespace sg::platform::local {

struct World {
    struct Process {
        std::uint64_t id;
        std::string version;
        std::uint16_t port;
        Tick born;
        bool term = false;
    };
    struct Later {
        Tick at;
        Input input;
    };

    State state;
    Tick now{1'000'000'000};
    std::map<int, Process> processes;                   // By pid.
    std::map<std::string, std::set<std::string>> told;  // What the gateway knows, by version.
    std::map<std::string, std::uint32_t> weights;
    std::map<std::string, std::uint64_t> busy;  // In flight, by endpoint.
    std::vector<Later> later;
    std::vector<std::string> notes;

    // How it behaves; tests change it.
    Duration boot = 300ms;         // From the start of a process to its first good answer.
    Duration gateway_takes = 5ms;  // To take in a directive.
    bool gateway_answers = true;
    std::set<std::string> broken;    // Versions whose processes end at once.
    std::set<std::string> sick;      // Versions whose health check fails.
    std::set<std::string> stubborn;  // Versions that ignore SIGTERM.
    std::size_t least = 0;           // Endpoints that the gateway must know at any moment.
    int next_pid = 100;

    static std::string endpoint(std::uint16_t port) { return fmt::format("127.0.0.1:{}", port); }

    static Spec spec(const std::string& version, std::uint32_t replicas,
                     const std::string& command = "serve") {
        Spec spec;
        spec.service = "catalog";
        spec.version = version;
        spec.run.command = command;
        spec.run.replicas = replicas;
        spec.health.kind = config::HealthCheck::Kind::http;
        spec.health.healthy_after = 1;
        return spec;
    }

    void feed(Input input) {
        for (const auto& action : decide(state, input, now))
            std::visit([this](const auto& a) { perform(a); }, action);
        check_invariants();
    }

    // Until nothing is to be done before `until`.
    void run_until(Tick until) {
        for (int steps = 0; steps < 100'000; ++steps) {
            const auto next = std::ranges::min_element(later, {}, &Later::at);
            const Tick event = next == later.end() ? Tick::never() : next->at;
            const Tick wake = wake_at(state);
            const Tick at = std::min(event, wake);
            if (at > until) break;
            now = std::max(now, at);
            if (event <= wake) {
                const auto input = next->input;
                later.erase(next);
                feed(input);
            } else {
                feed(TimePassed{});
            }
        }
        now = std::max(now, until);
    }
    void run(Duration time) { run_until(now + time); }

    std::size_t endpoints_told() const {
        std::size_t count = 0;
        for (const auto& [version, endpoints] : told) count += endpoints.size();
        return count;
    }
    std::size_t running(const std::string& version) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            processes, [&](const auto& entry) { return entry.second.version == version; }));
    }
    std::size_t noted(std::string_view what) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            notes, [&](const std::string& n) { return n.find(what) != std::string::npos; }));
    }
    void crash(int pid) {
        const auto id = processes.at(pid).id;
        processes.erase(pid);
        Exit exit;
        exit.status = 3;
        feed(Exited{id, exit});
    }
    int pid_of(const std::string& version) const {
        for (const auto& [pid, process] : processes)
            if (process.version == version) return pid;
        return 0;
    }

  private:
    void check_invariants() {
        EXPECT_GE(endpoints_told(), least) << "at " << (now.ns / 1'000'000) << " ms";
        for (const auto& [version, endpoints] : told)
            for (const auto& name : endpoints) {
                const auto with_port = [&](const auto& entry) {
                    return endpoint(entry.second.port) == name;
                };
                const auto at = std::ranges::find_if(processes, with_port);
                if (at != processes.end())
                    EXPECT_FALSE(at->second.term) << name << " may still be used by the gateway";
            }
    }

    void perform(const Spawn& spawn) {
        const int pid = next_pid++;
        const auto port = static_cast<std::uint16_t>(20000 + pid);
        processes[pid] = {spawn.id, spawn.version, port, now};
        later.push_back({now, Spawned{spawn.id, pid, 1, port, Instant{}}});
        if (broken.contains(spawn.version)) {
            Exit exit;
            exit.status = 1;
            processes.erase(pid);
            later.push_back({now + 20ms, Exited{spawn.id, exit}});
        }
    }
    void perform(const Probe& probe) {
        for (const auto& [pid, process] : processes) {
            if (process.id != probe.id) continue;
            const bool ok = now - process.born >= boot && !sick.contains(process.version);
            later.push_back({now + 1ms, Probed{probe.id, pid, ok, ok ? "" : "status 500"}});
        }
    }
    void perform(const Signal& signal) {
        for (auto& [pid, process] : processes) {
            if (process.id != signal.id) continue;
            if (signal.signal == SIGTERM) process.term = true;
            if (signal.signal == SIGTERM && stubborn.contains(process.version)) return;
            Exit exit;
            exit.signal = signal.signal;
            later.push_back({now + 10ms, Exited{signal.id, exit}});
            processes.erase(pid);
            return;
        }
    }
    void perform(const Publish& publish) {
        if (!gateway_answers) return;
        told[publish.version] = {publish.endpoints.begin(), publish.endpoints.end()};
        later.push_back({now + gateway_takes,
                         Acknowledged{publish.service, publish.version, publish.revision}});
    }
    void perform(const SetWeights& set) { weights = set.weights; }
    void perform(const AskInFlight&) {
        if (gateway_answers) later.push_back({now + 1ms, InFlight{busy, now}});
    }
    void perform(const Note& note) {
        notes.push_back(fmt::format("{}/{} {} {}", note.version, note.replica, name_of(note.what),
                                    note.detail));
    }
};

}  // namespace sg::platform::local
