// HTTP as a client, over libcurl. Every exchange has a deadline and a bound on what it takes in.
#pragma once

#include <memory>

#include "ports/http.h"

namespace sg::platform::http {

using ports::http::Done;
using ports::http::Headers;
using ports::http::Proxy;
using ports::http::Request;
using ports::http::Response;

// One exchange; blocks until it is over, at most `request.timeout`. From any thread.
// An answer of any status is a Response; an Error means that there was none.
Result<Response> perform(const Request& request);

// Several at once; used by one thread, but for wake().
class Exchange final : public ports::http::Exchanges {
  public:
    Exchange();
    ~Exchange() override;
    Exchange(const Exchange&) = delete;

    void start(Request request, Done done) override;
    void run(Tick until) override;
    std::size_t under_way() const override;
    void wake() override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// `name=value&…` and `/path?…` need their values like this. RFC 3986 §2.1.
std::string percent_encoded(std::string_view text);

}  // namespace sg::platform::http
