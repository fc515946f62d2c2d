// One connection of the light origin: reads requests, answers each with a body of known length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sg::origin {

// What is answered when the path names no length.
struct Menu {
    std::uint64_t body = 1024;
};

class Session {
  public:
    explicit Session(int fd) : fd_(fd) {}

    enum class Outcome : std::uint8_t { waiting, asked, gone };
    // Reads until a whole request is there (`asked`) or nothing more is (`waiting`).
    Outcome read(const Menu& menu);
    // Sends what is owed. False: the peer is gone.
    bool write();
    bool owes() const { return upload_left_ == 0 && owed_head_.size() + owed_body_ > 0; }
    int fd() const { return fd_; }

    bool waiting_for_delay = false;

  private:
    bool take_request(const Menu& menu);
    void answer(std::string_view target, bool close, const Menu& menu);

    int fd_;
    std::string unread_;  // Of a request that came in pieces.
    std::uint64_t upload_left_ = 0;
    std::string owed_head_;  // With the body, when that is small.
    std::uint64_t owed_body_ = 0;
    bool closing_ = false;
};

}  // namespace sg::origin
