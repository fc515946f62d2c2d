#include "demo/clip.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "runtime/socket.h"

extern char** environ;

namespace sg::demo {
namespace {

namespace fs = std::filesystem;

// 32 s of 1280x720 at 25/s with a key frame every 2 s: 16 segments that each begin with one. 32 s
// is a whole number of AAC frames, and without B-frames the picture begins with the sound:
// otherwise there is a hole each time that the clip begins anew. The tone beeps once a second, so
// that sound and picture can be compared. No word of it holds a space.
constexpr std::string_view recipe =
    "ffmpeg -nostdin -hide_banner -loglevel error -y "
    "-f lavfi -i testsrc2=size=1280x720:rate=25:duration=32 "
    "-f lavfi -i sine=frequency=220:beep_factor=4:sample_rate=48000:duration=32 "
    "-vf hue=s=0.5 -c:v libx264 -preset veryfast -bf 0 -pix_fmt yuv420p "
    "-b:v 1800k -maxrate 2000k -bufsize 2000k -g 50 -keyint_min 50 -sc_threshold 0 "
    "-c:a aac -b:a 96k "
    "-f hls -hls_time 2 -hls_playlist_type vod -hls_segment_filename segment%02d.ts clip.m3u8";

Result<> run_in(const std::string& folder, std::string_view command) {
    std::vector<std::string> words;
    for (const auto word : split(command, ' ')) words.emplace_back(word);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
    posix_spawnattr_t attributes;  // Our threads hold these signals; the child must not.
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = 0;
    const int code =
        posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (code != 0)
        return fail(Errc::io_failed, "cannot run " + words[0], "tools/setup demo installs it");
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(Errc::io_failed, words[0] + " failed", "it says why above");
    return {};
}

Result<std::vector<Segment>> read_clip(const fs::path& folder) {
    std::ifstream file(folder / "clip.m3u8");
    std::ostringstream text;
    text << file.rdbuf();
    auto segments = read_playlist(text.str());
    if (!segments) return segments;
    for (const auto& segment : *segments)
        if (!fs::exists(folder / segment.name)) return fail(Errc::not_found, segment.name);
    return segments;
}

}  // namespace

Result<std::vector<Segment>> ready_clip(const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail(Errc::io_failed, "cannot make " + folder + ": " + error.message());
    const runtime::UniqueFd lock(
        open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock || flock(lock.get(), LOCK_EX) != 0) return fail_system("lock " + folder);
    if (auto segments = read_clip(folder)) return segments;

    // Made beside it and moved whole, so that a clip cut short is never taken for one.
    const auto making = fs::path(folder) / "making";
    fs::remove_all(making, error);
    fs::create_directories(making, error);
    TRY_VOID(run_in(making.string(), recipe));
    TRY(const auto made, read_clip(making));
    for (const auto& segment : made)
        fs::rename(making / segment.name, folder + "/" + segment.name, error);
    fs::rename(making / "clip.m3u8", folder + "/clip.m3u8", error);
    fs::remove_all(making, error);
    return read_clip(folder);
}

}  // namespace sg::demo
