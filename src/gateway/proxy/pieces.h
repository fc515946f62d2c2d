// Pieces of a body on their way to the client, in the framing that the client gets.
#pragma once

#include <string_view>

#include "gateway/exchange.h"
#include "http/out.h"

namespace sg::gateway::proxy {

// `body` has just given `data`; once it is done, the end of the framing follows.
void append_piece(http::Out& out, const BodyReader& body, std::string_view data,
                  http::Framing framing);

runtime::Task<Ending> send_piece_to_client(Exchange& exchange, const BodyReader& body,
                                           std::string_view data, http::Framing framing);

}  // namespace sg::gateway::proxy
