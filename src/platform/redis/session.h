// A session with a Redis server, within a deadline. We only ask; what writes is not said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "platform/probe/dial.h"

struct redisReader;

namespace sg::platform::redis {

struct Reply {
    enum class Kind : std::uint8_t { text, number, list, nothing, error };
    Kind kind = Kind::nothing;
    std::string text;
    std::int64_t number = 0;
    std::vector<Reply> items;
};

using Command = std::vector<std::string>;

class Session {
  public:
    // Connects and logs in. An error never shows the password.
    static Result<Session> open(const std::string& target, const std::string& ca, Tick deadline);

    Result<Reply> ask(const Command& command);  // What the server refuses is an error.

    // All at once, in one exchange: the replies in order, refusals among them.
    Result<std::vector<Reply>> ask_all(const std::vector<Command>& commands);

    Tick deadline() const { return deadline_; }
    Duration connected_in() const { return connected_in_; }

  private:
    struct End {
        void operator()(redisReader* reader) const;
    };
    Session(probe::Line line, Tick deadline);
    Result<Reply> receive();

    static constexpr std::size_t reply_most = 64U << 20;  // Bound: of one reply's bytes.

    probe::Line line_;
    Tick deadline_;
    Duration connected_in_{};
    std::unique_ptr<redisReader, End> reader_;
};

}  // namespace sg::platform::redis
