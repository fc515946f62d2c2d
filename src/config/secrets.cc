#include "config/secrets.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"

extern char** environ;

namespace sg::config {

namespace {

Result<std::string> read_secret_file(const std::string& folder, const std::string& name) {
    const auto whole = std::filesystem::path(folder) / name;
    std::error_code error;
    const auto status = std::filesystem::status(whole, error);
    if (!std::filesystem::exists(status))
        return fail(Errc::not_found, fmt::format("the file `{}` does not exist", name),
                    "make it, or correct the path; it is relative to the configuration file");
    if (!std::filesystem::is_regular_file(status))
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a file", name),
                    "name a file that holds the value and nothing else");
    std::ifstream file(whole, std::ios::binary);
    if (!file)
        return fail(Errc::config_unreadable,
                    fmt::format("the file `{}` cannot be read: {}", name, std::strerror(errno)),
                    "let the user of streamgate read it");
    std::string value(secret_bytes_max + 1, '\0');
    file.read(value.data(), static_cast<std::streamsize>(value.size()));
    value.resize(static_cast<std::size_t>(file.gcount()));
    if (value.size() > secret_bytes_max)
        return fail(
            Errc::too_large,
            fmt::format("the file `{}` is larger than {} KiB", name, secret_bytes_max >> 10),
            "name a file that holds the value and nothing else");
    while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();  // Editors add it.
    return value;
}

Result<std::string> read_environment(const std::string& name) {
    if (const char* value = std::getenv(name.c_str())) return std::string(value);
    std::vector<std::string> known;
    for (char** each = environ; *each; ++each) known.emplace_back(*each, std::strcspn(*each, "="));
    const auto near = nearest(name, known);
    return fail(Errc::not_found, fmt::format("the environment has no variable `{}`", name),
                near.empty() ? fmt::format("set it where streamgate is started: {}=…", name)
                             : fmt::format("did you mean `{}`?", near));
}

// The next `${file:` or `${env:` from `from` on; npos: none.
std::size_t next_reference(std::string_view text, std::size_t from) {
    return std::min(text.find("${file:", from), text.find("${env:", from));
}

void replace_in(Node& node, const std::string& folder, Outside outside,
                std::vector<Problem>& problems) {
    const std::string text = node.text;
    std::string out;
    bool replaced = false;
    std::size_t from = 0;
    for (auto at = next_reference(text, 0); at != std::string::npos;
         at = next_reference(text, from)) {
        out.append(text, from, at - from);
        if (at > 0 && text[at - 1] == '$') {  // `$${file:` stands for `${file:`.
            out.pop_back();
            out += "${";
            from = at + 2;
            continue;
        }
        const auto end = text.find('}', at);
        const auto colon = text.find(':', at);
        if (end == std::string::npos) {
            node.broken = true;
            problems.push_back({node.place, "a reference to a secret is not closed",
                                "write ${file:path} or ${env:NAME}", 0});
            return;
        }
        if (outside == Outside::leave) {
            node.broken = true;
            return;
        }
        const auto name = text.substr(colon + 1, end - colon - 1);
        const bool file = text.compare(at, 7, "${file:") == 0;
        const auto value = file ? read_secret_file(folder, name) : read_environment(name);
        if (!value) {
            node.broken = true;
            problems.push_back({node.place, value.error().what, value.error().hint,
                                node.quoted ? 0 : text.size()});
            return;
        }
        out += *value;
        replaced = true;
        from = end + 1;
    }
    out.append(text, from);
    if (replaced) node.source = text;
    node.text = std::move(out);
}

}  // namespace

void replace_secrets(Node& node, const std::string& folder, Outside outside,
                     std::vector<Problem>& problems) {
    if (node.is_scalar() && node.text.contains("${")) replace_in(node, folder, outside, problems);
    for (Node& item : node.items) replace_secrets(item, folder, outside, problems);
    for (Node::Entry& entry : node.entries) replace_secrets(entry.value, folder, outside, problems);
}

std::string escape_secrets(std::string text) {
    for (auto at = next_reference(text, 0); at != std::string::npos;
         at = next_reference(text, at + 3))
        text.insert(at, 1, '$');
    return text;
}

}  // namespace sg::config
