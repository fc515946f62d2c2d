#include "config/load.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/check.h"
#include "config/describe.h"
#include "config/document.h"
#include "config/secrets.h"
#include "config/yaml.h"

namespace sg::config {

namespace {

std::string folder_of(const std::string& file_name) {
    std::error_code error;
    const auto whole = std::filesystem::absolute(file_name, error);
    return error ? "/" : whole.lexically_normal().parent_path().string();
}

// `x-…` at the top holds parts that are used by reference, and is not read itself.
void drop_extensions(Node& root) {
    std::erase_if(root.entries, [](const auto& entry) { return entry.key.text.starts_with("x-"); });
}

// The groups of settings that have such a key: "`services`".
std::string group_of(std::string_view key) {
    std::string found;
    for (const Setting& setting : all_settings()) {
        const auto dot = setting.path.rfind('.');
        if (dot == std::string::npos || setting.path.substr(dot + 1) != key) continue;
        if (found.empty()) found = "`" + setting.path.substr(0, dot) + "`";
    }
    return found;
}

void read_root(Node& root, Config& config, std::vector<Problem>& problems,
               const LoadOptions& options) {
    if (root.kind == Node::Kind::none) {
        problems.push_back({{1, 1},
                            "the file says nothing",
                            "the smallest is `listen: :8080` and `routes: [{ to: "
                            "http://127.0.0.1:9000 }]`"});
        return;
    }
    drop_extensions(root);
    const auto folder = folder_of(config.file);
    replace_secrets(root, folder, options.look_outside ? Outside::look : Outside::leave, problems);
    const bool had_problems = !problems.empty();

    Reader reader(folder);
    reader.elsewhere = group_of;
    config.state = reader.resolve(config.state, Path::file);
    reader.read(root, config);
    config.secrets = reader.take_secrets();
    auto found = reader.take_problems();
    const bool is_complete = found.empty() && !had_problems;
    std::move(found.begin(), found.end(), std::back_inserter(problems));

    const auto places = reader.take_places();
    Findings findings(folder, places, problems);
    complete(config, root, findings);
    check_listeners(config, findings);
    check_services(config, findings);
    check_routes(config, findings);
    check_people(config, findings);
    check_notify(config, findings);
    check_objectives(config, findings);
    check_alerts(config, findings);
    check_watched(config, findings);
    check_ops(config, findings);
    check_mitigation(config, findings);
    check_status_page(config, findings);
    // A route or a path that could not be read would seem to be equal to others that are not given.
    if (is_complete) check_reachable(config, findings);
    if (options.look_outside) check_files(config, findings);
}

}  // namespace

Loaded load_text(std::string_view text, std::string file_name, const LoadOptions& options) {
    auto config = std::make_shared<Config>();
    config->file = file_name;
    Yaml yaml = parse_yaml(text);
    Loaded loaded;
    loaded.problems = std::move(yaml.problems);
    const bool readable = yaml.root.kind != Node::Kind::none || loaded.problems.empty();
    if (readable) read_root(yaml.root, *config, loaded.problems, options);
    put_in_order(loaded.problems, text);
    loaded.rendered = render(loaded.problems, text, file_name);
    if (loaded.problems.empty()) loaded.config = std::move(config);
    return loaded;
}

Result<Loaded> read_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return fail(Errc::config_unreadable, fmt::format("`{}` is a folder", path),
                    fmt::format("name the file in it: {}/streamgate.yaml", path));
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(Errc::config_unreadable,
                    fmt::format("cannot open `{}`: {}", path, std::strerror(errno)),
                    errno == ENOENT
                        ? "name another file with --config FILE, or make one: streamgate "
                          "config default"
                        : "let the user of streamgate read it");
    std::string text;
    char chunk[16384];
    while (text.size() <= yaml_bytes_max && (file.read(chunk, sizeof chunk), file.gcount() > 0))
        text.append(chunk, static_cast<std::size_t>(file.gcount()));
    return load_text(text, path);
}

Result<Snapshot> load_file(const std::string& path) {
    TRY(Loaded loaded, read_file(path));
    if (!loaded.config) return fail(Errc::config_invalid, "\n" + loaded.rendered);
    return loaded.config;
}

}  // namespace sg::config
