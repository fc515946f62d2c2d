#include "platform/smtp/mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/base64.h"
#include "base/hmac.h"
#include "base/text.h"

namespace sg::platform::smtp {

namespace {

constexpr std::size_t line_max = 76;
constexpr std::size_t word_bytes_max = 42;  // Of an encoded word: 56 characters of base64.

bool plain(std::string_view text) {
    const bool ascii = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
    return ascii && text.find("=?") == std::string_view::npos;
}

std::string without_controls(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return out;
}

std::string folded(std::string_view text, std::size_t column) {
    std::string out;
    bool first = true;
    for (const auto word : split(text, ' ')) {
        const bool breaks = !first && !word.empty() && column + 1 + word.size() > line_max;
        if (!first) out += breaks ? "\r\n " : " ";
        column = breaks ? 1 + word.size() : column + 1 + word.size();
        out += word;
        first = false;
    }
    return out;
}

std::string encoded(std::string_view text) {
    std::string out;
    std::string word;
    const auto end_word = [&] {
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64(word) + "?=";
        word.clear();
    };
    while (!text.empty()) {
        const auto length = std::max<std::size_t>(utf8_length(text), 1);
        if (word.size() + length > word_bytes_max) end_word();
        word += text.substr(0, length);
        text.remove_prefix(length);
    }
    end_word();
    return out;
}

bool is_mailbox(std::string_view text) {
    const auto at = text.rfind('@');
    const bool characters = std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
    });
    return characters && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.size() <= 254;
}

std::string address_field(const Address& address) {
    if (address.name.empty()) return address.mailbox;
    std::string name = without_controls(address.name);
    if (!plain(name)) return encoded(name) + "\r\n <" + address.mailbox + '>';
    std::erase_if(name, [](char c) { return c == '"' || c == '\\'; });
    return fmt::format("\"{}\" <{}>", name, address.mailbox);
}

std::string part(std::string_view type, std::string_view text) {
    return fmt::format(
        "Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        type, quoted_printable(text));
}

std::string content(const ports::Message& message) {
    if (message.html.empty()) return part("text/plain", message.text);
    // Quoted-printable never has `=_`, so no line of a part can be the boundary. RFC 2045 §6.7.
    const auto boundary = "=_" + to_hex(hmac_sha256("boundary", message.key)).substr(0, 24);
    return fmt::format(
        "Content-Type: multipart/alternative; boundary=\"{0}\"\r\n\r\n"
        "--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
        boundary, part("text/plain", message.text), part("text/html", message.html));
}

// Mails about one incident are one thread in the reader's eyes.
std::string thread_of(const ports::Message& message, const std::string& domain) {
    if (message.topics.empty() || message.topics.front().incident.empty()) return {};
    const auto thread = message_id("incident/" + message.topics.front().incident, domain);
    return fmt::format("References: {0}\r\nIn-Reply-To: {0}\r\n", thread);
}

bool urgent(const ports::Message& message) {
    return message.kind == ports::Message::Kind::page &&
           std::ranges::any_of(message.topics, [](const auto& t) { return t.severity <= 2; });
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    text = trim(text);
    Address address{{}, std::string(text)};
    if (const auto open = text.rfind('<'); open != text.npos && text.ends_with('>')) {
        address.name = trim(text.substr(0, open));
        std::erase(address.name, '"');
        address.mailbox = text.substr(open + 1, text.size() - open - 2);
    }
    if (is_mailbox(address.mailbox)) return address;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a mail address", text),
                "write it as in ana@example.com or Ana Ruiz <ana@example.com>");
}

std::string written(const ports::Message& message, const Address& from, const Address& to) {
    std::string out;
    out += "Date: " + date(message.at) + "\r\n";
    out += "From: " + address_field(from) + "\r\n";
    out += "To: " + address_field(to) + "\r\n";
    constexpr std::string_view subject = "Subject: ";
    out += std::string(subject) + field_text(message.subject, subject.size()) + "\r\n";
    out += "Message-ID: " + message_id(message.key, from.domain()) + "\r\n";
    out += thread_of(message, from.domain());
    out += "Auto-Submitted: auto-generated\r\n";
    if (!message.unsubscribe.empty())
        out += fmt::format(
            "List-Unsubscribe: <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            without_controls(message.unsubscribe));
    if (urgent(message)) out += "Importance: high\r\n";
    out += "MIME-Version: 1.0\r\n";
    return out + content(message);
}

std::string message_id(std::string_view key, std::string_view domain) {
    return fmt::format("<{}@{}>", to_hex(hmac_sha256("message-id", key)).substr(0, 32), domain);
}

std::string field_text(std::string_view text, std::size_t column) {
    const std::string clean = without_controls(text);
    return plain(clean) ? folded(clean, column) : encoded(clean);
}

std::string quoted_printable(std::string_view text) {
    std::string out;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && text.substr(i + 1).starts_with('\n')) continue;
        if (c == '\n') {
            out += "\r\n";
            column = 0;
            continue;
        }
        const bool last = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
        const bool bare = (c > ' ' && c < 0x7f && c != '=') || (c == ' ' && !last);
        const std::size_t width = bare ? 1 : 3;
        if (column + width > line_max - 1) {  // The last column is for the `=` of a soft break.
            out += "=\r\n";
            column = 0;
        }
        if (bare) out += c;
        else out += fmt::format("={:02X}", static_cast<unsigned char>(c));
        column += width;
    }
    if (column > 0) out += "\r\n";
    return out;
}

std::string date(Instant at) {
    constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = at.ns / 1'000'000'000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[utc.tm_wday], utc.tm_mday,
                       months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace sg::platform::smtp
