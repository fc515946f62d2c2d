#include "platform/media/playlist.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace sg::platform::media {

namespace {

constexpr double seconds_most = 86'400;  // Longer is no live stream.

std::optional<double> number_at(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end == text.data() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

Duration seconds(double value) {
    return Duration(static_cast<std::int64_t>(std::min(value, seconds_most) * 1e9));
}

// The rest of the line after `tag`; nothing: it is another line.
std::optional<std::string_view> after(std::string_view line, std::string_view tag) {
    if (!line.starts_with(tag)) return std::nullopt;
    return trim(line.substr(tag.size()));
}

class Hls {
  public:
    Result<Playlist> read(std::string_view text) {
        while (!text.empty()) {  // Bound: playlist_most.
            const auto end = std::min(text.find('\n'), text.size());
            const auto line = trim(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (line.empty()) continue;
            if (line.front() == '#') tag(line);
            else uri(line);
        }
        if (list_.form == Playlist::Form::multivariant) return list_;
        if (list_.target <= 0ns)
            return fail(Errc::protocol_violation, "the playlist has no EXT-X-TARGETDURATION");
        list_.newest = first_ + (count_ > 0 ? count_ - 1 : 0);
        return list_;
    }

  private:
    void tag(std::string_view line) {
        if (line.starts_with("#EXT-X-STREAM-INF:")) list_.form = Playlist::Form::multivariant;
        else if (line == "#EXT-X-ENDLIST") list_.live = false;
        else if (const auto kind = after(line, "#EXT-X-PLAYLIST-TYPE:"))
            list_.live = list_.live && *kind != "VOD";
        else if (const auto target = after(line, "#EXT-X-TARGETDURATION:"))
            list_.target = seconds(number_at(*target).value_or(0));
        else if (const auto sequence = after(line, "#EXT-X-MEDIA-SEQUENCE:"))
            std::from_chars(sequence->data(), sequence->data() + sequence->size(), first_);
        else if (const auto length = after(line, "#EXTINF:"))
            length_ = seconds(number_at(*length).value_or(0));
        else if (const auto at = after(line, "#EXT-X-PROGRAM-DATE-TIME:"))
            clock_ = parse_rfc3339(*at);
    }
    void uri(std::string_view line) {
        if (list_.form == Playlist::Form::multivariant) {
            if (list_.variant.empty()) list_.variant = line;
            return;
        }
        ++count_;
        list_.last = line;
        if (clock_) clock_ = *clock_ + length_;
        list_.until = clock_;
        length_ = 0ns;
    }

    Playlist list_;
    std::uint64_t first_ = 0;
    std::uint64_t count_ = 0;
    Duration length_ = 0ns;
    std::optional<Instant> clock_;  // Where the next segment begins.
};

// The value of an attribute of the first element `<MPD …>`.
std::string_view attribute(std::string_view element, std::string_view name) {
    for (std::size_t at = element.find(name); at != std::string_view::npos;
         at = element.find(name, at + 1)) {
        const bool begins = at > 0 && (element[at - 1] == ' ' || element[at - 1] == '\n' ||
                                       element[at - 1] == '\t' || element[at - 1] == '\r');
        auto rest = element.substr(at + name.size());
        if (!begins || rest.size() < 2 || rest[0] != '=' || (rest[1] != '"' && rest[1] != '\''))
            continue;
        const auto end = rest.find(rest[1], 2);
        return end == std::string_view::npos ? std::string_view{} : rest.substr(2, end - 2);
    }
    return {};
}

// `PT2S`, `PT1M30.5S`; days and more are no length of a live stream. Source: ISO 8601.
Duration iso_length(std::string_view text) {
    if (!text.starts_with("PT")) return 0ns;
    text.remove_prefix(2);
    double whole = 0;
    while (!text.empty()) {
        const auto end = text.find_first_of("HMS");
        if (end == std::string_view::npos) return 0ns;
        const auto value = number_at(text.substr(0, end));
        if (!value) return 0ns;
        whole += *value * (text[end] == 'H' ? 3600 : text[end] == 'M' ? 60 : 1);
        text.remove_prefix(end + 1);
    }
    return seconds(whole);
}

Result<Playlist> read_dash(std::string_view text) {
    const auto begin = text.find("<MPD");
    const auto end = begin == std::string_view::npos ? begin : text.find('>', begin);
    if (end == std::string_view::npos)
        return fail(Errc::protocol_violation, "it is neither an HLS playlist nor a DASH manifest");
    const auto element = text.substr(begin, end - begin);
    Playlist list{.form = Playlist::Form::dash};
    list.live = attribute(element, "type") == "dynamic";
    list.target = iso_length(attribute(element, "minimumUpdatePeriod"));
    list.last = attribute(element, "publishTime");
    list.until = parse_rfc3339(list.last);
    return list;
}

}  // namespace

Result<Playlist> read_playlist(std::string_view text) {
    if (text.size() > playlist_most)
        return fail(Errc::too_large, "the playlist is longer than anybody would play");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.starts_with("#EXTM3U")) return Hls().read(text);
    return read_dash(text);
}

std::string referred(std::string_view of, std::string_view reference) {
    if (reference.find("://") != std::string_view::npos || reference.starts_with("//")) return {};
    if (reference.starts_with('/')) return std::string(reference);
    const auto folder = of.substr(0, of.substr(0, of.find('?')).rfind('/') + 1);
    return std::string(folder) + std::string(reference);
}

bool names_playlist(std::string_view path) {
    path = path.substr(0, path.find('?'));
    return path.ends_with(".m3u8") || path.ends_with(".mpd");
}

}  // namespace sg::platform::media
