#include "platform/inspect/order.h"

#include <algorithm>

#include "platform/inspect/text.h"

namespace sg::platform::inspect {

bool Order::wants(std::string_view name) const {
    return std::ranges::find(what, name) != what.end();
}

Finding unseen(std::string what, const Error& error) {
    constexpr std::size_t most = 300;
    return {.what = std::move(what),
            .key = "unseen",
            .standing = Standing::unknown,
            .title = "could not be looked at: " +
                     shown(error.what.empty() ? error.message() : error.what, most),
            .hint = shown(error.hint, most)};
}

Standing standing_of(double value, Bounds bounds) {
    if (value >= bounds.bad_from) return Standing::bad;
    return value >= bounds.odd_from ? Standing::odd : Standing::fine;
}

void add_row(Evidence& evidence, std::vector<std::string> row, std::uint32_t most) {
    if (evidence.rows.size() < most) evidence.rows.push_back(std::move(row));
    else ++evidence.left_out;
}

}  // namespace sg::platform::inspect
