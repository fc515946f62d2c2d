// Requests and responses as the gateway sees them: views into the bytes that were received.
//
// A head owns nothing but its table of fields; it is valid as long as the buffer it was parsed
// from.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sg::http {

enum class Method : std::uint8_t {
    get,
    head,
    post,
    put,
    delete_,
    connect,
    options,
    trace,
    patch,
    other
};

std::string_view name_of(Method method);  // `GET`; other: `_OTHER` (OpenTelemetry's word).
constexpr bool is_idempotent(Method m) {  // RFC 9110 §9.2.2
    return m == Method::get || m == Method::head || m == Method::put || m == Method::delete_ ||
           m == Method::options || m == Method::trace;
}

// Fields that the gateway itself reads; the parser recognises them once, so that nobody compares
// names again.
enum class FieldId : std::uint8_t {
    other,
    accept,
    authorization,
    connection,
    content_length,
    content_type,
    cookie,
    date,
    expect,
    forwarded,
    host,
    keep_alive,
    location,
    proxy_authenticate,
    proxy_authorization,
    proxy_connection,
    proxy_status,
    server,
    set_cookie,
    streamgate_without,
    te,
    trailer,
    traceparent,
    tracestate,
    transfer_encoding,
    upgrade,
    user_agent,
    via,
    x_accel_buffering,
    x_forwarded_for,
    x_forwarded_host,
    x_forwarded_port,
    x_forwarded_proto,
    x_request_id,
    count
};

FieldId field_id(std::string_view name);  // Any case.
std::string_view name_of(FieldId id);     // Lower case; `other` is empty.

struct Field {
    std::string_view name;
    std::string_view value;  // Without surrounding white space.
    FieldId id = FieldId::other;
};

// Fields in the order received. Bound: `capacity`, configured up to it.
class Fields {
  public:
    static constexpr std::size_t capacity = 256;

    void clear() {
        size_ = 0;
        seen_ = 0;
    }
    bool add(Field field) {  // False when full.
        if (size_ == capacity) return false;
        table_[size_++] = field;
        seen_ |= bit(field.id);
        return true;
    }
    std::span<const Field> all() const { return {table_.data(), size_}; }
    std::size_t size() const { return size_; }
    bool has(FieldId id) const { return (seen_ & bit(id)) != 0; }
    const Field* find(FieldId id) const {  // The first one.
        if (!has(id)) return nullptr;
        for (const auto& field : all())
            if (field.id == id) return &field;
        return nullptr;
    }
    std::string_view value(FieldId id) const {
        const auto* field = find(id);
        return field == nullptr ? std::string_view{} : field->value;
    }
    const Field* find(std::string_view name) const;  // Any case; for names not in FieldId.

  private:
    static constexpr std::uint64_t bit(FieldId id) { return 1ULL << static_cast<unsigned>(id); }
    static_assert(static_cast<unsigned>(FieldId::count) <= 64);

    std::array<Field, capacity> table_;
    std::uint32_t size_ = 0;
    std::uint64_t seen_ = 0;
};

// How the end of a body is known. Source: RFC 9112 §6.3.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

struct RequestHead {
    Method method = Method::other;
    std::string_view method_text;
    std::string_view target;  // As received, for the log.
    std::string_view path;    // Of the target, as received: `/a%20b`; `*` for OPTIONS *.
    std::string_view query;   // Without `?`.
    bool has_query = false;   // `/x?` has an empty one, which is not the same as none.
    // From the absolute form, else from Host; may be empty on HTTP/1.0.
    std::string_view authority;
    std::uint8_t minor = 1;  // HTTP/1.<minor>
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    bool keep_alive = true;         // What the client wants and the version allows.
    bool expects_continue = false;  // Expect: 100-continue, and a body is to come.
    bool upgrade = false;  // Connection: upgrade and an Upgrade field; no body; not to HTTP/2.
    Fields fields;
};

struct ResponseHead {
    std::uint16_t status = 0;
    std::string_view reason;
    std::uint8_t minor = 1;
    Framing framing = Framing::none;  // Taking the request's method and the status into account.
    std::uint64_t content_length = 0;
    bool keep_alive = true;
    bool upgrade = false;  // 101
    Fields fields;
};

}  // namespace sg::http
