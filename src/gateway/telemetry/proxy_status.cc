#include "gateway/telemetry/proxy_status.h"

namespace sg::gateway {

namespace {

// Every name is put between quotes as it stands, every token without: both must need no escaping.
constexpr bool fit_structured_fields() {
    for (const auto& row : endings) {
        for (const char c : row.name)
            if (!(c >= 'a' && c <= 'z') && c != '_') return false;
        if (row.token != "-" && !(row.token[0] >= 'a' && row.token[0] <= 'z')) return false;
        if (row.name.size() + row.token.size() > 80) return false;
    }
    return true;
}
static_assert(fit_structured_fields());

}  // namespace

void write_proxy_status(http::Out& out, Ending ending, std::uint16_t received_status) {
    const auto& row = row_of(ending);
    if (row.blame == BlameOf::none) return;
    out.put("streamgate");
    if (row.token != "-") {
        out.put("; error=");
        out.put(row.token);
    }
    if (received_status != 0) {
        out.put("; received-status=");
        out.put_number(received_status);
    }
    out.put("; details=\"");
    out.put(row.name);
    out.put('"');
}

void write_proxy_status(http::Out& out, const Account& account) {
    const bool tried = account.attempts > 0 && account.attempts <= Account::attempts_max;
    write_proxy_status(out, account.ending,
                       tried ? account.attempt[account.attempts - 1U].status : std::uint16_t{0});
}

}  // namespace sg::gateway
