#include "api/csv.h"

namespace sg::api {

// Source: OWASP, "CSV Injection": what begins with one of these may be run as a formula.
std::string csv_field(std::string_view text) {
    constexpr std::string_view formula = "=+-@\t\r\n";
    const bool is_formula = !text.empty() && formula.find(text.front()) != std::string_view::npos;
    if (!is_formula && text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string out = is_formula ? "\"'" : "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

std::string csv_line(std::initializer_list<std::string_view> fields) {
    std::string out;
    const char* between = "";
    for (const auto field : fields) {
        out += between + csv_field(field);
        between = ",";
    }
    return out + "\r\n";
}

}  // namespace sg::api
