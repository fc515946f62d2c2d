// Problem documents in three forms. Nothing of the request gets into one unescaped.
#include "http/problem.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "http/chars.h"
#include "http/status.h"

namespace sg::http {
namespace {

// One candidate's quality in thousandths, and how closely the range matched that gave it.
struct Quality {
    int value = 0;
    int closeness = -1;  // 0 */*, 1 type/*, 2 the type itself

    void consider(int offered, int how_close) {
        if (how_close < closeness) return;
        value = how_close == closeness ? std::max(value, offered) : offered;
        closeness = how_close;
    }
};

// `q=0.8` among parameters; 1 where it is missing or malformed.
int quality_of(std::string_view parameters) {
    for (const std::string_view parameter : split(parameters, ';')) {
        const std::string_view text = trim(parameter);
        if (text.size() < 3 || lower(text[0]) != 'q' || text[1] != '=') continue;
        int value = text[2] == '1' ? 1000 : 0;
        int unit = 100;
        for (std::size_t i = 4; i < text.size() && i < 7 && is(text[i], char_digit);
             ++i, unit /= 10)
            value += (text[i] - '0') * unit;
        return std::min(value, 1000);
    }
    return 1000;
}

std::string title_of(const Problem& problem) {
    return std::string(problem.title.empty() ? reason_of(problem.status) : problem.title);
}

void put_json_member(Out& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    std::string escaped;
    append_json_escaped(escaped, value);
    out.put(",\"");
    out.put(name);
    out.put("\":\"");
    out.put(escaped);
    out.put('"');
}

void write_json(const Problem& problem, Out& out) {
    out.put("{\"status\":");
    out.put_number(static_cast<std::uint64_t>(problem.status));
    put_json_member(out, "type", problem.type.empty() ? "about:blank" : problem.type);
    put_json_member(out, "title", title_of(problem));
    put_json_member(out, "detail", problem.detail);
    put_json_member(out, "instance", problem.instance);
    out.put("}\n");
}

// Visible ASCII and spaces; the rest becomes `?`, so that the text is valid in whatever charset it
// is read.
void put_plain(Out& out, std::string_view text) {
    for (const char c : text) out.put(c >= ' ' && c < 0x7f ? c : '?');
}

void put_html(Out& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '<': out.put("&lt;"); break;
            case '>': out.put("&gt;"); break;
            case '&': out.put("&amp;"); break;
            case '"': out.put("&quot;"); break;
            case '\'': out.put("&#39;"); break;
            default: put_plain(out, {&c, 1});
        }
    }
}

void write_html(const Problem& problem, Out& out) {
    const std::string title = title_of(problem);
    out.put("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    out.put_number(static_cast<std::uint64_t>(problem.status));
    out.put(' ');
    put_html(out, title);
    out.put("</title></head>\n<body><h1>");
    out.put_number(static_cast<std::uint64_t>(problem.status));
    out.put(' ');
    put_html(out, title);
    out.put("</h1>\n");
    if (!problem.detail.empty()) {
        out.put("<p>");
        put_html(out, problem.detail);
        out.put("</p>\n");
    }
    if (!problem.instance.empty()) {
        out.put("<p><small>Request ");
        put_html(out, problem.instance);
        out.put("</small></p>\n");
    }
    out.put("</body></html>\n");
}

void write_text(const Problem& problem, Out& out) {
    out.put_number(static_cast<std::uint64_t>(problem.status));
    out.put(' ');
    put_plain(out, title_of(problem));
    out.put('\n');
    if (!problem.detail.empty()) {
        put_plain(out, problem.detail);
        out.put('\n');
    }
    if (!problem.instance.empty()) {
        out.put("request ");
        put_plain(out, problem.instance);
        out.put('\n');
    }
}

}  // namespace

ProblemForm problem_form(std::string_view accept) {
    if (trim(accept).empty()) return ProblemForm::json;
    Quality json, html;
    for (const std::string_view element : split(accept, ',')) {
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string type = to_lower(trim(element.substr(0, semicolon)));
        const int quality = quality_of(element.substr(semicolon));
        if (type == "*/*") {
            json.consider(quality, 0);
            html.consider(quality, 0);
        } else if (type == "application/*") {
            json.consider(quality, 1);
        } else if (type == "application/problem+json" || type == "application/json") {
            json.consider(quality, 2);  // Who reads JSON reads a problem.
        } else if (type == "text/*") {
            html.consider(quality, 1);
        } else if (type == "text/html" || type == "application/xhtml+xml") {
            html.consider(quality, 2);
        }
    }
    // `text/*` alone is no wish for HTML.
    if (html.closeness == 2 && html.value > json.value) return ProblemForm::html;
    return json.value > 0 ? ProblemForm::json : ProblemForm::text;
}

std::string_view content_type_of(ProblemForm form) {
    switch (form) {
        case ProblemForm::json: return "application/problem+json";
        case ProblemForm::html: return "text/html; charset=utf-8";
        case ProblemForm::text: break;
    }
    return "text/plain; charset=utf-8";
}

void write_problem(const Problem& problem, ProblemForm form, Out& out) {
    switch (form) {
        case ProblemForm::json: return write_json(problem, out);
        case ProblemForm::html: return write_html(problem, out);
        case ProblemForm::text: return write_text(problem, out);
    }
}

}  // namespace sg::http
