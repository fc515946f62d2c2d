// PostgreSQL through libpq: why not SOCI is in docs/decisions/0002-sql.md.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "store/connection.h"

namespace sg::store {

namespace {

// Types of columns, from the server's catalogue (pg_type.h); the rest is taken as text.
enum : Oid { oid_bool = 16, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23 };
enum : Oid { oid_float4 = 700, oid_float8 = 701, oid_numeric = 1700 };

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

// `:name` becomes $1, $2… by first appearance, outside quotes.
std::string with_numbers(std::string_view text) {
    std::string out;
    std::vector<std::string_view> names;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'') quoted = !quoted;
        const bool name = c == ':' && !quoted && i + 1 < text.size() &&
                          std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0;
        if (!name) {
            out += c;
            continue;
        }
        std::size_t end = i + 1;
        const auto in_name = [](char x) {
            return std::isalnum(static_cast<unsigned char>(x)) != 0 || x == '_';
        };
        while (end < text.size() && in_name(text[end])) ++end;
        const auto word = text.substr(i, end - i);
        auto at = std::ranges::find(names, word);
        if (at == names.end()) at = names.insert(names.end(), word);
        out += fmt::format("${}", at - names.begin() + 1);
        i = end - 1;
    }
    return out;
}

Errc code_of(std::string_view state) {
    if (state.empty() || state.starts_with("08") || state.starts_with("57"))
        return Errc::unavailable;
    if (state.starts_with("40") || state == "55P03") return Errc::unavailable;  // Try again.
    if (state.starts_with("23")) return Errc::conflict;
    return Errc::io_failed;
}

Value cell(const PGresult* answer, int row, int column) {
    if (PQgetisnull(answer, row, column) != 0) return Null{};
    const std::string_view text(PQgetvalue(answer, row, column),
                                static_cast<std::size_t>(PQgetlength(answer, row, column)));
    const auto number = [&]<class T>(T value) -> Value {
        const char* const begin = text.begin();
        std::from_chars(begin, begin + text.size(), value);
        return value;
    };
    switch (PQftype(answer, column)) {
        case oid_int2:
        case oid_int4:
        case oid_int8: return number(std::int64_t{});
        case oid_bool: return std::int64_t{text == "t"};
        case oid_float4:
        case oid_float8: return number(double{});
        case oid_numeric:  // What sum() of BIGINT gives.
            return text.contains('.') ? number(double{}) : number(std::int64_t{});
        default: return std::string(text);
    }
}

// Whose connection it is, that it is noticed within seconds when the server or the way to it is
// gone, and that the server notices when we are. What the address says itself stays.
std::string with_settings(std::string url) {
    static constexpr std::pair<std::string_view, std::string_view> settings[] = {
        {"fallback_application_name", "streamgate"},
        {"connect_timeout", "5"},  // Seconds.
        {"keepalives_idle", "5"},
        {"keepalives_interval", "2"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"},  // Milliseconds.
    };
    for (const auto& [name, value] : settings) {
        if (url.contains(std::string(name) + "=")) continue;
        url += fmt::format("{}{}={}", url.contains('?') ? '&' : '?', name, value);
    }
    return url;
}

// The number of the lock: "StGt". Its second half is the schema, so that several installations may
// share a database.
constexpr int leader_lock = 0x53744774;

// A leader that is stopped, or on a machine that is gone, must not keep the lock. Set where the
// server knows it: idle_session_timeout is of version 14.
std::string leader_settings() {
    const auto ms = Session::leader_silence_max / 1ms;
    return fmt::format(
        "SELECT set_config(name, v, false) FROM pg_settings JOIN (VALUES "
        "('idle_session_timeout', '{0}'), ('idle_in_transaction_session_timeout', '{0}'), "
        "('tcp_user_timeout', '{0}'), ('tcp_keepalives_idle', '5'), "
        "('tcp_keepalives_interval', '2'), ('tcp_keepalives_count', '2')) AS t (n, v) ON n = name",
        ms);
}

class Postgres final : public Connection {
  public:
    explicit Postgres(PGconn* connection) : connection_(connection) {}
    ~Postgres() override { PQfinish(connection_); }

    bool is_lost() const override { return PQstatus(connection_) != CONNECTION_OK; }

    Result<bool> lead() override {
        bool leads = false;
        const TakeRow take = [&](const Row& row) -> Result<void> {
            leads = row.integer(0) != 0;
            return {};
        };
        const auto ask = fmt::format(
            "SELECT pg_try_advisory_lock({}, hashtext(current_schema()::text))", leader_lock);
        TRY_VOID(run_text(ask, &take));
        if (leads) TRY_VOID(run_text(leader_settings(), nullptr));
        return leads;
    }

    Result<std::int64_t> run(const Sql& sql, const Values& values, const TakeRow* take) override {
        const std::string name(sql.name());
        if (!prepared_.contains(&sql)) {
            const Answer answer(
                PQprepare(connection_, name.c_str(), with_numbers(sql.text()).c_str(), 0, nullptr));
            if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return failed(answer, name);
            prepared_.insert(&sql);
        }
        const Parameters parameters(values);
        if (PQsendQueryPrepared(connection_, name.c_str(), parameters.count(), parameters.texts(),
                                nullptr, nullptr, 0) == 0)
            return failed({}, name);
        PQsetSingleRowMode(connection_);
        return take_answers(name, take);
    }

    Result<void> run_text(const std::string& text, const TakeRow* take) override {
        if (PQsendQuery(connection_, text.c_str()) == 0) return failed({}, text.substr(0, 60));
        TRY([[maybe_unused]] const auto changed, take_answers(text.substr(0, 60), take));
        return {};
    }

  private:
    // Values as the texts that libpq wants.
    class Parameters {
      public:
        explicit Parameters(const Values& values) {
            texts_.reserve(values.size());
            for (const Value& value : values) {
                const auto& held = value.held();
                if (const auto* number = std::get_if<std::int64_t>(&held))
                    texts_.push_back(std::to_string(*number));
                else if (const auto* real = std::get_if<double>(&held))
                    texts_.push_back(fmt::format("{}", *real));
                else if (const auto* text = std::get_if<std::string>(&held))
                    texts_.push_back(*text);
                else texts_.emplace_back();
            }
            for (std::size_t i = 0; i < values.size(); ++i)
                pointers_.push_back(
                    std::holds_alternative<Null>(values[i].held()) ? nullptr : texts_[i].c_str());
        }
        int count() const { return static_cast<int>(pointers_.size()); }
        const char* const* texts() const { return pointers_.data(); }

      private:
        std::vector<std::string> texts_;
        std::vector<const char*> pointers_;
    };

    std::unexpected<Error> failed(const Answer& answer, std::string_view doing) {
        const char* state = answer ? PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE) : nullptr;
        std::string_view why(answer ? PQresultErrorMessage(answer.get())
                                    : PQerrorMessage(connection_));
        while (why.ends_with('\n')) why.remove_suffix(1);
        return fail(code_of(state != nullptr ? state : ""), fmt::format("{}: {}", doing, why));
    }

    // Reads all answers to the end, also after an error: the connection must be free again.
    Result<std::int64_t> take_answers(std::string_view doing, const TakeRow* take) {
        Result<std::int64_t> outcome = 0;
        while (const Answer answer{PQgetResult(connection_)}) {
            if (!outcome) continue;
            const auto status = PQresultStatus(answer.get());
            if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
                const auto taken = take_rows(answer.get(), take);
                if (!taken) outcome = std::unexpected(taken.error());
            } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
                outcome = failed(answer, doing);
            }
            if (outcome) {
                const std::string_view changed(PQcmdTuples(answer.get()));
                std::from_chars(changed.data(), changed.data() + changed.size(), *outcome);
            }
        }
        return outcome;
    }

    static Result<void> take_rows(const PGresult* answer, const TakeRow* take) {
        const int columns = PQnfields(answer);
        for (int row = 0; take != nullptr && row < PQntuples(answer); ++row) {
            Values values;
            values.reserve(static_cast<std::size_t>(columns));
            for (int i = 0; i < columns; ++i) values.push_back(cell(answer, row, i));
            TRY_VOID((*take)(Row(std::move(values))));
        }
        return {};
    }

    PGconn* connection_;
    std::unordered_set<const Sql*> prepared_;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres(const std::string& url, Access access) {
    PGconn* raw = PQconnectdb(with_settings(url).c_str());
    auto opened = std::make_unique<Postgres>(raw);
    if (PQstatus(raw) != CONNECTION_OK) {
        std::string_view why(PQerrorMessage(raw));  // Names host and user, never the password.
        while (why.ends_with('\n')) why.remove_suffix(1);
        return fail(Errc::unavailable, fmt::format("connect to PostgreSQL: {}", why));
    }
    PQsetNoticeProcessor(raw, [](void*, const char*) {}, nullptr);
    TRY_VOID(
        opened->run_text("SET synchronous_commit = on; SET client_encoding = 'UTF8'", nullptr));
    if (access == Access::looking)  // Repeatable: a reading transaction sees one moment.
        TRY_VOID(
            opened->run_text("SET default_transaction_read_only = on;"
                             "SET default_transaction_isolation = 'repeatable read'",
                             nullptr));
    return opened;
}

}  // namespace sg::store
