// Performs what keeper.cc decides: starts gateways on the listening sockets that we hold, hears
// when they are ready, signals them, fetches their sockets.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "platform/local/directives.h"
#include "platform/local/files.h"
#include "platform/local/keeper.h"
#include "platform/local/listen.h"
#include "platform/local/loop.h"
#include "platform/local/notify.h"
#include "platform/local/process.h"

namespace sg::platform::local {

class GatewayHost {
  public:
    struct Options {
        Layout layout;
        std::string binary;       // Path of streamgate, as it is on disk now.
        std::string config_file;  // Absolute.
        std::string
            accepted;  // Copy of its text when it was last accepted: what a new gateway reads.
        std::function<void(Happening, std::string)> note;
        std::function<void()> serves;  // A gateway has become the serving one.
        std::function<void(const std::string&)> complain;
    };
    using Done = std::function<void(Result<void>)>;

    GatewayHost(Loop& loop, NotifySocket notify, Options options);

    void restore(Keeper keeper);
    void hold(std::vector<Listening> sockets);
    const std::vector<Listening>& sockets() const { return sockets_; }
    void release();  // Closes our copies of the sockets.

    void begin() { feed(TimePassed{}); }
    void reload(Done done);
    void upgrade(Done done);
    void stop(bool at_once) { feed(StopGateways{at_once}); }
    void fetch_sockets(Done done);

    const Keeper& keeper() const { return keeper_; }
    const std::string& status() const { return status_; }  // What the gateway last said of itself.

  private:
    struct Process {
        Child child;
        Loop::Id watch = 0;
    };
    void feed(KeeperInput input);
    void perform(const StartGateway& start);
    void perform(const SignalGateway& signal);
    void perform(const NowServing&);
    void perform(const UpgradeOver& over);
    void perform(const Say& say) { options_.note(say.what, say.detail); }
    Result<Child> start();
    void watch(Child child);
    void ended(int pid);
    void hear();
    void ask_whether_ready(int pid);
    void set_timer();
    void ask(std::string request, Duration timeout, OnAnswer done);

    Loop& loop_;
    NotifySocket notify_;
    Options options_;
    Keeper keeper_;
    std::vector<Listening> sockets_;
    std::map<int, Process> processes_;
    std::deque<KeeperInput> inputs_;
    bool feeding_ = false;
    Loop::Id timer_ = 0;
    Done upgrading_;
    std::string status_;
    std::uint64_t out_of_memory_seen_ = 0;
};

}  // namespace sg::platform::local
