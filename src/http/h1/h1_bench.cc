// What parsing costs: a typical browser request, a small one, a response, chunks.
#include <benchmark/benchmark.h>

#include <memory>

#include "http/h1/parse.h"

namespace sg::http::h1 {
namespace {

constexpr std::string_view typical =
    "GET /v1/channels/42/live/segment-000123.m4s?token=abcdef&session=0123456789 HTTP/1.1\r\n"
    "Host: edge-1.media.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0\r\n"
    "Accept: */*\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Referer: https://www.media.example.com/watch/42\r\n"
    "Origin: https://www.media.example.com\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Range: bytes=0-1048575\r\n"
    "Connection: keep-alive\r\n"
    "\r\n";

constexpr std::string_view small =
    "GET /1k HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: wrk\r\nAccept: */*\r\n\r\n";

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 06:22:31 GMT\r\n"
    "Content-Type: application/octet-stream\r\nContent-Length: 1024\r\n"
    "Last-Modified: Mon, 23 Nov 2026 06:00:00 GMT\r\nConnection: keep-alive\r\n"
    "ETag: \"65f0c0de-400\"\r\nAccept-Ranges: bytes\r\n\r\n";

void request(benchmark::State& state, std::string_view bytes) {
    const auto head = std::make_unique<RequestHead>();
    const HeadLimits limits;
    for (auto _ : state) {
        HeadScan scan;
        const HeadVerdict verdict = parse_request(bytes, limits, scan, *head);
        if (verdict.progress != Progress::done) state.SkipWithError("refused");
        benchmark::DoNotOptimize(*head);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK_CAPTURE(request, typical, typical);
BENCHMARK_CAPTURE(request, small, small);

void response_head(benchmark::State& state) {
    const auto head = std::make_unique<ResponseHead>();
    const HeadLimits limits;
    for (auto _ : state) {
        HeadScan scan;
        const HeadVerdict verdict = parse_response(response, limits, scan, Method::get, *head);
        if (verdict.progress != Progress::done) state.SkipWithError("refused");
        benchmark::DoNotOptimize(*head);
    }
}
BENCHMARK(response_head);

void chunks(benchmark::State& state) {  // 16 chunks of 1 KiB.
    std::string body;
    for (int i = 0; i < 16; ++i) body += "400\r\n" + std::string(1024, 'x') + "\r\n";
    body += "0\r\n\r\n";
    for (auto _ : state) {
        ChunkedReader reader;
        std::string_view rest = body;
        while (true) {
            const auto step = reader.step(rest);
            benchmark::DoNotOptimize(step);
            rest.remove_prefix(step.consumed);
            if (step.progress != Progress::more) break;
        }
    }
}
BENCHMARK(chunks);

}  // namespace
}  // namespace sg::http::h1
