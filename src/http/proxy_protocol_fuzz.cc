// Any bytes as a PROXY header: the same verdict however they arrive; what was read, written again,
// reads the same.
#include <cstdint>
#include <cstdlib>

#include "http/proxy_protocol.h"

using namespace sg::http;

namespace {

void require(bool property) {
    if (!property) std::abort();
}

using h1::Progress;

bool equal(const ProxyHeader& a, const ProxyHeader& b) {
    return a.has_addresses == b.has_addresses && a.source == b.source &&
           a.destination == b.destination;
}

void check_views(std::string_view own, const ProxyHeader& header) {
    for (const auto view : {header.alpn, header.authority, header.unique_id, header.tls_version,
                            header.tls_common_name, header.tls_cipher})
        require(view.empty() || (view.data() >= own.data() &&
                                 view.data() + view.size() <= own.data() + own.size()));
    require(header.unique_id.size() <= 128);
    require(!header.tls_verified || header.tls_certificate);
}

void check_round_trip(const ProxyHeader& header) {
    ProxyExtras extras = header;
    extras.crc32c = true;
    char memory[2 * proxy_header_max];
    Out out(memory, sizeof memory);
    write_proxy_v2(out, header.source, header.destination, extras);
    require(!out.overflow());
    if (out.size() > proxy_header_max) return;  // A checksum more than the sender had.
    ProxyHeader read = parse_proxy_header(out.text());
    require(read.progress == Progress::done && read.bytes == out.size());
    // `::` is written as if it were nobody's address.
    if (header.has_addresses && header.source.ip() == sg::IpAddress{}) return;
    require(equal(read, header));
    if (header.has_addresses)
        require(read.alpn == header.alpn && read.unique_id == header.unique_id);

    Out line(memory, sizeof memory);
    write_proxy_v1(line, header.source, header.destination);
    read = parse_proxy_header(line.text());
    require(read.progress == Progress::done && equal(read, header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const ProxyHeader whole = parse_proxy_header(bytes);
    require((whole.progress == Progress::bad) == !whole.defect.empty());
    if (whole.progress == Progress::done) {
        require(whole.bytes <= bytes.size() && whole.bytes <= proxy_header_max);
        check_views(bytes.substr(0, whole.bytes), whole);
        check_round_trip(whole);
    }
    ProxyHeader parts;
    for (std::size_t n = 0; n <= size && parts.progress == Progress::more; ++n)
        parts = parse_proxy_header(bytes.substr(0, n));
    require(parts.progress == whole.progress && parts.bytes == whole.bytes);
    if (whole.progress == Progress::done) require(equal(whole, parts));
    return 0;
}
