#include "platform/http_channel/template.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "platform/http/client.h"

namespace sg::platform::http_channel {

namespace {

std::optional<std::string> value_of(std::string_view name, const ports::Message& message) {
    static const ports::Topic none;
    const auto& topic = message.topics.empty() ? none : message.topics.front();
    if (name == "subject") return message.subject;
    if (name == "text") return message.text;
    if (name == "to") return message.to;
    if (name == "ack") return topic.acknowledge;
    if (name == "severity") return fmt::format("SEV-{}", topic.severity);
    return std::nullopt;
}

void append(std::string& out, std::string_view value, Escape escape) {
    switch (escape) {
        case Escape::none: out += value; return;
        case Escape::json: append_json_escaped(out, value); return;
        case Escape::form: out += http::percent_encoded(value); return;
    }
}

}  // namespace

Escape escape_for(std::string_view content_type) {
    const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
    if (type == "application/json" || type.ends_with("+json")) return Escape::json;
    if (type == "application/x-www-form-urlencoded") return Escape::form;
    return Escape::none;
}

std::string filled(std::string_view text, const ports::Message& message, Escape escape) {
    std::string out;
    while (!text.empty()) {
        const auto begin = text.find("${");
        const auto end = begin == text.npos ? text.npos : text.find('}', begin);
        if (end == text.npos) break;
        out += text.substr(0, begin);
        const auto name = text.substr(begin + 2, end - begin - 2);
        if (const auto value = value_of(name, message)) append(out, *value, escape);
        else out += text.substr(begin, end - begin + 1);
        text.remove_prefix(end + 1);
    }
    out += text;
    return out;
}

std::string_view default_body() {
    return R"({"to":"${to}","text":"${text}","subject":"${subject}","severity":"${severity}",)"
           R"("acknowledge":"${ack}"})";
}

}  // namespace sg::platform::http_channel
