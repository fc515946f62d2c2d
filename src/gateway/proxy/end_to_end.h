// Which received fields pass, and copying those that do. What is between two neighbours is not a
// gap but a line break, so a run of fields that pass is one copy.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "gateway/router/compiled.h"
#include "http/message.h"
#include "http/out.h"

namespace sg::gateway::proxy {

constexpr std::uint64_t bit(http::FieldId id) { return 1ULL << static_cast<unsigned>(id); }

// Fields that Connection names, besides those that are hop-by-hop anyway. Fields that everybody on
// the way is meant to read cannot be named away (RFC 9110 §7.6.1): else a client could strip what a
// guard relies on.
class NamedByConnection {
  public:
    bool collect(const http::Fields& fields);  // False: it names more than anybody honest would.
    bool any() const { return count_ != 0; }
    bool has(std::string_view name) const;

  private:
    static constexpr std::size_t capacity = 32;
    struct Name {  // Unlike a string_view it begins as what lies there: nobody pays for clearing.
        const char* text;
        std::size_t size;
    };
    std::array<Name, capacity> names_;
    std::size_t count_ = 0;
};

enum class Twins : std::uint8_t { kept, dropped };

// Copies every field whose id is not in `dropped_ids`, which Connection does not name and the edits
// do not drop. With Twins::dropped, `X_User` does not pass beside an edit of `X-User`: some servers
// read both as one. False: Connection names too much.
[[nodiscard]] bool append_end_to_end(http::Out& out, const http::Fields& fields,
                                     std::uint64_t dropped_ids, const router::Edits* edits,
                                     Twins twins);

}  // namespace sg::gateway::proxy
