#include "story.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"
#include "doings.h"
#include "ops/decision/kinds.h"

namespace sg::sim {

namespace {

constexpr Duration at_once = 2s;      // An expectation right after something that happens.
constexpr Duration end_after = 1min;  // After the last time that the story names.

class Reader {
  public:
    Reader(std::string_view text, std::string file) : text_(text) {
        story_.file = std::move(file);
        story_.name = std::filesystem::path(story_.file).stem().string();
    }

    Result<Story> read() {
        int number = 0;
        for (const auto line : split(text_, '\n')) {
            Words words(line, ++number);
            if (words.at_end()) continue;
            read(words, line.starts_with(' ') || line.starts_with('\t'));
            words.end();
            if (words.mistake()) mistakes_.push_back(*words.mistake());
        }
        finish();
        if (mistakes_.empty()) return std::move(story_);
        return fail(Errc::invalid_argument, rendered());
    }

  private:
    void read(Words& words, bool continues) {
        if (continues) return read_same_time(words);
        const auto first = words.take();
        if (first == "given") return givens_.read(words);
        if (first == "at") return read_at(words);
        if (first == "by") {
            now_ = words.time("a time");
            by_ = now_;
            if (!words.take_if("expect"))
                words.wrong("what is expected by then?", "write by 12m expect page.sent to=ana");
            return read_expectation(words);
        }
        if (first == "never") return read_ban(words, Ban{.line = words.number()});
        if (first == "from") {
            Ban ban{.from = words.time("a time"), .line = words.number()};
            if (!words.take_if("never"))
                words.wrong("what may not be from then on?", "write from 5m never page.sent");
            return read_ban(words, ban);
        }
        if (first == "exactly") {
            Ban ban{.line = words.number()};
            ban.most = ban.least = words.number("a count");
            return read_ban(words, ban);
        }
        if (first == "always") return read_always(words);
        words.wrong(fmt::format("`{}` begins no line of a story", first),
                    "given, at, by, from, never, exactly, always; two spaces go on with the time "
                    "of the line before");
    }

    void read_same_time(Words& words) {
        if (words.take_if("expect")) return read_expectation(words);
        read_doing_now(words);
    }

    void read_at(Words& words) {
        const auto at = words.time("a time");
        if (!story_.doings.empty() && at < story_.doings.back().at)
            words.wrong("this is earlier than the line before it", "a story is in order of time");
        now_ = at;
        by_ = at + at_once;
        if (words.take_if("expect")) return read_expectation(words);
        read_doing_now(words);
    }

    void read_doing_now(Words& words) {
        Doing doing{.at = now_, .line = words.number(), .act = {}};
        if (words.take_if("refused")) doing.outcome = Doing::Outcome::refused;
        by_ = now_ + at_once;
        if (words.peek() == "config") {
            changes_.push_back({story_.doings.size(), words});
            words.rest();
        } else {
            doing.act = read_doing(words, givens_);
        }
        if (!words.mistake()) story_.doings.push_back(std::move(doing));
    }

    Pattern read_pattern(Words& words) {
        Pattern pattern;
        pattern.text = std::string(trim(words.peek()));
        pattern.kind = words.take();
        static constexpr std::string_view outside[] = {"sent", "unsent", "beat", "told",
                                                       "page.written"};
        if (!ops::kind_of(pattern.kind) &&
            std::ranges::find(outside, pattern.kind) == std::end(outside))
            words.wrong(fmt::format("there is no event `{}`", pattern.kind),
                        "kinds stand in src/ops/decision/kinds.def; beside them sent, unsent, "
                        "beat, told, page.written");
        while (!words.at_end() && !words.mistake()) {
            auto word = words.take();
            pattern.text += " " + word;
            std::erase(word, '"');
            const auto sign = word.find_first_of("=~");
            if (sign == std::string::npos || sign == 0) {
                words.wrong(fmt::format("`{}` asks for nothing", word),
                            "write key=value, or key~part of a value");
                break;
            }
            pattern.asks.push_back({word.substr(0, sign),
                                    word[sign] == '=' ? Ask::How::is : Ask::How::holds,
                                    word.substr(sign + 1)});
        }
        return pattern;
    }

    void read_expectation(Words& words) {
        story_.expects.push_back(
            {.by = by_, .line = words.number(), .pattern = read_pattern(words)});
    }

    void read_ban(Words& words, Ban ban) {
        ban.pattern = read_pattern(words);
        story_.bans.push_back(std::move(ban));
    }

    // Both are looked at after every story: the line says so to who reads it.
    static void read_always(Words& words) {
        const auto what = words.rest();
        if (what != "chain verifies; rows equal the fold of their events")
            words.wrong(fmt::format("`{}` is not known to hold always", what),
                        "write always chain verifies; rows equal the fold of their events");
    }

    void finish() {
        for (const auto& doing : story_.doings) story_.end = std::max(story_.end, doing.at);
        for (const auto& expect : story_.expects) story_.end = std::max(story_.end, expect.by);
        story_.end += end_after;
        story_.start = givens_.start();
        if (mistakes_.empty()) story_.config = givens_.load(mistakes_);
        for (auto& change : changes_) read_change(change);
        if (story_.expects.empty() && mistakes_.empty())
            mistakes_.push_back(
                {.line = 1, .what = "nothing is expected", .hint = "a story promises something"});
    }

    // at 10m config clocks.observe: 1m
    struct Change {
        std::size_t doing = 0;
        Words words;
    };
    void read_change(Change& change) {
        givens_.read(change.words);
        if (change.words.mistake()) mistakes_.push_back(*change.words.mistake());
        if (!mistakes_.empty()) return;
        story_.doings[change.doing].act = [config = givens_.load(mistakes_)](World& world) {
            return world.accept(config);
        };
    }

    std::string rendered() const {
        const auto lines = split(text_, '\n');
        std::string out;
        for (const auto& mistake : mistakes_) {
            const auto index = static_cast<std::size_t>(std::max(1, mistake.line) - 1);
            const auto line = index < lines.size() ? lines[index] : std::string_view();
            out += fmt::format("{}{}:{}:{}: error: {}\n{:>5} | {}\n      | {:>{}}{}\nhint: {}",
                               out.empty() ? "" : "\n\n", story_.file, mistake.line,
                               mistake.column + 1, mistake.what, mistake.line, line, "",
                               mistake.column, "^" + std::string(mistake.length - 1, '~'),
                               mistake.hint);
        }
        return out;
    }

    std::string_view text_;
    Story story_;
    Givens givens_;
    std::vector<Change> changes_;  // Of the configuration, in order.
    std::vector<Mistake> mistakes_;
    Duration now_{};
    Duration by_{};
};

// --- matching ------------------------------------------------------------------------------------

// The first value under the key, looked for from the outside in.
const nlohmann::json* find_value(const nlohmann::json& in, const std::string& key) {
    if (in.is_object()) {
        if (const auto at = in.find(key); at != in.end()) return &*at;
        for (const auto& [name, value] : in.items())
            if (const auto* found = find_value(value, key)) return found;
    }
    return nullptr;
}

// `sev2`, `2` and 2 are one severity; `to` is who is told, whatever the event calls it.
std::string plain(const nlohmann::json& value, const std::string& key) {
    auto text = value.is_string() ? value.get<std::string>() : value.dump();
    if (key == "severity" && text.starts_with("sev")) text = text.substr(3);
    return text;
}

std::string wanted(const Ask& ask) {
    return ask.key == "severity" && ask.value.starts_with("sev") ? ask.value.substr(3) : ask.value;
}

bool fits(const Ask& ask, const nlohmann::json& payload, const Happening& happening,
          const std::vector<Happening>& log) {
    std::string value;
    if (ask.key == "cause") {
        const auto cause = std::ranges::find(log, happening.cause, &Happening::seq);
        value = happening.cause == 0 || cause == log.end() ? "" : cause->kind;
    } else if (const auto* found = find_value(payload, ask.key)) {
        value = plain(*found, ask.key);
    } else if (ask.key == "to") {
        const auto* person = find_value(payload, "person");
        if (person != nullptr) value = plain(*person, "person");
    } else if (ask.key == "by") {
        value = happening.who;
    }
    return ask.how == Ask::How::is ? value == wanted(ask) : value.contains(ask.value);
}

}  // namespace

bool fits(const Pattern& pattern, const Happening& happening, const std::vector<Happening>& log) {
    if (pattern.kind != happening.kind) return false;
    if (pattern.asks.empty()) return true;
    const auto payload = nlohmann::json::parse(happening.payload, nullptr, false);
    return std::ranges::all_of(pattern.asks,
                               [&](const Ask& ask) { return fits(ask, payload, happening, log); });
}

Result<Story> parse_story(std::string_view text, const std::string& file) {
    return Reader(text, file).read();
}

Result<Story> read_story(const std::string& file) {
    const std::ifstream in(file);
    if (!in) return fail_system("open " + file);
    std::stringstream text;
    text << in.rdbuf();
    return parse_story(text.str(), file);
}

}  // namespace sg::sim
