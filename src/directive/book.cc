#include "directive/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "directive/file.h"
#include "directive/json.h"
#include "directive/json_tree.h"
#include "directive/validate.h"

namespace sg::directive {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t file_max = 64 << 20;
constexpr const char* version_key = "streamgate_directives";

// As exact as the file is, so that a restart changes nothing.
Instant to_millisecond(Instant t) {
    return t == Instant::never() ? t : Instant{t.ns - t.ns % 1'000'000};
}

bool same_what(const Directive& a, const Directive& b) {
    const std::string kind(kind_of(a));
    return kind == kind_of(b) && write_tree(a).at(kind) == write_tree(b).at(kind);
}

}  // namespace

DirectiveBook::DirectiveBook(std::string path) : path_(std::move(path)) {}

Result<void> DirectiveBook::save(const std::vector<Directive>& list, std::uint64_t revision) const {
    if (path_.empty()) return {};
    Json out{{version_key, version}, {"revision", revision}, {"directives", Json::array()}};
    for (const auto& directive : list) out["directives"].push_back(write_tree(directive));
    return write_atomically(path_, out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<void> DirectiveBook::replace(std::vector<Directive> list) {
    TRY_VOID(save(list, revision_ + 1));
    ++revision_;
    in_force_ = std::make_shared<const std::vector<Directive>>(std::move(list));
    return {};
}

Result<void> DirectiveBook::add(Directive directive, Instant now) {
    directive.issued_at = to_millisecond(directive.issued_at);
    directive.expires_at = to_millisecond(directive.expires_at);
    TRY_VOID(validate(directive, now));
    auto list = *in_force_;
    std::erase_if(list, [&](const Directive& d) { return d.expires_at <= now; });
    // Said again without a change it keeps its place: an orchestrator that repeats itself must not
    // overrule what was said since.
    const auto known = std::ranges::find(list, directive.id, &Directive::id);
    if (known != list.end() && same_what(*known, directive)) {
        *known = std::move(directive);
        return replace(std::move(list));
    }
    if (known != list.end()) list.erase(known);
    if (list.size() >= directives_max)
        return fail(Errc::exhausted, fmt::format("{} directives are in force", list.size()),
                    "lift some of them");
    list.push_back(std::move(directive));
    return replace(std::move(list));
}

Result<void> DirectiveBook::lift(std::string_view id, Instant now) {
    auto list = *in_force_;
    std::erase_if(list, [&](const Directive& d) { return d.expires_at <= now; });
    if (std::erase_if(list, [&](const Directive& d) { return d.id == id; }) == 0)
        return fail(Errc::not_found, fmt::format("no directive `{}` is in force", id));
    return replace(std::move(list));
}

bool DirectiveBook::expire(Instant now) {
    if (next_expiry() > now) return false;
    auto list = *in_force_;
    std::erase_if(list, [&](const Directive& d) { return d.expires_at <= now; });
    ++revision_;
    // It ends even if the disk says no: what is still in the file has expired there too.
    [[maybe_unused]] const auto saved = save(list, revision_);
    in_force_ = std::make_shared<const std::vector<Directive>>(std::move(list));
    return true;
}

Instant DirectiveBook::next_expiry() const {
    auto next = Instant::never();
    for (const auto& directive : *in_force_) next = std::min(next, directive.expires_at);
    return next;
}

void DirectiveBook::set_aside(Instant now, Loaded& report) const {
    report.set_aside = fmt::format("{}.unreadable-{}", path_, now.ns / 1'000'000);
    if (std::rename(path_.c_str(), report.set_aside.c_str()) == 0) return;
    report.problems.push_back(fmt::format("{} could not be renamed", path_));
    report.set_aside.clear();
}

void DirectiveBook::take(std::string_view text, Instant now, std::vector<Directive>& list,
                         Loaded& report) {
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    const auto say = [&](std::string what) { report.problems.push_back(std::move(what)); };
    if (!json.is_object()) return say(path_ + " is torn or not JSON");
    const auto number = json.find(version_key);
    if (number == json.end() || *number != version)
        return say(fmt::format("{} is not of version {}", path_, version));
    const auto directives = json.find("directives");
    if (directives == json.end() || !directives->is_array())
        return say(path_ + " holds no list of directives");
    if (const auto at = json.find("revision"); at != json.end() && at->is_number_unsigned())
        revision_ = at->get<std::uint64_t>();

    for (const auto& item : *directives) {
        auto read = read_tree(item, now);
        if (read && read->expires_at <= now) {  // It ended while the gateway was down: no mistake.
            ++report.expired;
            continue;
        }
        const auto valid =
            read ? validate(*read, now) : Result<void>(std::unexpected(read.error()));
        if (!valid) say(fmt::format("{}: {}", path_, valid.error().message()));
        else if (list.size() < directives_max) list.push_back(std::move(*read));
    }
    report.taken = list.size();
}

DirectiveBook::Loaded DirectiveBook::load(Instant now) {
    Loaded report;
    if (path_.empty()) return report;
    const auto text = read_whole(path_, file_max);
    if (!text && text.error().code == Errc::not_found) return report;

    std::vector<Directive> list;
    if (text) take(*text, now, list, report);
    else report.problems.push_back(text.error().message());
    const bool changed = !report.problems.empty() || report.expired > 0;
    if (!report.problems.empty()) set_aside(now, report);
    in_force_ = std::make_shared<const std::vector<Directive>>(std::move(list));
    if (!changed) return report;
    ++revision_;
    if (const auto saved = save(*in_force_, revision_); !saved)
        report.problems.push_back(saved.error().message());
    return report;
}

}  // namespace sg::directive
