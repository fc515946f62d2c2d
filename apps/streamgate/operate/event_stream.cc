#include "operate/event_stream.h"

namespace sg::operate {

std::vector<StreamEvent> EventStream::feed(std::string_view bytes) {
    std::vector<StreamEvent> events;
    for (const char c : bytes) {
        // A line ends with CR, LF or both.
        const bool second_half = c == '\n' && after_return_;
        after_return_ = c == '\r';
        if (second_half) continue;
        if (c == '\r' || c == '\n') {
            line(rest_, events);
            rest_.clear();
        } else if (rest_.size() < event_max) {
            rest_ += c;
        } else {
            too_long_ = true;
        }
    }
    return events;
}

void EventStream::line(std::string_view line, std::vector<StreamEvent>& events) {
    if (line.empty()) {
        if (has_text_ && !too_long_) {
            if (event_.name.empty()) event_.name = "message";
            events.push_back(event_);
        }
        event_.name.clear();
        event_.text.clear();
        has_text_ = too_long_ = false;
        return;
    }
    const auto colon = line.find(':');
    if (colon == 0) return;  // A comment, which keeps the connection alive.
    const auto field = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (event_.text.size() + value.size() > event_max) too_long_ = true;
        if (too_long_) return;
        if (has_text_) event_.text += '\n';
        event_.text += value;
        has_text_ = true;
    } else if (field == "event") {
        event_.name = value;
    } else if (field == "id" && value.find('\0') == std::string_view::npos) {
        event_.id = value;
    }
}

}  // namespace sg::operate
