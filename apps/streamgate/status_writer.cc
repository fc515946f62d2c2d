#include "status_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "ops/respond/statuspage/decide.h"
#include "platform/local/fd.h"
#include "store/session.h"

namespace sg::app {

namespace {

using platform::local::Fd;

// What a crash leaves behind begins with a dot: it is never served, and the next write replaces it.
Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
    const auto fresh = path.parent_path() / ("." + path.filename().string() + ".new");
    const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) return fail_system("create " + fresh.string());
    while (!text.empty()) {
        const auto count = ::write(file.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_system("write " + fresh.string());
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file.get()) != 0) return fail_system("sync " + fresh.string());
    if (::rename(fresh.c_str(), path.c_str()) != 0) return fail_system("replace " + path.string());
    return {};
}

void remove_others(const std::filesystem::path& folder, const std::set<std::string>& known) {
    std::error_code ignored;  // What cannot be removed is old, and nothing links to it.
    for (const char* part : {"incidents", "maintenances"})
        for (const auto& entry : std::filesystem::directory_iterator(folder / part, ignored)) {
            const auto name = std::string(part) + "/" + entry.path().filename().string();
            if (name.ends_with(".html") && !known.contains(name))
                std::filesystem::remove(entry.path(), ignored);
        }
}

}  // namespace

Result<void> write_files(const std::string& folder, const statuspage::Files& files) {
    const std::filesystem::path root(folder);
    std::set<std::string> known;
    for (const auto& [name, text] : files) {
        const auto path = root / name;
        std::error_code error;
        std::filesystem::create_directories(path.parent_path(), error);
        if (error)
            return fail(Errc::io_failed, fmt::format("make the folder {}: {}",
                                                     path.parent_path().string(), error.message()));
        TRY_VOID(write_file(path, text));
        known.insert(name);
    }
    remove_others(root, known);
    return {};
}

ops::Performed StatusWriter::perform(const std::string& body, const config::Config& config,
                                     const signals::History& history) {
    using How = ops::Performed::How;
    const auto& page = config.operations.status_page;
    const auto done = [&]() -> Result<void> {
        TRY(const auto delivery, from_json<statuspage::Delivery>(body));
        if (!page) return {};
        std::string folder = state_ + "/status";
        if (delivery.target != statuspage::here) {
            const auto copy = page->copies.find(delivery.target);
            if (copy == page->copies.end()) return {};  // It was taken out of the configuration.
            folder = copy->second;
        }
        const std::lock_guard lock(mutex_);
        TRY(const auto session, store::Session::open(store_, store::Access::looking));
        TRY(const auto view, statuspage::view(*session, config, history, wall_now()));
        return write_files(folder, statuspage::render(view));
    }();
    if (done) return {How::done, {}, {}};
    return {How::failed, done.error().message(), {}};
}

}  // namespace sg::app
