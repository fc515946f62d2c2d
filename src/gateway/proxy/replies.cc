#include "gateway/proxy/replies.h"

#include "gateway/proxy/heads.h"
#include "gateway/router/rewrite.h"
#include "gateway/worker.h"
#include "http/problem.h"
#include "http/status.h"

namespace sg::gateway::proxy {

using runtime::Buffer;
using runtime::Stream;
using runtime::Task;

Reply reply_for(const Exchange& x) {
    return {.route = x.match.route,
            .variables = &x.variables,
            .minor = x.request.minor,
            .connection = x.may_keep_client() ? OnConnection::keep_alive : OnConnection::close,
            .date = x.worker.date()};
}

namespace {

// Sends a head and its content in one piece. The ending stands unless the client is gone.
Task<Ending> send_made(Exchange& x, MadeResponse response, std::string_view content,
                       Ending ending) {
    // A body that nobody will read ends the connection: what follows it is no request.
    if (!x.body.done()) x.close_client = true;
    response.reply = reply_for(x);
    response.content_length = content.size();
    http::Out out = x.worker.scratch();
    if (append_made_head(out, response) != Written::ok) co_return Ending::internal_error;
    if (x.request.method != http::Method::head) {
        out.put(content);
        x.account.bytes_out = content.size();
    }
    if (out.overflow()) co_return Ending::internal_error;
    x.response_begun = true;
    x.account.status = response.status;
    x.look();
    x.account.first_byte_ns = x.so_far_ns();
    const Ending sent = co_await send_to_client(x, out.text());
    co_return sent == Ending::ok ? ending : sent;
}

// The client takes less than we have for it. Bound: the scratch or one buffer is kept meanwhile.
Task<Ending> send_slowly(Exchange& x, Buffer rest) {
    const auto done = co_await runtime::write_all(x.client->stream, rest.text(),
                                                  x.plan->config().limits.send_timeout);
    x.look();
    if (done) co_return Ending::ok;
    x.close_client = true;
    co_return done.error().code == Errc::timed_out ? Ending::client_not_reading
                                                   : Ending::client_gone;
}

// `https://streamgate.dev/…` would promise a page that is not ours to keep: a URN names the ending
// for good.
std::string problem_type(Ending ending) {
    return "urn:streamgate:ending:" + std::string(row_of(ending).name);
}

}  // namespace

Task<Ending> send_to_client(Exchange& x, std::string_view bytes) {
    const auto n = x.client->stream.write_some(bytes);
    if (n == Stream::failed) return Task<Ending>::ready(Ending::client_gone);
    const auto sent = static_cast<std::size_t>(std::max<std::ptrdiff_t>(n, 0));
    if (sent == bytes.size()) return Task<Ending>::ready(Ending::ok);
    Buffer rest = Buffer::take(bytes.size() - sent);
    rest.append(bytes.substr(sent));
    return send_slowly(x, std::move(rest));
}

Task<void> reply_ending(Exchange& x, Ending ending) {
    const bool on_purpose = ending == Ending::fault_injected && x.fault && x.fault->abort;
    const std::uint16_t status = on_purpose ? *x.fault->abort : row_of(ending).status;
    const Ending sent = co_await reply_status(x, status, ending);
    static_cast<void>(
        sent);  // The reason why there was no response stands, even if nobody reads of it.
}

Task<Ending> reply_status(Exchange& x, std::uint16_t status, Ending ending) {
    const auto id = to_hex(x.account.request_id);
    const std::string type = problem_type(ending);
    std::string detail(row_of(ending).sentence);
    if (!x.detail.empty()) detail += ": " + x.detail;
    const auto form = http::problem_form(x.request.fields.value(http::FieldId::accept));
    char memory[4096];
    http::Out content(memory, sizeof memory);
    http::write_problem(
        {.status = status, .type = type, .detail = detail, .instance = {id.data(), id.size()}},
        form, content);
    MadeResponse response{.status = status,
                          .ending = ending,
                          .content_type = http::content_type_of(form),
                          .allow = x.match.allow};
    if (status == 503) response.retry_after_s = x.retry_after_s;
    x.variables.request_id = x.account.request_id;
    const std::string_view text = content.overflow() ? std::string_view{} : content.text();
    const Ending sent = co_await send_made(x, response, text, ending);
    co_return sent;
}

Task<Ending> reply_redirect(Exchange& x) {
    const auto& redirect = *x.match.route->route->redirect;
    const std::string location = router::redirect_location(*x.match.route,
                                                           {.path = x.path,
                                                            .query = x.request.query,
                                                            .prefix_length = x.match.prefix_length,
                                                            .has_query = x.request.has_query},
                                                           x.variables);
    if (location.empty()) {
        x.detail = "the host has no safe form";
        co_return Ending::request_malformed;
    }
    co_return co_await send_made(x, {.status = redirect.status, .location = location}, {},
                                 Ending::redirected);
}

Task<Ending> reply_fixed(Exchange& x) {
    const auto& respond = *x.match.route->route->respond;
    co_return co_await send_made(x,
                                 {.status = respond.status, .content_type = respond.content_type},
                                 respond.body, Ending::responded);
}

}  // namespace sg::gateway::proxy
