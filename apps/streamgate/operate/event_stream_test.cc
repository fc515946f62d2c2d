#include "operate/event_stream.h"

#include <gtest/gtest.h>

namespace sg::operate {
namespace {

TEST(EventStream, GivesWholeEventsHoweverTheyArrive) {
    constexpr std::string_view text =
        ": still here\n\nid: 7\nevent: record\ndata: {\"seq\":7}\n\ndata: a\r\ndata:  b\r\n\r\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        EventStream stream;
        std::vector<StreamEvent> events;
        for (std::size_t at = 0; at < text.size(); at += step)
            for (auto& event : stream.feed(text.substr(at, step)))
                events.push_back(std::move(event));
        ASSERT_EQ(events.size(), 2) << step;
        EXPECT_EQ(events[0].name, "record");
        EXPECT_EQ(events[0].id, "7");
        EXPECT_EQ(events[0].text, "{\"seq\":7}");
        EXPECT_EQ(events[1].name, "message");
        EXPECT_EQ(events[1].id, "7");  // Stays.
        EXPECT_EQ(events[1].text, "a\n b");
    }
}

TEST(EventStream, LeavesOutWhatIsTooLong) {
    EventStream stream;
    std::string text = "data: " + std::string(EventStream::event_max + 1, 'x') + "\n\n";
    EXPECT_TRUE(stream.feed(text).empty());
    const std::string line = "data: " + std::string(EventStream::event_max / 2, 'x') + "\n";
    EXPECT_TRUE(stream.feed(line + line + line + "\n").empty());
    EXPECT_EQ(stream.feed("data: y\n\n").size(), 1);
}

}  // namespace
}  // namespace sg::operate
