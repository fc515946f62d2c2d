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

bool equal(const ProxyHeader& a, const ProxyHeader& b) {
    return a.proxied == b.proxied && a.source == b.source && a.destination == b.destination;
}

void check_views(std::string_view own, const ProxyHeader& header) {
    for (const auto view : {header.alpn, header.authority, header.unique_id, header.ssl_version,
                            header.ssl_common_name, header.ssl_cipher})
        require(view.empty() || (view.data() >= own.data() &&
                                 view.data() + view.size() <= own.data() + own.size()));
    require(header.unique_id.size() <= 128);
    require(!header.ssl_verified || header.ssl_certificate);
}

void check_round_trip(ProxyHeader header) {
    header.crc32c = true;
    char memory[2 * proxy_header_max];
    Out out(memory, sizeof memory);
    put_proxy_v2(out, header);
    require(!out.overflow());
    ProxyHeader read;
    const auto verdict = parse_proxy_header(out.text(), read);
    if (out.size() > proxy_header_max) return;  // A checksum more than the sender had.
    require(verdict.progress == ProxyProgress::done && verdict.bytes == out.size());
    require(equal(read, header));
    if (header.proxied) require(read.alpn == header.alpn && read.unique_id == header.unique_id);

    Out line(memory, sizeof memory);
    put_proxy_v1(line, header);
    require(parse_proxy_header(line.text(), read).progress == ProxyProgress::done);
    require(equal(read, header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ProxyHeader header;
    const auto whole = parse_proxy_header(bytes, header);
    require((whole.progress == ProxyProgress::bad) == !whole.defect.empty());
    if (whole.progress == ProxyProgress::done) {
        require(whole.bytes <= bytes.size() && whole.bytes <= proxy_header_max);
        check_views(bytes.substr(0, whole.bytes), header);
        check_round_trip(header);
    }
    ProxyVerdict parts;
    ProxyHeader again;
    for (std::size_t n = 0; n <= size && parts.progress == ProxyProgress::more; ++n)
        parts = parse_proxy_header(bytes.substr(0, n), again);
    require(parts.progress == whole.progress && parts.bytes == whole.bytes);
    if (whole.progress == ProxyProgress::done) require(equal(header, again));
    return 0;
}
