#include "platform/local/table.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace sg::platform::local {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

Table::Table(std::vector<std::string> columns) : columns_(std::move(columns)) {
    for (auto& name : columns_) {
        to_the_right_.push_back(name.starts_with('>'));
        if (to_the_right_.back()) name.erase(0, 1);
    }
}

void Table::row(std::vector<std::string> cells, News news) {
    cells.resize(columns_.size());
    rows_.push_back({std::move(cells), news});
}

std::string Table::text(bool colour) const {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        auto width = width_of(columns_[c]);
        for (const auto& row : rows_) width = std::max(width, width_of(row.cells[c]));
        widths.push_back(width);
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string out;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const std::string blank(widths[c] - width_of(cells[c]), ' ');
            out += to_the_right_[c] ? blank + cells[c] : cells[c] + blank;
            if (c + 1 < cells.size()) out += "  ";
        }
        return out.substr(0, out.find_last_not_of(' ') + 1);
    };
    std::string out = line(columns_) + "\n";
    for (const auto& row : rows_) out += coloured(line(row.cells), row.news, colour) + "\n";
    return out;
}

std::string coloured(std::string text, News news, bool colour) {
    if (!colour || news == News::plain) return text;
    return (news == News::bad ? "\x1b[31m" : "\x1b[32m") + std::move(text) + "\x1b[0m";
}

bool colour_on(int fd) { return isatty(fd) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace sg::platform::local
