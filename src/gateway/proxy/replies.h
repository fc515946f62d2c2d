// What the gateway says itself: redirects, fixed responses, and the reason when a request fails.
#pragma once

#include "gateway/exchange.h"
#include "gateway/proxy/heads.h"

namespace sg::gateway::proxy {

// The problem document of an ending, if a response can still be sent. Requires: the ending has a
// status.
runtime::Task<void> reply_ending(Exchange& exchange, Ending ending);

// What every response of our own has.
Reply reply_for(const Exchange& exchange);

runtime::Task<Ending> reply_redirect(Exchange& exchange);
runtime::Task<Ending> reply_fixed(Exchange& exchange);
runtime::Task<Ending> reply_file(Exchange& exchange);  // files.cc
runtime::Task<Ending> reply_status(Exchange& exchange, std::uint16_t status, Ending ending);

// Sends what is in the scratch, waiting while the client does not read.
// ok, client_gone or client_not_reading.
runtime::Task<Ending> send_to_client(Exchange& exchange, std::string_view bytes);

}  // namespace sg::gateway::proxy
