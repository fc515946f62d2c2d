#include "platform/local/model.h"

#include <fmt/format.h>

#include <cstring>

namespace sg::platform::local {

namespace {

struct Row {
    std::string_view name;
    News news;
    std::string_view sentence;
};

constexpr Row rows[] = {
#define H(kind, news, sentence) {#kind, News::news, sentence},
#include "platform/local/happenings.def"
#undef H
};

const Row& row_of(Happening happening) { return rows[static_cast<std::size_t>(happening)]; }

// FNV-1a: not for secrecy, only so that two supervisors of different builds agree.
void mix(std::uint64_t& hash, std::string_view text) {
    constexpr std::uint64_t prime = 0x100000001B3;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * prime;
    hash = (hash ^ 0xFF) * prime;  // So that "a","b" and "ab" differ.
}

}  // namespace

std::string_view name_of(Happening happening) { return row_of(happening).name; }
std::string_view sentence_of(Happening happening) { return row_of(happening).sentence; }
News news_of(Happening happening) { return row_of(happening).news; }

std::optional<Happening> happening_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (rows[i].name == name) return static_cast<Happening>(i);
    return std::nullopt;
}

std::string Spec::digest() const {
    std::uint64_t hash = 0xCBF29CE484222325;
    mix(hash, run.command);
    mix(hash, run.directory);
    for (const auto& [name, value] : run.environment) {
        mix(hash, name);
        mix(hash, value);
    }
    return fmt::format("{:016x}", hash);
}

std::string_view name_of(Phase phase) {
    switch (phase) {
        case Phase::waiting: return "waiting";
        case Phase::starting: return "starting";
        case Phase::healthy: return "healthy";
        case Phase::unwell: return "unwell";
        case Phase::draining: return "draining";
        case Phase::stopping: return "stopping";
        case Phase::killing: return "killing";
    }
    return "unknown";
}

std::string Exit::text() const {
    if (out_of_memory) return "killed by the kernel: out of memory";
    if (signal) return fmt::format("signal {} ({})", *signal, strsignal(*signal));
    if (status) return fmt::format("exit status {}", *status);
    return "exit status unknown";
}

}  // namespace sg::platform::local
