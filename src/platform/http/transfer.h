// One exchange as libcurl sees it: an easy handle, what it sends and what it has received so far.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "ports/http.h"

namespace sg::platform::http {

struct EasyEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyEnd>;

Easy make_easy();  // Begins libcurl where that is still to be done; for other protocols too.
void begin_curl();

// What a code of libcurl says of whom to blame; `said` is libcurl's own text, or empty.
Error error_of(CURLcode code, const std::string& said, int system_error = 0);

class Transfer {
  public:
    static Result<std::unique_ptr<Transfer>> prepare(ports::http::Request request);
    Transfer(const Transfer&) = delete;

    CURL* handle() const { return easy_.get(); }
    Result<ports::http::Response> result(CURLcode code);

  private:
    explicit Transfer(ports::http::Request request) : request_(std::move(request)) {}
    void set_target();
    void set_message();
    void set_trust();
    static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self);

    struct ListEnd {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    ports::http::Request request_;
    ports::http::Response response_;
    std::unique_ptr<curl_slist, ListEnd> headers_;
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    char said_[CURL_ERROR_SIZE] = {};
    Easy easy_;  // Last: it is gone before what it points to.
};

}  // namespace sg::platform::http
