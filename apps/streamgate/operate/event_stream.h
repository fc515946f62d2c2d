// Server-sent events, bytes in, events out. Source: HTML Living Standard §9.2.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sg::operate {

struct StreamEvent {
    std::string id;    // The last that was said; it stays until there is another.
    std::string name;  // `message` when none is given.
    std::string text;  // Lines of data, joined.
};

class EventStream {
  public:
    // Bound: of an event; one that is longer is left out.
    static constexpr std::size_t event_max = 4U << 20;

    // Any part of the stream, and the events that it completes.
    std::vector<StreamEvent> feed(std::string_view bytes);

  private:
    void line(std::string_view line, std::vector<StreamEvent>& events);

    std::string rest_;  // A line that is not yet whole.
    bool after_return_ = false;
    bool too_long_ = false;
    bool has_text_ = false;
    StreamEvent event_;
};

}  // namespace sg::operate
