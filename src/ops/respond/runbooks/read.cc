#include "ops/respond/runbooks/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "config/yaml.h"
#include "ops/respond/runbooks/describe.h"

namespace sg::runbooks {

namespace {

constexpr std::array<std::string_view, 6> kind_words = {"check",  "decide", "act",
                                                        "verify", "undo",   "ask"};

// ``` or ~~~, at least three; closed by as many or more of the same. Source: CommonMark 4.5.
struct Fence {
    char mark = '`';
    std::size_t length = 0;
    std::string_view info;
};

std::optional<Fence> fence_of(std::string_view line) {
    std::size_t indent = 0;
    while (indent < line.size() && line[indent] == ' ') ++indent;
    if (indent > 3) return std::nullopt;  // Indented code, says CommonMark.
    line.remove_prefix(indent);
    if (line.empty() || (line[0] != '`' && line[0] != '~')) return std::nullopt;
    const auto end = line.find_first_not_of(line[0]);
    const std::size_t length = std::min(end, line.size());
    if (length < 3) return std::nullopt;
    const auto info = trim(line.substr(length));
    if (line[0] == '`' && info.find('`') != std::string_view::npos) return std::nullopt;
    return Fence{line[0], length, info};
}

struct Heading {
    std::size_t level = 0;
    std::string_view text;
};

std::optional<Heading> heading_of(std::string_view line) {
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    constexpr std::size_t level_max = 6;
    if (level == 0 || level > level_max) return std::nullopt;
    if (level < line.size() && line[level] != ' ') return std::nullopt;
    return Heading{level, trim(line.substr(level))};
}

std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

class Reading {
  public:
    Reading(std::string_view text, std::string_view name) : lines_(config::lines_of(text)) {
        read_.runbook.name = name;
        read_.runbook.text = text;
    }

    Read read() {
        body(head());
        std::ranges::sort(read_.problems, {}, &Problem::place);
        return std::move(read_);
    }

  private:
    std::string_view line(std::size_t at) const { return without_return(lines_[at]); }

    void fail(std::size_t line, std::string what, std::string hint) {
        const auto number = static_cast<std::uint32_t>(line + 1);
        read_.problems.push_back({{number, 1}, std::move(what), std::move(hint)});
    }

    // The lines as YAML at their own line numbers, so that every mistake has its place.
    template <class T>
    bool block(std::size_t from, std::size_t to, T& value) {
        std::string padded(from, '\n');
        for (std::size_t at = from; at < to; ++at) padded.append(line(at)).push_back('\n');
        auto yaml = config::parse_yaml(padded);
        auto problems = std::move(yaml.problems);
        if (problems.empty() && yaml.root.kind == Node::Kind::none) {
            fail(from == 0 ? 0 : from - 1, "the block is empty", "say what shall be done");
            return false;
        }
        if (problems.empty()) {
            Reader reader("/");
            reader.read(yaml.root, value);
            problems = reader.take_problems();
        }
        const bool ok = problems.empty();
        std::ranges::move(problems, std::back_inserter(read_.problems));
        return ok;
    }

    // The first line after the head.
    std::size_t head() {
        if (lines_.empty() || line(0) != "---") {
            fail(0, "there is no head", "begin with `---`, `title: …`, `owner: …`, `---`");
            return 0;
        }
        std::size_t end = 1;
        while (end < lines_.size() && line(end) != "---") ++end;
        if (end == lines_.size()) {
            fail(0, "the head does not end", "a line of `---` ends it");
            return end;
        }
        Head head;
        block(1, end, head);
        auto& runbook = read_.runbook;
        runbook.title = head.title;
        runbook.severity = head.severity;
        runbook.owner = head.owner;
        runbook.reviewed = head.reviewed;
        runbook.review_every = head.review_every;
        runbook.triggers = std::move(head.triggers);
        return end + 1;
    }

    void body(std::size_t at) {
        while (at < lines_.size()) {
            if (const auto fence = fence_of(line(at))) {
                at = fenced(at, *fence);
                continue;
            }
            if (const auto heading = heading_of(line(at))) begin(*heading, at);
            else keep(at);
            ++at;
        }
    }

    void begin(const Heading& heading, std::size_t at) {
        title_ = heading.text;
        constexpr std::size_t section_level = 2;
        if (heading.level > section_level) return keep(at);
        if (heading.level < section_level) return;
        const Place place{static_cast<std::uint32_t>(at + 1), 1};
        read_.runbook.sections.push_back({std::string(heading.text), {}, place});
    }

    void keep(std::size_t at) {
        if (read_.runbook.sections.empty()) return;
        read_.runbook.sections.back().text.append(line(at)).push_back('\n');
    }

    // Returns the line after the fence.
    std::size_t fenced(std::size_t from, const Fence& fence) {
        std::size_t end = from + 1;
        const auto closes = [&](std::size_t at) {
            const auto other = fence_of(line(at));
            return other && other->mark == fence.mark && other->length >= fence.length &&
                   other->info.empty();
        };
        while (end < lines_.size() && !closes(end)) ++end;
        for (std::size_t at = from; at < std::min(end + 1, lines_.size()); ++at) keep(at);
        const auto space = fence.info.find(' ');
        const auto word = fence.info.substr(0, space);
        const auto* kind = std::ranges::find(kind_words, word);
        if (kind == kind_words.end()) return end + 1;
        if (end == lines_.size()) fail(from, "the block does not end", "close it with ```");
        const auto name = space == std::string_view::npos ? "" : trim(fence.info.substr(space));
        step(static_cast<StepKind>(kind - kind_words.begin()), name, {from + 1, end});
        return end + 1;
    }

    struct Lines {
        std::size_t from;
        std::size_t to;
    };

    void step(StepKind kind, std::string_view name, Lines lines) {
        const std::size_t fence = lines.from - 1;
        auto& steps = read_.runbook.steps;
        if (!is_name(name)) {
            fail(fence,
                 name.empty() ? "the step has no name"
                              : fmt::format("`{}` is no name of a step", name),
                 "```check pool: small letters, digits and `-`");
            return;
        }
        if (const auto* other = find_step(read_.runbook, name)) {
            fail(fence, fmt::format("`{}` is the name of two steps", name),
                 fmt::format("the other one is on line {}", other->place.line));
            return;
        }
        if (steps.size() == steps_max) {
            fail(fence, fmt::format("there are more than {} steps", steps_max),
                 "make two runbooks of it");
            return;
        }
        Step step{.kind = kind,
                  .name = std::string(name),
                  .title = std::string(title_),
                  .place = {static_cast<std::uint32_t>(fence + 1), 1}};
        read_step(step, lines);
        steps.push_back(std::move(step));
    }

    void read_step(Step& step, Lines lines) {
        switch (step.kind) {
            case StepKind::check: block(lines.from, lines.to, step.check); break;
            case StepKind::decide: block(lines.from, lines.to, step.decide); break;
            case StepKind::act: block(lines.from, lines.to, step.act); break;
            case StepKind::verify: verify(step, lines); break;
            case StepKind::undo: block(lines.from, lines.to, step.undo); break;
            case StepKind::ask: block(lines.from, lines.to, step.ask); break;
        }
    }

    // An empty one means: the signals that fired have cleared.
    void verify(Step& step, Lines lines) {
        const auto is_blank = [&](std::size_t at) { return trim(line(at)).empty(); };
        for (std::size_t at = lines.from; at < lines.to; ++at)
            if (!is_blank(at)) {
                block(lines.from, lines.to, step.verify);
                return;
            }
    }

    // Not `restore` or `none`, which an act says of its undo.
    static bool is_name(std::string_view name) {
        constexpr std::size_t length_max = 40;
        const auto fits = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        };
        return !name.empty() && name.size() <= length_max && std::ranges::all_of(name, fits) &&
               name != "restore" && name != "none";
    }

    std::vector<std::string_view> lines_;
    std::string_view title_;
    Read read_;
};

}  // namespace

std::string_view word(StepKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

const Step* find_step(const Runbook& runbook, std::string_view name) {
    const auto found = std::ranges::find(runbook.steps, name, &Step::name);
    return found == runbook.steps.end() ? nullptr : &*found;
}

const Section* find_section(const Runbook& runbook, std::string_view title) {
    const auto found = std::ranges::find_if(runbook.sections, [&](const Section& section) {
        return equal_ignoring_case(section.title, title);
    });
    return found == runbook.sections.end() ? nullptr : &*found;
}

Read read_runbook(std::string_view text, std::string_view name) {
    if (text.size() > text_bytes_max) {
        Read read;
        read.problems.push_back(
            {{1, 1},
             fmt::format("the runbook is larger than {} KiB", text_bytes_max >> 10),
             "make two of it"});
        return read;
    }
    return Reading(text, name).read();
}

}  // namespace sg::runbooks
