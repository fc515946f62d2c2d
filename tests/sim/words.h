// A line of a story, word by word, and what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::sim {

struct Mistake {
    int line = 0;
    std::size_t column = 0;  // From 0.
    std::size_t length = 1;
    std::string what;
    std::string hint;
};

class Words {
  public:
    Words(std::string_view line, int number);

    bool at_end() const { return next_ >= words_.size(); }
    std::string_view peek() const { return at_end() ? std::string_view() : words_[next_].text; }
    std::string_view peek_after() const {
        return next_ + 1 < words_.size() ? words_[next_ + 1].text : std::string_view();
    }
    std::string take();
    bool take_if(std::string_view word);  // And goes on, if it is the next.
    std::string rest();                   // All that is left, as it is written.
    int number() const { return number_; }
    std::string_view line() const { return line_; }

    // About the word that was taken last, or the end of the line. Only the first counts.
    void wrong(std::string what, std::string hint);
    void end();  // There must be nothing left.
    const std::optional<Mistake>& mistake() const { return mistake_; }

    Duration time(std::string_view what);  // `90s`, `1h30m`
    double share();                        // `5%`
    double rate();                         // `800/s`
    std::int64_t number(std::string_view what);
    std::string text();  // `"in quotes"`, without them.
    std::string name(std::string_view what);

  private:
    struct Word {
        std::string text;
        std::size_t column = 0;
        std::size_t length = 0;
    };
    std::string_view line_;
    int number_;
    std::vector<Word> words_;
    std::size_t next_ = 0;
    std::optional<Mistake> mistake_;
};

// `90s`, `1h30m`, `10m`
std::optional<Duration> time_of(std::string_view text);

}  // namespace sg::sim
