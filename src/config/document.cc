#include "config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "config/describe.h"
#include "config/load.h"
#include "config/secrets.h"

namespace sg::config {

namespace {

// Puts references in place of what came from them, and escapes what only looks like one.
void mask(Node& node, const std::string& path, const std::map<std::string, Secret>& secrets) {
    const auto below = [&](const std::string& name) {
        return path.empty() ? name : path + "." + name;
    };
    if (node.is_scalar()) {
        const auto secret = secrets.find(path);
        if (secret == secrets.end()) node.text = escape_secrets(std::move(node.text));
        else node.text = secret->second.source;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
        mask(node.items[i], below(std::to_string(i)), secrets);
    for (auto& entry : node.entries) mask(entry.value, below(entry.key.text), secrets);
}

// --- YAML
// ------------------------------------------------------------------------------------------

// Whether a text can stand without quotes, also within [ ] and { }.
bool is_plain(std::string_view text) {
    constexpr std::string_view inside =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:%+=-";
    constexpr std::string_view first =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:";
    if (text.empty() || text.ends_with(':') || !first.contains(text.front())) return false;
    if (equal_ignoring_case(text, "null") || text.starts_with("---")) return false;
    return text.find_first_not_of(inside) == std::string_view::npos;
}

std::string scalar_text(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (out += '\\') += c;
        else if (c == '\n') out += "\\n";
        else if (byte < 0x20 || byte == 0x7F) out += fmt::format("\\x{:02x}", byte);
        else out += c;
    }
    return out + "\"";
}

bool is_flat(const Node& list) { return std::ranges::all_of(list.items, &Node::is_scalar); }

void emit(const Node& node, std::size_t indent, std::string& out);

// As comments of at most 100 columns.
void emit_note(std::string_view note, const std::string& margin, std::string& out) {
    while (!note.empty()) {
        auto length = std::min<std::size_t>(note.size(), 98 - margin.size());
        if (length < note.size()) length = std::min(note.rfind(' ', length), length);
        out += margin + "# " + std::string(note.substr(0, length)) + "\n";
        note = trim(note.substr(length));
    }
}

void emit_list(const Node& node, std::size_t indent, std::string& out) {
    for (const Node& item : node.items) {
        std::string block;
        emit(item, indent + 2, block);
        while (
            block.substr(std::min(block.find_first_not_of(' '), block.size())).starts_with('#')) {
            const auto end = block.find('\n') + 1;  // Notes stand above the dash.
            out += block.substr(2, end - 2);
            block.erase(0, end);
        }
        // The first line of the element stands behind its dash.
        const auto begin = std::min(block.find_first_not_of(' '), block.size());
        out += std::string(indent, ' ') + "- " + block.substr(begin);
        if (!out.ends_with('\n')) out += '\n';
    }
}

void emit_map(const Node& node, std::size_t indent, std::string& out) {
    const std::string margin(indent, ' ');
    for (const auto& entry : node.entries) {
        emit_note(entry.note, margin, out);
        out += margin + scalar_text(entry.key.text) + ":";
        const Node& value = entry.value;
        if (value.is_scalar()) {
            out += " " + scalar_text(value.text) + "\n";
        } else if (value.is_list() && is_flat(value)) {
            std::string items;
            for (const Node& item : value.items)
                items += (items.empty() ? "" : ", ") + scalar_text(item.text);
            out += " [" + items + "]\n";
        } else if (value.is_map() && value.entries.empty()) {
            out += " {}\n";
        } else {
            out += "\n";
            emit(value, indent + 2, out);
        }
    }
}

void emit(const Node& node, std::size_t indent, std::string& out) {
    switch (node.kind) {
        case Node::Kind::none: break;
        case Node::Kind::scalar: out += std::string(indent, ' ') + scalar_text(node.text); break;
        case Node::Kind::list: emit_list(node, indent, out); break;
        case Node::Kind::map: emit_map(node, indent, out); break;
    }
}

void emit_json(const Node& node, std::string& out) {
    switch (node.kind) {
        case Node::Kind::none: out += "null"; break;
        case Node::Kind::scalar:
            out += '"';
            append_json_escaped(out, node.text);
            out += '"';
            break;
        case Node::Kind::list:
            out += '[';
            for (const Node& item : node.items) {
                if (&item != &node.items.front()) out += ',';
                emit_json(item, out);
            }
            out += ']';
            break;
        case Node::Kind::map:
            out += '{';
            for (const auto& entry : node.entries) {
                if (&entry != &node.entries.front()) out += ',';
                emit_json(entry.key, out);
                out += ':';
                emit_json(entry.value, out);
            }
            out += '}';
            break;
    }
}

}  // namespace

Node to_document(const Config& config, Notes notes) {
    std::error_code error;
    const auto whole = std::filesystem::absolute(config.file, error);
    const auto folder = error ? std::string() : whole.lexically_normal().parent_path().string();
    Node node = write_node(config, folder, notes);
    mask(node, {}, config.secrets);
    return node;
}

std::string to_yaml(const Node& document) {
    std::string out;
    emit(document, 0, out);
    return out;
}

std::string to_json(const Node& document) {
    std::string out;
    emit_json(document, out);
    return out;
}

std::vector<Difference> differences(const Config& before, const Config& after) {
    auto found = sg::differences(to_document(before), to_document(after));
    for (const auto& [path, secret] : before.secrets) {
        const auto other = after.secrets.find(path);
        if (other == after.secrets.end() || other->second.source != secret.source) continue;
        if (other->second.value != secret.value)
            found.push_back({path, secret.source, secret.source + " (another value)"});
    }
    return found;
}

std::string default_file() {
    const auto loaded =
        load_text("listen: :8080\nservices: { app: 127.0.0.1:9000 }\nroutes: [{ to: app }]\n",
                  "streamgate.yaml", {.look_outside = false});
    return "# Every setting with its default. A file needs only what is different; the smallest:\n"
           "#   listen: :8080\n"
           "#   routes: [{ to: http://127.0.0.1:9000 }]\n"
           "# `streamgate config explain KEY` says more about each.\n\n" +
           to_yaml(to_document(*loaded.config, Notes::yes));
}

const std::vector<Setting>& all_settings() {
    static const auto settings = settings_of(TypeOf<Config>::type());
    return settings;
}

std::string schema() { return json_schema(TypeOf<Config>::type(), "streamgate.yaml"); }

std::string manual_tables(Manual which) {
    std::set<std::string> operations;
    for (const Setting& setting : settings_of(TypeOf<Operations>::type()))
        operations.insert(setting.path.substr(0, setting.path.find('.')));
    std::string out;
    std::string group = "-";
    for (const Setting& setting : all_settings()) {
        const bool of_operations =
            operations.contains(setting.path.substr(0, setting.path.find('.')));
        if (of_operations != (which == Manual::operations)) continue;
        const auto dot = setting.path.rfind('.');
        const auto here = dot == std::string::npos ? std::string() : setting.path.substr(0, dot);
        const bool repeats =
            here.starts_with("routes.timeouts") || here.starts_with("routes.retry");
        if (repeats) continue;  // Described once, with services.
        if (here != group) {
            group = here;
            out += fmt::format("\n### {}\n\n",
                               here.empty() ? "The top of the file" : "`" + here + "`");
            out += "| setting | what may stand there | default | |\n|---|---|---|---|\n";
        }
        auto type = setting.type;
        if (!setting.bounds.empty()) type += " " + setting.bounds;
        auto why = setting.why;
        if (setting.applies == Applies::restart) why += " *Takes effect at the next restart.*";
        std::string row = fmt::format("| `{}` | {} | {} | {} |\n",
                                      setting.path.substr(here.empty() ? 0 : here.size() + 1), type,
                                      setting.default_value, why);
        out += row;
    }
    return out;
}

}  // namespace sg::config
