#include "demo/origin.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/whole.h"
#include "demo/clip.h"
#include "demo/page.h"
#include "demo/server.h"

namespace sg::demo {
namespace {

constexpr std::string_view base = "/live/";

std::string_view type_of(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> types[] = {
        {".m3u8", "application/vnd.apple.mpegurl"}, {".ts", "video/mp2t"},
        {".html", "text/html; charset=utf-8"},      {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
    };
    for (const auto& [ending, type] : types)
        if (name.ends_with(ending)) return type;
    return "application/octet-stream";
}

// The part that a Range field asks for; none when it is absent or to be ignored. Source: RFC 9110
// §14.2.
struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
    bool satisfiable = true;
};

std::optional<Range> range_of(const Request& request, std::size_t size) {
    const auto* field = request.head.fields.find("Range");
    constexpr std::string_view unit = "bytes=";
    if (field == nullptr || !field->value.starts_with(unit)) return std::nullopt;
    const auto text = field->value.substr(unit.size());
    const auto dash = text.find('-');
    if (dash == text.npos || text.find(',') != text.npos) return std::nullopt;
    const auto first = parse_whole<std::size_t>(text.substr(0, dash));
    const auto last = parse_whole<std::size_t>(text.substr(dash + 1));
    if (!first && !last) return std::nullopt;
    if (!first) {
        if (*last == 0 || size == 0) return Range{0, 0, false};
        return Range{size - std::min(*last, size), size - 1};
    }
    if (last && *last < *first) return std::nullopt;
    if (*first >= size) return Range{0, 0, false};
    return Range{*first, std::min(last.value_or(size - 1), size - 1)};
}

// The content as a reply, or the part of it that was asked for.
Reply content(const Request& request, std::string_view name, std::string body,
              const char* caching) {
    Reply reply{200,
                std::string(type_of(name)),
                std::move(body),
                {{"Cache-Control", caching}, {"Accept-Ranges", "bytes"}}};
    const auto range = range_of(request, reply.body.size());
    if (!range) return reply;
    const auto size = reply.body.size();
    if (!range->satisfiable)
        return {416, "text/plain", "", {{"Content-Range", fmt::format("bytes */{}", size)}}};
    reply.status = 206;
    reply.body = reply.body.substr(range->first, range->last - range->first + 1);
    reply.fields.emplace_back("Content-Range",
                              fmt::format("bytes {}-{}/{}", range->first, range->last, size));
    return reply;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class Origin {
  public:
    explicit Origin(std::string folder) : folder_(std::move(folder)) {}

    // On a thread of its own, so that the port is there (and says "not yet") from the start.
    void prepare() {
        auto segments = ready_clip(folder_);
        if (!segments) {
            fmt::print(stderr, "error: {}\n", segments.error().message());
            return;
        }
        segments_ = std::move(*segments);
        ready_.store(true, std::memory_order_release);
        fmt::print("live: {} segments, 1280x720, H.264 and AAC\n", segments_.size());
        std::fflush(stdout);
    }

    Reply answer(const Request& request) const {
        const Reply nothing{404, "text/plain", "not found\n", {}};
        const auto path = request.head.path;
        const bool ready = ready_.load(std::memory_order_acquire);
        if (path == "/healthz")
            return ready ? Reply{200, "text/plain", "ok\n", {}}
                         : Reply{503, "text/plain", "the clip is being made\n", {}};
        if (path == "/live") return {308, "text/plain", "", {{"Location", std::string(base)}}};
        if (!path.starts_with(base)) return nothing;
        const auto name = path == base ? std::string_view("index.html") : path.substr(base.size());
        for (const auto& file : page_files())
            if (file.name == name)
                return content(request, name, std::string(file.content), "no-cache");
        if (!ready) return nothing;
        if (name == "live.m3u8")
            return content(request, name, live_playlist(segments_, wall_now()), "no-cache");
        for (const auto& segment : segments_)
            if (segment.name == name)
                return content(request, name, read_file(std::filesystem::path(folder_) / name),
                               "max-age=3600");
        return nothing;
    }

  private:
    std::string folder_;
    std::vector<Segment> segments_;
    std::atomic<bool> ready_{false};
};

}  // namespace

int run_origin(std::uint16_t port, const std::string& folder) {
    Origin origin(folder);
    hold_signals();  // Before the thread: it must not take them.
    std::thread(&Origin::prepare, &origin).detach();
    const int code = serve(port, [&origin](Connection& connection, const Request& request, Stop&) {
        return connection.reply(request, origin.answer(request));
    });
    std::_Exit(code);  // ffmpeg may still be at work for `prepare`.
}

}  // namespace sg::demo
