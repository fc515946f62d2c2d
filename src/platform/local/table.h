// Tables for terminals: aligned columns, numbers to the right, colour that only repeats what a word
// already says.
#pragma once

#include <string>
#include <vector>

#include "platform/local/model.h"

namespace sg::platform::local {

// Columns that an UTF-8 text takes: one per code point, which is true of all that we print.
std::size_t width_of(std::string_view text);

class Table {
  public:
    // A name that starts with `>` is a column of numbers.
    explicit Table(std::vector<std::string> columns);
    void row(std::vector<std::string> cells, News news = News::plain);
    bool empty() const { return rows_.empty(); }
    std::string text(bool colour) const;

  private:
    struct Row {
        std::vector<std::string> cells;
        News news;
    };
    std::vector<std::string> columns_;
    std::vector<bool> to_the_right_;
    std::vector<Row> rows_;
};

std::string coloured(std::string text, News news, bool colour);

// Whether colour makes sense on a descriptor: a terminal, and nobody said NO_COLOR.
bool colour_on(int fd);

}  // namespace sg::platform::local
