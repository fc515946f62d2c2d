// Values with variables in them, cut into pieces once so that writing one is a few copies.
//
// No CR, LF or NUL ever comes out: those in the text are refused here, those in a value by
// `is_safe`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "gateway/telemetry/account.h"
#include "http/out.h"

namespace sg::gateway::router {

enum class Variable : std::uint8_t { none, client_address, request_id, request_host, request_path };

// What the variables stand for in one request.
struct Variables {
    IpAddress client;       // ${client.address}: after trusted proxies.
    Id128 request_id;       // ${request.id}: 32 hexadecimal digits.
    std::string_view host;  // ${request.host}: without a port.
    std::string_view path;  // ${request.path}: normalised, before any rewrite.
};

class Template {
  public:
    // Refuses CR, LF and NUL, and a `${…}` that is none of the variables.
    static Result<Template> compile(std::string_view text);

    bool is_constant() const { return uses_ == 0; }
    bool uses(Variable variable) const {
        return (uses_ & 1U << static_cast<unsigned>(variable)) != 0;
    }
    void surround(std::string before, std::string after);

    // False if a value holds what would end the line: then nothing must be written.
    bool is_safe(const Variables& variables) const;
    void append(http::Out& out, const Variables& variables) const;

  private:
    struct Piece {
        Variable variable = Variable::none;
        std::string text;  // When it is no variable.
    };
    std::vector<Piece> pieces_;
    std::uint8_t uses_ = 0;
};

bool is_safe_in_line(std::string_view text);  // Neither CR, LF nor NUL.

// 192.0.2.1, 2001:db8::1
class AddressText {
  public:
    explicit AddressText(const IpAddress& address);
    std::string_view text() const { return {text_, size_}; }

  private:
    char text_[48];
    std::size_t size_;
};

void append_address(http::Out& out, const IpAddress& address);
inline void append_id(http::Out& out, const Id128& id) {  // 32 digits.
    out.put_all(http::Hex{id.high}, http::Hex{id.low});
}

}  // namespace sg::gateway::router
