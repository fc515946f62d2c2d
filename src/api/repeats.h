// `Idempotency-Key`: a write that is sent again, because nobody heard the answer, is answered again
// and not done again. Reference: draft-ietf-httpapi-idempotency-key-header.
#pragma once

#include <optional>

#include "ops/writer.h"
#include "store/replies.h"
#include "web/server.h"

namespace sg::api {

struct Site;
struct Call;
struct Route;

inline constexpr Duration reply_kept = 24h;
inline constexpr std::size_t idempotency_key_max = 255;  // Bytes.

// The writer, as a request sees it: the claim of its key goes into the transaction of what it does.
// Of the API's thread.
class Commands {
  public:
    explicit Commands(ops::Writer& writer) : writer_(writer) {}

    Result<void> run(const ops::Engine::Command& command);
    bool leads() const { return writer_.leads(); }
    ops::Writer::Standing standing() const { return writer_.standing(); }

    void begin(store::Claim claim) { claim_ = std::move(claim); }
    // Whether what was begun was done.
    enum class Done : std::uint8_t { no, yes };
    Done end();

  private:
    ops::Writer& writer_;
    std::optional<store::Claim> claim_;  // Not yet noted.
};

// The answer to a write with a key: what was answered before, or the handler's, kept for next time.
web::Reply answer_once(Site& site, const Call& call, const Route& route);

}  // namespace sg::api
