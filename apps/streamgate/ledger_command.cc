// `streamgate ledger`: whether history is as it was written, and history itself. Looking needs no
// operations that run: it reads the store, and changes nothing.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "config/load.h"
#include "operate/text.h"
#include "operations.h"
#include "ops/rebuild.h"
#include "ops/spine.h"
#include "ops_ask.h"
#include "platform/local/client.h"
#include "platform/local/files.h"
#include "store/ledger.h"

namespace sg::app {

namespace {

using operate::Json;
using operate::Screen;

constexpr std::int64_t batch = 1000;  // Records read at a time.

// --- where it is
// ---------------------------------------------------------------------------------

Result<std::unique_ptr<store::Session>> open_store(const Cli& cli, const std::string& told) {
    if (!told.empty()) return store::Session::open(told, store::Access::looking);
    TRY(const auto layout, platform::local::find_layout(cli.config, cli.state));
    // With --state a broken or missing file is no obstacle, unless it would say where the store is.
    const auto config = config::load_file(cli.config);
    const OpsLayout ops{layout.state};
    const auto url = ops.store_url(config ? **config : config::Config{});
    auto session = store::Session::open(url, store::Access::looking);
    if (!session && url.starts_with("sqlite:") && ::access(url.c_str() + 7, F_OK) != 0)
        return fail(Errc::unavailable, fmt::format("there is no ledger at {}", url.substr(7)),
                    "it is found by --config or --state; a copy is named by --store sqlite:FILE");
    return session;
}

// --- verify
// --------------------------------------------------------------------------------------

struct VerifyWish {
    std::string store;
    std::string anchor;
    bool deep = false;
};

// On a terminal only, and wiped away at the end.
void show_progress(const char* doing, std::int64_t records) {
    if (::isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r{} {} records", doing, operate::show_count(records));
}

void end_progress() {
    if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
}

Result<store::Anchors> read_anchors(const std::string& file) {
    if (file.empty()) return store::Anchors{};
    TRY(const auto text, platform::local::read_file(file));
    TRY(auto anchors, store::parse_anchors(text));
    if (anchors.empty())
        return fail(Errc::invalid_argument, fmt::format("no anchor is in {}", file),
                    "`streamgate ledger head >> FILE` writes one");
    return anchors;
}

struct Findings {
    store::Verdict verdict;
    std::size_t anchors = 0;
    bool deep = false;
    ops::Comparison rows;
    Duration took{};

    bool good() const { return verdict.wrong.empty() && rows.different.empty(); }
};

Json to_json(const Findings& found) {
    const auto& verdict = found.verdict;
    Json json{
        {"holds", found.good()},
        {"records", verdict.records},
        {"erased", verdict.erased},
        {"head", {{"seq", verdict.head.seq}, {"hash", verdict.head.hash}}},
        {"anchors", found.anchors},
        {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(found.took).count()}};
    if (!verdict.wrong.empty()) json["wrong"] = {{"at", verdict.at}, {"what", verdict.wrong}};
    if (found.deep)
        json["rows"] = {{"compared", found.rows.rows}, {"different", found.rows.different}};
    return json;
}

void say(const Findings& found) {
    const auto& verdict = found.verdict;
    if (!verdict.wrong.empty()) {
        fmt::print("THE CHAIN IS BROKEN at record {}: {}\n", operate::show_count(verdict.at),
                   verdict.wrong);
        fmt::print("the {} records before it are as they were written\n",
                   operate::show_count(verdict.at - 1));
        return;
    }
    fmt::print("the chain holds: {} records, head {} {}\n", operate::show_count(verdict.records),
               verdict.head.seq, verdict.head.hash);
    std::string more = fmt::format("verified in {}", operate::show_span(found.took));
    if (verdict.erased > 0)
        more += fmt::format(" · the content of {} was erased", operate::show_count(verdict.erased));
    if (found.anchors > 0) more += fmt::format(" · {} anchors agree", found.anchors);
    fmt::print("{}\n", more);
    if (!found.deep) return;
    for (const auto& one : found.rows.different) fmt::print("NOT AS THE RECORDS SAY: {}\n", one);
    if (!found.rows.different.empty() && found.rows.erased > 0)
        fmt::print("what followed from the {} erased records is not known any more\n",
                   operate::show_count(found.rows.erased));
    if (found.rows.different.empty())
        fmt::print("{} rows are as the records say\n", operate::show_count(found.rows.rows));
}

Result<Findings> look_through(const Cli& cli, const VerifyWish& wish) {
    TRY(const auto anchors, read_anchors(wish.anchor));
    TRY(const auto session, open_store(cli, wish.store));
    const Tick began = steady_now();
    Findings found{.anchors = anchors.size(), .deep = wish.deep};
    auto verdict = store::verify(*session, anchors,
                                 [](std::int64_t records) { show_progress("verified", records); });
    end_progress();
    if (!verdict) return std::unexpected(verdict.error());
    found.verdict = std::move(*verdict);
    if (wish.deep && found.verdict.wrong.empty()) {
        auto rows = ops::compare_rows(*session, ops::spine().folds, [](std::int64_t records) {
            show_progress("replayed", records);
        });
        end_progress();
        if (!rows) return std::unexpected(rows.error());
        found.rows = std::move(*rows);
    }
    found.took = steady_now() - began;
    return found;
}

int verify(const Cli& cli, const VerifyWish& wish) {
    const auto found = look_through(cli, wish);
    if (!found) return complain(cli, found.error());
    if (cli.json) fmt::print("{}\n", to_json(*found).dump());
    else say(*found);
    return found->good() ? 0 : 1;
}

// --- export
// --------------------------------------------------------------------------------------

struct ExportWish {
    std::string store;
    std::string to;
    std::int64_t after = 0;
};

// All that the chain is made of, so that whoever has the file can verify it.
std::string line_of(const store::Entry& entry) {
    nlohmann::ordered_json json{
        {"seq", entry.seq},   {"recorded_at", to_rfc3339_exact(entry.recorded_at)},
        {"kind", entry.kind}, {"version", entry.version},
        {"who", entry.who},   {"origin", entry.origin}};
    if (entry.cause) json["cause"] = *entry.cause;
    json["subjects"] = entry.subjects;
    if (entry.erased) {
        json["erased"] = true;
    } else {
        json["salt"] = entry.salt;
        json["payload"] = entry.payload;
    }
    json["digest"] = entry.digest;
    json["prev"] = entry.prev;
    json["hash"] = entry.hash;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::int64_t> write_records(store::Session& session, std::int64_t after, std::FILE* out) {
    std::int64_t written = 0;
    for (;;) {
        TRY(const auto list, store::entries(session, {.after = after, .limit = batch}));
        if (list.empty()) break;
        for (const auto& entry : list) {
            const auto line = line_of(entry);
            if (std::fwrite(line.data(), 1, line.size(), out) != line.size())
                return fail_system("write the export");
            after = entry.seq;
        }
        written += static_cast<std::int64_t>(list.size());
        show_progress("exported", written);
    }
    if (std::fflush(out) != 0) return fail_system("write the export");
    return written;
}

Result<std::int64_t> write_export(const Cli& cli, const ExportWish& wish) {
    TRY(const auto session, open_store(cli, wish.store));
    if (wish.to.empty()) return write_records(*session, wish.after, stdout);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(wish.to.c_str(), "wx"),
                                                               &std::fclose);
    if (!file) return fail_system("create " + wish.to);
    return write_records(*session, wish.after, file.get());
}

int export_all(const Cli& cli, const ExportWish& wish) {
    const auto written = write_export(cli, wish);
    end_progress();
    if (!written) return complain(written.error());
    if (!wish.to.empty())
        fmt::print("{} records are in {}\n", operate::show_count(*written), wish.to);
    return 0;
}

// --- head, redact
// --------------------------------------------------------------------------------

Result<store::Head> find_head(const Cli& cli, const std::string& told) {
    if (cli.server.empty()) {
        TRY(const auto session, open_store(cli, told));
        return store::head(*session);
    }
    TRY(const Json answer, ask(cli, {.path = "/api/v1/ledger/head"}));
    return store::Head{operate::number_at(answer, "seq"), operate::text_at(answer, "hash")};
}

int head(const Cli& cli, const std::string& told) {
    const auto found = find_head(cli, told);
    if (!found) return complain(cli, found.error());
    if (cli.json) fmt::print("{}\n", Json{{"seq", found->seq}, {"hash", found->hash}}.dump());
    else fmt::print("{} {}\n", found->seq, found->hash);
    return 0;
}

struct RedactWish {
    std::int64_t seq = 0;
    std::string reason;
    bool sure = false;
};

// Whoever sits at a terminal is asked; a script says --yes.
bool is_sure(const Cli& cli, const RedactWish& wish) {
    if (wish.sure) return true;
    if (::isatty(STDIN_FILENO) == 0) return false;
    const auto answer =
        ask(cli, {.path = fmt::format("/api/v1/ledger?after={}&limit=1", wish.seq - 1)});
    if (answer)
        for (const auto& record : operate::list_at(*answer, "records"))
            fmt::print("{}  {}\n", operate::text_at(record, "at"),
                       operate::text_at(record, "sentence"));
    fmt::print("erase the content of record {} for ever? [y/N] ", wish.seq);
    std::fflush(stdout);
    const int said = std::getchar();
    return said == 'y' || said == 'Y';
}

int redact(const Cli& cli, const RedactWish& wish) {
    if (!is_sure(cli, wish))
        return complain(cli, {Errc::invalid_argument, "nothing was erased: it cannot be undone",
                              "--yes says that you are sure"});
    const View view = [&](const Json&, const Screen&) {
        return fmt::format(
            "the content of record {} is erased; that it was is recorded, and the "
            "chain still holds\n",
            wish.seq);
    };
    return ask_and_show(cli,
                        {"POST", fmt::format("/api/v1/ledger/{}/redact", wish.seq),
                         Json{{"reason", wish.reason}}.dump()},
                        view);
}

constexpr const char* store_help = "another store: sqlite:FILE or postgres://…; not changed";

void add_verify(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("verify", "is history as it was written?");
    const auto wish = std::make_shared<VerifyWish>();
    command->add_flag("--deep", wish->deep,
                      "also: do the tables say what follows from the records?");
    command->add_option("--anchor", wish->anchor,
                        "file with heads that were kept elsewhere: finds a chain that was cut "
                        "or computed anew");
    command->add_option("--store", wish->store, store_help);
    command->callback([&cli, wish] { cli.exit_code = verify(cli, *wish); });
}

void add_export(CLI::App* group, Cli& cli) {
    auto* const command = group->add_subcommand("export", "every record, a line of JSON each");
    const auto wish = std::make_shared<ExportWish>();
    command->add_option("--to", wish->to, "a new file; default: standard output");
    command->add_option("--after", wish->after, "only what came after this record");
    command->add_option("--store", wish->store, store_help);
    command->callback([&cli, wish] { cli.exit_code = export_all(cli, *wish); });
}

void add_redact(CLI::App* group, Cli& cli) {
    auto* const command =
        group->add_subcommand("redact", "erase the content of a record; that it was is recorded");
    const auto wish = std::make_shared<RedactWish>();
    command->add_option("record", wish->seq, "its number")->required();
    command->add_option("--reason", wish->reason, "why; without what is erased")->required();
    command->add_flag("--yes", wish->sure, "without asking");
    command->callback([&cli, wish] { cli.exit_code = redact(cli, *wish); });
}

}  // namespace

void add_ledger(Cli& cli) {
    auto* const group = add_group(cli, "ledger", "what happened, and that nobody changed it since");
    group->require_subcommand(1);
    add_verify(group, cli);
    add_export(group, cli);
    add_redact(group, cli);
    auto* const heads = group->add_subcommand(
        "head", "the last record and its hash: an anchor, to be kept outside");
    const auto told = std::make_shared<std::string>();
    heads->add_option("--store", *told, store_help);
    heads->callback([&cli, told] { cli.exit_code = head(cli, *told); });
}

}  // namespace sg::app
