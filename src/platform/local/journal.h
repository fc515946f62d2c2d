// What happened, newest kept: in memory for questions, in a file so that the next supervisor knows
// it too.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "platform/local/logs.h"
#include "platform/local/model.h"

namespace sg::platform::local {

struct Entry {
    std::uint64_t number = 0;  // Grows by one; `after` of a question.
    Instant at;
    Note note;
};

class Journal {
  public:
    static constexpr std::size_t entries_most = 2000;  // In memory; older ones are in the file.

    static Result<Journal> open(std::string path);

    const Entry& add(Note note, Instant at);
    std::uint64_t last() const { return next_ - 1; }

    // Newest last; `service` empty: of all.
    std::vector<Entry> of(const std::string& service, std::uint64_t after = 0) const;

  private:
    std::string path_;
    Fd file_;
    std::uint64_t next_ = 1;
    std::deque<Entry> entries_;
};

std::string sentence(const Entry& entry);  // catalog v1/2 crashed: exit status 3, healthy for 4.0 s

}  // namespace sg::platform::local
