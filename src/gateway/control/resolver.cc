#include "gateway/control/resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <pthread.h>

#include <algorithm>
#include <memory>

namespace sg::gateway {

Result<std::vector<IpAddress>> look_up(const std::string& name) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
    if (error != 0)
        return fail(Errc::dns_failed, fmt::format("{}: {}", name, ::gai_strerror(error)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    std::vector<IpAddress> addresses;
    for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
        SocketAddress address;
        std::copy_n(reinterpret_cast<const char*>(a->ai_addr), a->ai_addrlen,
                    reinterpret_cast<char*>(&address.storage));
        address.length = a->ai_addrlen;
        addresses.push_back(address.ip());
    }
    std::ranges::sort(addresses, {}, &IpAddress::bytes);
    addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
    return addresses;
}

Resolver::Resolver(runtime::Loop& loop) : loop_(loop) {
    thread_ = std::thread([this] { work(); });
}

Resolver::~Resolver() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    asked_.notify_all();
    thread_.join();
}

void Resolver::resolve(std::string name, Answer answer) {
    {
        const std::lock_guard lock(mutex_);
        if (questions_.size() < questions_most) {
            questions_.push_back({std::move(name), std::move(answer)});
            asked_.notify_one();
            return;
        }
    }
    answer(fail(Errc::exhausted, "too many names wait to be resolved"));
}

void Resolver::work() {
    pthread_setname_np(pthread_self(), "resolver");
    for (;;) {
        Question question;
        {
            std::unique_lock lock(mutex_);
            asked_.wait(lock, [this] { return stopping_ || !questions_.empty(); });
            if (stopping_) return;
            question = std::move(questions_.front());
            questions_.pop_front();
        }
        auto result = look_up(question.name);
        loop_.post([answer = std::move(question.answer), r = std::move(result)]() mutable {
            answer(std::move(r));
        });
    }
}

}  // namespace sg::gateway
