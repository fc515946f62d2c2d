#include "platform/http/client.h"

#include <fmt/format.h>

#include <atomic>
#include <map>

#include "base/check.h"
#include "platform/http/transfer.h"

namespace sg::platform::http {

Result<Response> perform(const Request& request) {
    TRY(const auto transfer, Transfer::prepare(request));
    return transfer->result(curl_easy_perform(transfer->handle()));
}

struct Exchange::Parts {
    struct Open {
        std::unique_ptr<Transfer> transfer;
        Done done;
    };
    struct Over {
        Done done;
        Result<Response> result;
    };

    CURLM* multi = nullptr;
    std::map<CURL*, Open> open;
    std::vector<Over> over;  // Ended, not yet told.
    std::atomic<bool> woken = false;

    void collect() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* const handle = message->easy_handle;
            const CURLcode code = message->data.result;
            curl_multi_remove_handle(multi, handle);
            auto ended = open.extract(handle);
            if (ended.empty()) continue;
            auto& [transfer, done] = ended.mapped();
            over.push_back({std::move(done), transfer->result(code)});
        }
    }

    void tell() {
        const auto ended = std::exchange(over, {});  // `done` may start others.
        for (const auto& [done, result] : ended) done(result);
    }
};

Exchange::Exchange() : parts_(std::make_unique<Parts>()) {
    begin_curl();
    parts_->multi = curl_multi_init();
    CHECK(parts_->multi != nullptr);
}

Exchange::~Exchange() {
    for (const auto& [handle, open] : parts_->open) curl_multi_remove_handle(parts_->multi, handle);
    parts_->open.clear();
    curl_multi_cleanup(parts_->multi);
}

void Exchange::start(Request request, Done done) {
    auto transfer = Transfer::prepare(std::move(request));
    if (!transfer) {
        parts_->over.push_back({std::move(done), std::unexpected(std::move(transfer).error())});
        return;
    }
    CURL* const handle = (*transfer)->handle();
    parts_->open.emplace(handle, Parts::Open{std::move(*transfer), std::move(done)});
    CHECK(curl_multi_add_handle(parts_->multi, handle) == CURLM_OK);
}

void Exchange::run(Tick until) {
    while (under_way() > 0 && !parts_->woken.exchange(false)) {
        int running = 0;
        curl_multi_perform(parts_->multi, &running);
        parts_->collect();
        const bool told = !parts_->over.empty();
        parts_->tell();
        const auto left = until - steady_now();
        if (left <= 0s) return;
        if (told) continue;
        const auto wait_ms = static_cast<int>(std::min<Duration>(left, 10s) / 1ms) + 1;
        curl_multi_poll(parts_->multi, nullptr, 0, wait_ms, nullptr);
    }
}

std::size_t Exchange::under_way() const { return parts_->open.size() + parts_->over.size(); }

void Exchange::wake() {
    parts_->woken = true;
    curl_multi_wakeup(parts_->multi);
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) out += c;
        else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace sg::platform::http
