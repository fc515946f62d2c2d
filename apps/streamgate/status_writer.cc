#include "status_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "ops/respond/statuspage/decide.h"
#include "platform/local/fd.h"
#include "platform/page_targets/put.h"
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

namespace {

// Only what is new to it, and all of it once an hour: somebody may have cleared it away.
Result<void> put_outside(const config::PageTarget& target, const statuspage::Files& files,
                         statuspage::Files& taken) {
    statuspage::Files fresh;
    for (const auto& [path, text] : files) {
        const auto before = taken.find(path);
        if (before == taken.end() || before->second != text) fresh.emplace(path, text);
    }
    return platform::page_targets::put(target, fresh, taken);
}

}  // namespace

StatusWriter::Place& StatusWriter::place(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& place = places_[name];
    if (!place) place = std::make_unique<Place>();
    return *place;
}

Result<void> StatusWriter::write(Place& place, const statuspage::Delivery& delivery,
                                 const config::Config& config,
                                 const signals::History& history) const {
    constexpr Duration whole_every = 1h;
    const auto& page = *config.operations.status_page;
    const auto copy = page.copies.find(delivery.target);
    const auto target = page.targets.find(delivery.target);
    const bool here = delivery.target == statuspage::here;
    // It was taken out of the configuration.
    if (!here && copy == page.copies.end() && target == page.targets.end()) return {};
    const Instant now = wall_now();
    TRY(const auto session, store::Session::open(store_, store::Access::looking));
    TRY(const auto view, statuspage::view(*session, config, history, now));
    const auto files = statuspage::render(view);
    if (here) return write_files(state_ + "/status", files);
    if (copy != page.copies.end()) return write_files(copy->second, files);
    if (now - place.whole_at >= whole_every || now < place.whole_at) {
        place.taken.clear();
        place.whole_at = now;
    }
    return put_outside(target->second, files, place.taken);
}

ops::Performed StatusWriter::perform(const std::string& body, const config::Config& config,
                                     const signals::History& history) {
    using How = ops::Performed::How;
    const Instant asked_at = wall_now();
    const auto done = [&]() -> Result<void> {
        TRY(const auto delivery, from_json<statuspage::Delivery>(body));
        if (!config.operations.status_page) return {};
        Place& place = this->place(delivery.target);
        const std::lock_guard lock(place.mutex);
        // What was begun since this was asked for has what this would write, or failed as it would.
        if (place.begun_at > asked_at) return place.came;
        place.begun_at = wall_now();
        place.came = write(place, delivery, config, history);
        return place.came;
    }();
    if (done) return {How::done, {}, {}};
    return {How::failed, done.error().message(), {}};
}

}  // namespace sg::app
