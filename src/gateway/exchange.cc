#include "gateway/exchange.h"

#include "gateway/worker.h"

namespace sg::gateway {

// The exchange's own timer: a client that has sent FIN is given up a moment later, in case it only
// closed its side for writing and still reads.
Exchange::Exchange(Worker& w)
    : Timer([](Timer& timer) {
          auto& self = static_cast<Exchange&>(timer);
          if (self.waiting_on != nullptr) self.interrupt(Interruption::client_gone);
          else self.worker.loop().arm(self, self.worker.loop().after(half_closed_patience));
      }),
      worker(w) {}

void Exchange::watch_client() {
    const auto closed = [](void* context) {
        auto& self = *static_cast<Exchange*>(context);
        if (self.client->stream.broken()) self.interrupt(Interruption::client_gone);
        else self.worker.loop().arm(self, self.worker.loop().after(half_closed_patience));
    };
    if (client->stream.peer_closed()) closed(this);
    else client->stream.on_hangup(closed, this);
}

void Exchange::begin(Client& c, Tick now) {
    client = &c;
    plan = worker.plan();
    account = {};
    account.request_id = worker.ids().id();
    account.started_at = worker.wall_at(now);
    account.tls = c.tls;
    account.client = c.peer;
    began = seen = now;
    give_up_at = Tick::never();
    retry_after_s = 1;
}

void Exchange::finish() {
    disarm();
    if (client != nullptr) client->stream.on_hangup(nullptr, nullptr);
    client = nullptr;
    plan = {};
    path = {};
    match = {};
    route = nullptr;
    service = nullptr;
    detail.clear();
    body.start(http::Framing::none, 0);
    body_buffer.release();
    whole_body = {};
    whole_body_bytes = 0;
    replayable = true;
    said_continue = false;
    upload = Upload::none;
    upload_ending = Ending::ok;
    attempt = {};
    next = {};
    connection.reset();
    tried_count = 0;
    waiting_on = nullptr;
    interruption = Interruption::none;
    response_begun = close_client = unfinished = false;
    in_service = in_gateway = false;
    fault.reset();
}

void Exchange::interrupt(Interruption why) {
    if (interruption == Interruption::none) interruption = why;
    if (waiting_on != nullptr) waiting_on->cancel();
}

void Exchange::let_go_of_head() {
    head_kept.clear();
    const std::string_view agent = request.fields.value(http::FieldId::user_agent);
    head_kept.reserve(request.method_text.size() + request.target.size() +
                      request.authority.size() + agent.size());  // Views must not move.
    const auto keep = [this](std::string_view text) {
        const std::size_t at = head_kept.size();
        head_kept.append(text);
        return std::string_view(head_kept).substr(at, text.size());
    };
    request.method_text = keep(request.method_text);
    request.target = keep(request.target);
    request.authority = keep(request.authority);
    const std::string_view kept_agent = keep(agent);
    request.fields.clear();
    if (!kept_agent.empty())
        request.fields.add({"user-agent", kept_agent, http::FieldId::user_agent});
    request.path = request.query = path = {};
    variables.host = variables.path = {};
    client->input.consume(head_bytes);
    head_bytes = 0;
    if (client->input.empty()) client->input.release();
}

bool Exchange::may_keep_client() const {
    return !close_client && request.keep_alive && body.done() && upload != Upload::failed &&
           !client->stream.peer_closed();
}

}  // namespace sg::gateway
