// Listeners: where clients come in.
#include "config/describe.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

void describe(Visitor& v, CertificateFiles& files) {
    v.record({.name = "a certificate", .short_words = {}});
    v.field(
        {.key = "certificate",
         .why = "File with the certificate in PEM: the leaf first, then the intermediates up to "
                "the root. It is read again at each reload, so a renewed one needs no restart.",
         .example = "certificate: certs/edge.pem",
         .path = Path::file,
         .required = true},
        files.certificate);
    v.field({.key = "key",
             .why = "File with the private key of the certificate, in PEM and without a pass "
                    "phrase. It should be readable by the user of streamgate only.",
             .example = "key: certs/edge.key",
             .path = Path::file,
             .required = true},
            files.key);
}

void describe(Visitor& v, ListenerTls& tls) {
    v.record(
        {.name = "tls",
         .expand = expand::listener_tls,
         .short_schema =
             R"({"const":"self-signed"},{"type":"array","items":{"$ref":"#/$defs/certificate"}})",
         .short_keys = R"("certificate":{"type":"string"},"key":{"type":"string"})",
         .short_words = "`self-signed`, or { certificate: FILE, key: FILE }"});
    v.field({.key = "certificates",
             .why = "Certificates with their keys. The one that fits the name that the client asks "
                    "for (SNI) is shown; the first is for everybody else.",
             .unset = "none"},
            tls.certificates);
    v.field({.key = "self_signed",
             .why = "Make a certificate for this machine, kept in `state`. For trying things out: "
                    "browsers and clients warn about it until they are told to trust it."},
            tls.self_signed);
    v.field(
        {.key = "minimum",
         .why = "Oldest version of TLS that is spoken. 1.3 shuts out clients from before about "
                "2019, such as old television sets; in return every handshake is the short one."},
        tls.minimum);
    v.field({.key = "handshake_timeout",
             .why = "A client that has not completed its TLS handshake after this long is "
                    "disconnected. Lower it when connections that never speak pile up.",
             .least = 0.1,
             .most = 300},
            tls.handshake_timeout);
}

void describe(Visitor& v, Listener& listener) {
    v.record({.name = "a listener",
              .expand = expand::listener,
              .short_schema = R"({"type":"string"})",
              .short_words = "an address such as :8080"});
    v.place(listener.place);
    v.field({.key = "address",
             .why = "Where clients connect: `:8080` is every address of this machine, "
                    "`127.0.0.1:8080` or `[::1]:8080` one of them, `unix:/path` a Unix socket.",
             .example = "address: :8080",
             .format = &formats::listen_address,
             .path = Path::socket,
             .required = true},
            listener.address);
    v.field(
        {.key = "tls",
         .why = "Speak TLS (https) on this listener. Give `{ certificate: FILE, key: FILE }`, a "
                "list of such pairs, or `self-signed`.",
         .unset = "off: plain http"},
        listener.tls);
    v.field({.key = "proxy_protocol_from",
             .why = "Senders that begin each connection with a PROXY protocol header (v1 or v2), "
                    "such as a load balancer in front. From these it is required, from all others "
                    "it is refused: a client must not be able to choose its own address.",
             .unset = "nobody"},
            listener.proxy_protocol_from);
}

}  // namespace sg::config
