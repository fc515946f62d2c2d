#include "platform/local/client.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "config/load.h"

namespace sg::platform::local {

Result<Layout> find_layout(const std::string& config_file, const std::string& state) {
    if (!state.empty()) return layout_of(state);
    if (const char* told = std::getenv("STREAMGATE_STATE")) return layout_of(told);
    std::error_code error;
    const auto file = std::filesystem::absolute(config_file, error);
    if (const auto config = config::load_file(file.string())) return layout_of((*config)->state);
    return layout_of((file.parent_path() / "state").string());
}

std::string own_binary() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error).string();
    constexpr std::string_view replaced = " (deleted)";  // There is another file of this name now.
    if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
    return path;
}

Target target_of(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos) return {text, ""};
    return {text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace sg::platform::local
