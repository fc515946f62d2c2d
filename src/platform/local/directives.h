// What the orchestrator tells the gateway, in order and one after the other. While no gateway
// serves nothing is kept: the next one is told the whole picture.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "platform/local/exchange.h"
#include "platform/local/loop.h"
#include "platform/local/model.h"

namespace sg::platform::local {

class Directives {
  public:
    using Log = std::function<void(const std::string&)>;

    Directives(Loop& loop, std::string socket, Log log)
        : loop_(loop), socket_(std::move(socket)), log_(std::move(log)) {}

    void say(const Publish& publish, std::function<void()> heard);
    void say(const SetWeights& weights);

    void gateway_serves();  // Forgets what was queued: the caller says everything anew.
    void gateway_gone();

  private:
    struct Item {
        std::string request;
        std::string what;  // For the log.
        std::function<void()> heard;
    };
    void push(Item item);
    void pump();
    void answered(const Result<Answer>& answer);

    Loop& loop_;
    std::string socket_;
    Log log_;
    std::deque<Item> queue_;  // Bound: emptied whenever there is no gateway to take from it.
    bool serving_ = false;
    bool busy_ = false;
    std::uint64_t era_ =
        0;  // An answer from before gateway_serves() is not one to the present front.
};

}  // namespace sg::platform::local
