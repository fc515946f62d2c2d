// Keeps the operations process running: starts it, takes over one that outlived its supervisor,
// starts it again with a growing pause when it ends. The gateway never waits for it.
#pragma once

#include <functional>
#include <string>

#include "platform/local/files.h"
#include "platform/local/loop.h"
#include "platform/local/model.h"
#include "platform/local/process.h"

namespace sg::platform::local {

class OpsHost {
  public:
    struct Options {
        Layout layout;
        std::string binary;
        std::string config_file;
        std::function<void(Happening, std::string)> note;
    };

    OpsHost(Loop& loop, Options options);

    void begin();   // Adopts or starts.
    void reload();  // It reads its file again.
    void stop(bool at_once);
    bool is_running() const { return child_.identity.pid != 0; }
    int pid() const { return child_.identity.pid; }

    static constexpr Duration pause_first = 100ms;
    static constexpr Duration pause_most = 30s;
    static constexpr Duration well_after =
        60s;  // Having run this long, it begins with pause_first.
    static constexpr Duration stop_within = 10s;

  private:
    void start();
    void watch(Child child);
    void ended();

    Loop& loop_;
    Options options_;
    Child child_;
    Loop::Id watch_ = 0;
    Loop::Id timer_ = 0;
    Duration pause_ = pause_first;
    Tick started_;
    bool stopping_ = false;
};

}  // namespace sg::platform::local
