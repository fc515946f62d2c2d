#include "config/document.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "config/load.h"
#include "config/yaml.h"

namespace sg::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Snapshot load(std::string_view text, const std::string& file = "/srv/sg/streamgate.yaml") {
    const auto loaded = load_text(text, file, {.look_outside = false});
    EXPECT_EQ(loaded.rendered, "") << text;
    return loaded.config ? loaded.config : std::make_shared<Config>();
}

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Everything at once, in forms that differ from the defaults.
constexpr auto everything = R"yaml(
state: state-dir
workers: 3
drain_timeout: off
trusted_proxies: [10.0.0.0/8, "2001:db8::/32", 192.0.2.7]
listen:
  - :8080
  - address: "[::1]:8443"
    tls: { certificate: certs/a.pem, key: /abs/a.key, minimum: 1.3 }
    proxy_protocol_from: 10.0.0.0/8
  - { address: "unix:run/x.sock", tls: self-signed }
services:
  a:
    team: playback
    needs: [db, sessions]
    profile: hls
    versions:
      v1: { weight: 95, endpoints: [10.0.0.1:9000, "https://o.example", "unix:run/a.sock"] }
      v2:
        weight: 5
        run:
          command: "./a --x \"y\" '${PORT}' # no"
          environment: { A: "${B}", E: "" }
          replicas: 2
    balance: consistent-hash
    hash_on: cookie session
    sticky: { cookie: SG, max_age: 1h }
    health: { path: "/healthz?x=1", status: 204, host: h.example }
    retry:
      { on: [connect, 429], attempts: 4, budget: 7%, budget_floor: 1/m, per_try_timeout: 1500ms }
    timeouts: { connect: 250ms, total: 1d }
    tls: { verify: no, server_name: o.example }
  b: { team: media, endpoints: "h:1", health: tcp, outlier: off, retry: off, proxy_protocol: v1 }
  c: { team: media, endpoints: "h:1", health: off, balance: round-robin, latency_objective: 350ms }
  d: { team: playback, endpoints: "https://[2001:db8::1]:8443" }
routes:
  - { host: [a.example, "*.b.example"], path: /v1/, methods: [GET, PATCH], to: a, body_max: 5MB,
      headers: { x-a: "*", x-b: "~^a{2}$", x-c: "plain, text" }, query: { q: "1: 2" },
      rewrite: { prefix: /, host: o.example }, timeouts: { first_byte: 5s }, retry: 3,
      request_headers:
        { set: { x: "${client.address}", y: "a\"b" }, add: { z: "" }, remove: [cookie] },
      response_headers: { remove: server } }
  - path_regex: "^/u/([0-9]+)$"
    name: "users #1"
    to: b
    rewrite: { regex: "^/u/(.*)", to: '/\1' }
  - { path: /old/, redirect: { to: /new/, status: 302 } }
  - path: /é
    respond: { status: 404, body: "line\nother\ttab \u0001 end", content_type: text/x }
  - { path: /x, to: d }
limits: { head_max: 64KiB, send_timeout: off }
telemetry:
  { listen: off, access_log: { path: log/a.log, sample: 12.5%, keep: 0 }, trace_trust: never }
public_url: "https://ops.example.com:8443"
ops:
  store: "postgres://sg@db.internal/sg"
  listen: 127.0.0.1:8090
  prometheus: "http://prometheus.internal:9090"
  host_link: 2.5Gbit/s
  gateways:
    - { name: eu, address: "eu.internal:9191", ca: certs/ca.pem,
        certificate: { certificate: certs/ops.pem, key: certs/ops.key } }
    - { name: other, address: "unix:run/other.sock" }
people:
  ana: { name: Ana Ruiz, mail: ana@example.com, zone: Europe/Madrid, reach: [mail, desk] }
  bo: bo@example.com
  cy: { phone: "+34600000000", slack: U012AB3CD }
teams:
  playback: [ana, bo, cy]
  media:
    oncall:
      { primary: [ana, bo], secondary: bo, handover: "18:30", shift: 12h, zone: Asia/Singapore,
        since: 2026-02-28 }
    escalate: [primary, ana after 90s, everyone after 1h]
    repeat: 0
    fallback: cy
notify:
  mail: { smtp: "smtps://mail.internal", from: sg@example.com, require_tls: no, ca: certs/ca.pem }
  slack: { webhook: "http://127.0.0.1:9000/hook" }
  hook: { url: "https://hooks.example.com/x" }
  sms: { url: "https://sms.example.com/", method: PUT, headers: { x-a: b }, body: "${to}: ${text}" }
  desk: terminal
severities: { sev1: { respond: 3m, escalate: now }, sev4: { communicate: 2d } }
clocks: { observe: 90s }
objectives:
  all: { throughput: off, errors: 99.5% }
  a:
    latency: [99% under 150ms over 7d, { target: 50%, within: 150ms, page: sev3 }]
    availability: 99.95% over 28d
  b: { throughput: 2500/s over 28d }
burn_rates:
  - { name: quick, window: 1h, spend: 2%, page: true }
  - { name: slow, window: 3d, spend: 12.5% }
alerts:
  cpu: cpu > 92.5%
  errors: { clear: 0.25%, services: [a] }
  network: off
  idle: { when: cpu < 1%, clear: 2%, for: 1h, labels: { kind: waste } }
  queue: { promql: "max(queue_depth{x=\"y\"})", when: value > 1e3, clear: 500.5, page: true,
    severity: sev3, runbook: "https://wiki.example.com/queue" }
  slow: { when: latency_p99 > 1.5s, over: 5m, keep_firing_for: 10m }
  full: { when: disk > 95%, full_within: 3d }
hard_fault: { sev1: 60%, clear_after: 30s }
grouping: { by: [service, alertname], wait: 5s }
inhibit:
  - { source: [alertname=gateway-down], target: [severity=~"sev3|sev4"], equal: service }
intervals:
  night: { times: ["22:00-24:00", "00:00-06:00"], weekdays: mon-fri, zone: Europe/Madrid }
  closing: { days: [-1, 1-3], months: [dec, jun-aug], years: 2026-2028 }
heartbeats: { nightly: 1d, hourly: { every: 1h, grace: 5m, severity: sev3, service: a } }
heartbeats_out: ["https://hc.example.com/1", { url: "https://hc.example.com/2", every: 30s }]
needs:
  db: { postgres: "postgres://sg@db.internal/sg", every: 5s }
  sessions: redis://127.0.0.1:6379
  cert: { tls: "www.example.com:443", expires_within: 7d }
  names: { dns: www.example.com }
  queue: queue.internal:5672
probes:
  front: https://www.example.com/
  login: { url: "https://www.example.com/login", service: a, status: 200, contains: "Sign in" }
)yaml";

std::string legal(std::string text) {  // The path with é is there for the writer, not for routes.
    return std::regex_replace(text, std::regex("/é"), "/e");
}

TEST(Document, what_is_written_reads_as_the_same) {
    for (const auto& text :
         {legal(everything), std::string("listen: :80\nroutes: {respond: 200}"),
          std::string("listen: :80\nroutes: {to: \"https://[2001:db8::1]:8443\"}")}) {
        const auto first = load(text);
        const auto written = to_yaml(to_document(*first));
        const auto second = load(written);
        EXPECT_TRUE(equal(to_document(*first), to_document(*second))) << written;
        EXPECT_TRUE(differences(*first, *second).empty());
        EXPECT_EQ(written, to_yaml(to_document(*second)));
        EXPECT_TRUE(Json::accept(to_json(to_document(*first))));
    }
}

TEST(Document, paths_are_written_relative_to_the_file) {
    const auto written = to_yaml(to_document(*load(legal(everything))));
    EXPECT_NE(written.find("state: state-dir\n"), std::string::npos) << written;
    EXPECT_NE(written.find("certificate: certs/a.pem\n"), std::string::npos);
    EXPECT_NE(written.find("key: /abs/a.key\n"), std::string::npos);
    EXPECT_NE(written.find("unix:run/x.sock"), std::string::npos);
}

TEST(Document, every_good_file_survives_the_round_trip) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(SG_SOURCE_DIR "/tests/config")) {
        if (!entry.path().string().ends_with(".good.yaml")) continue;
        // Looks outside: what comes from a file must be written as the reference that it was.
        const auto first = load_text(contents(entry.path()), entry.path()).config;
        ASSERT_NE(first, nullptr) << entry.path();
        const auto again = load_text(to_yaml(to_document(*first)), entry.path());
        ASSERT_NE(again.config, nullptr) << again.rendered;
        const auto& second = again.config;
        EXPECT_TRUE(differences(*first, *second).empty()) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 60U);
}

TEST(Document, the_default_file_is_valid_and_says_only_defaults) {
    const auto written = load(default_file(), "streamgate.yaml");
    const auto smallest =
        load("listen: :8080\nservices: { app: 127.0.0.1:9000 }\nroutes: { to: app }\n",
             "streamgate.yaml");
    EXPECT_TRUE(differences(*smallest, *written).empty());
    for (const std::string_view line : lines_of(default_file()))
        EXPECT_LE(line.size(), 100U) << line;
}

TEST(Document, differences_name_the_setting) {
    const auto a = load(legal(everything));
    auto text = legal(everything);
    text = std::regex_replace(text, std::regex("weight: 95"), "weight: 90");
    text = std::regex_replace(text, std::regex("path: /old/"), "path: /older/");
    text = std::regex_replace(text, std::regex("attempts: 4"), "attempts: 2");
    const auto b = load(text);
    std::string all;
    for (const auto& d : differences(*a, *b))
        all += d.path + ": " + d.before + " → " + d.after + "\n";
    EXPECT_NE(all.find("services.a.versions.v1.weight: 95 → 90\n"), std::string::npos) << all;
    EXPECT_NE(all.find("services.a.retry.attempts: 4 → 2\n"), std::string::npos) << all;
    EXPECT_NE(all.find("routes./old/: {"), std::string::npos) << all;
    EXPECT_NE(all.find("routes./older/:  → {"), std::string::npos) << all;
}

TEST(Document, the_order_of_routes_is_a_difference) {
    const auto a =
        load("listen: :80\nroutes: [{path: /a/, respond: 200}, {path: /b/, respond: 200}]");
    const auto b =
        load("listen: :80\nroutes: [{path: /b/, respond: 200}, {path: /a/, respond: 200}]");
    const auto found = differences(*a, *b);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "routes (order)");
    EXPECT_EQ(found[0].before, "[/a/, /b/]");
}

TEST(Document, secrets_are_written_as_references) {
    const auto with = [](const char* value) {
        ::setenv("SG_TEST_SECRET", value, 1);
        auto loaded = load_text(
            "listen: :80\n"
            "services: { a: { run: { command: x, environment: { T: \"${env:SG_TEST_SECRET}\", L: "
            "\"$${env:L}\" } } } }\n"
            "routes: { to: a, request_headers: { set: { authorization: \"Bearer "
            "${env:SG_TEST_SECRET}\" } } }\n",
            "streamgate.yaml");
        EXPECT_EQ(loaded.rendered, "");
        return loaded.config;
    };
    const auto one = with("hunter2");
    const auto text = to_yaml(to_document(*one));
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
    EXPECT_NE(text.find("T: \"${env:SG_TEST_SECRET}\""), std::string::npos) << text;
    EXPECT_NE(text.find("authorization: \"Bearer ${env:SG_TEST_SECRET}\""), std::string::npos)
        << text;
    EXPECT_NE(text.find("L: \"$${env:L}\""), std::string::npos) << text;

    const auto other = with("hunter3");
    const auto found = differences(*one, *other);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].path, "routes.0.request_headers.set.authorization");
    EXPECT_EQ(found[0].after, "Bearer ${env:SG_TEST_SECRET} (another value)");
}

// --- what is said about settings
// -------------------------------------------------------------------

TEST(Settings, each_is_explained) {
    std::size_t count = 0;
    for (const Setting& setting : all_settings()) {
        EXPECT_GE(setting.why.size(), 10U) << setting.path;
        EXPECT_TRUE(setting.why.ends_with('.')) << setting.path;
        EXPECT_FALSE(setting.type.empty()) << setting.path;
        EXPECT_EQ(find_setting(all_settings(), setting.path), &setting);
        ++count;
    }
    EXPECT_GE(count, 100U);
}

TEST(Settings, are_found_with_names_between_and_by_their_last_word) {
    const auto& settings = all_settings();
    const auto* budget = find_setting(settings, "services.catalog.retry.budget");
    ASSERT_NE(budget, nullptr);
    EXPECT_EQ(budget->path, "services.retry.budget");
    EXPECT_EQ(budget->default_value, "20%");
    EXPECT_EQ(budget->bounds, "from 0% to 100%");
    EXPECT_EQ(find_setting(settings, "services.catalog.versions.v1.weight")->path,
              "services.versions.weight");
    EXPECT_EQ(find_setting(settings, "nothing.at.all"), nullptr);
    EXPECT_EQ(nearest_setting(settings, "services.retry.buget"), "services.retry.budget");
    EXPECT_EQ(nearest_setting(settings, "head_max"), "limits.head_max");
    EXPECT_EQ(nearest_setting(settings, "zzzzzzzzzzzz"), "");
}

// With SG_GOLDEN=write the manual is brought up to date.
void has_tables(const std::string& page, const std::string& tables) {
    const fs::path path = SG_SOURCE_DIR "/docs/" + page;
    const std::string begin = "<!-- settings: written by `SG_GOLDEN=write sg_config_test` -->\n";
    const std::string end = "<!-- end of settings -->\n";
    auto text = contents(path);
    const auto from = text.find(begin);
    const auto to = text.find(end);
    ASSERT_NE(from, std::string::npos) << page;
    ASSERT_NE(to, std::string::npos) << page;
    const auto wanted = text.substr(0, from) + begin + tables + "\n" + text.substr(to);
    const char* golden = std::getenv("SG_GOLDEN");
    if (golden && std::string_view(golden) == "write") std::ofstream(path) << wanted;
    EXPECT_TRUE(contents(path) == wanted) << page << " is not up to date: SG_GOLDEN=write mends it";
}

TEST(Settings, the_manual_has_the_tables) {
    has_tables("configuration.md", manual_tables(Manual::gateway));
    has_tables("operations/configuration.md", manual_tables(Manual::operations));
}

TEST(Settings, the_examples_of_the_manual_are_valid) {
    const std::regex block("```yaml\n([^`]*)```");
    for (const auto& page : {"configuration.md", "operations/configuration.md"}) {
        const auto text = contents(SG_SOURCE_DIR "/docs/" + std::string(page));
        std::size_t count = 0;
        for (std::sregex_iterator it(text.begin(), text.end(), block), none; it != none; ++it) {
            auto yaml = (*it)[1].str();
            if (("\n" + yaml).find("\nlisten:") == std::string::npos)
                yaml = "listen: :65000\n" + yaml;
            if (("\n" + yaml).find("\nroutes:") == std::string::npos)
                yaml += "routes: { respond: 200 }\n";
            load(yaml);
            ++count;
        }
        EXPECT_GE(count, 8U) << page;
    }
}

// --- the schema
// ------------------------------------------------------------------------------------

// Enough of JSON Schema 2020-12 for the schema that is made here.
bool accepts(const Json& root, const Json& schema, const Json& value);

bool accepts_type(const Json& type, const Json& value) {
    if (type.is_array())
        return std::any_of(type.begin(), type.end(),
                           [&](const Json& t) { return accepts_type(t, value); });
    return (type == "string" && value.is_string()) || (type == "object" && value.is_object()) ||
           (type == "array" && value.is_array()) || (type == "boolean" && value.is_boolean()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number());
}

bool accepts_object(const Json& root, const Json& schema, const Json& value) {
    for (const auto& key : schema.value("required", Json::array()))
        if (!value.contains(key)) return false;
    for (const auto& [key, member] : value.items()) {
        const auto known = schema.value("properties", Json::object());
        if (known.contains(key)) {
            if (!accepts(root, known[key], member)) return false;
        } else if (!(schema.contains("patternProperties") && key.starts_with("x-")) &&
                   schema.contains("additionalProperties") &&
                   !accepts(root, schema["additionalProperties"], member)) {
            return false;
        }
    }
    return true;
}

bool accepts(const Json& root, const Json& schema, const Json& value) {
    if (schema.is_boolean()) return schema.get<bool>();
    if (schema.contains("$ref"))
        return accepts(
            root, root.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value);
    if (schema.contains("anyOf") &&
        std::none_of(schema["anyOf"].begin(), schema["anyOf"].end(),
                     [&](const Json& one) { return accepts(root, one, value); }))
        return false;
    if (schema.contains("type") && !accepts_type(schema["type"], value)) return false;
    if (schema.contains("const") && schema["const"] != value) return false;
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
        return false;
    if (value.is_number() && schema.contains("minimum") && value < schema["minimum"]) return false;
    if (value.is_number() && schema.contains("maximum") && value > schema["maximum"]) return false;
    if (value.is_string() && schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(schema["pattern"].get<std::string>())))
        return false;
    if (value.is_array() && schema.contains("items"))
        for (const Json& item : value)
            if (!accepts(root, schema["items"], item)) return false;
    return !value.is_object() || accepts_object(root, schema, value);
}

// As editors read YAML 1.2: plain numbers and true, false are no strings.
Json as_json(const Node& node) {
    if (node.is_scalar()) {
        const bool word =
            node.quoted || node.text.find_first_not_of("0123456789.-") != std::string::npos;
        if (!node.quoted && (node.text == "true" || node.text == "false"))
            return node.text == "true";
        const Json number = word ? Json() : Json::parse(node.text, nullptr, false);
        return number.is_number() ? number : Json(node.text);
    }
    Json out = node.is_list() ? Json::array() : Json::object();
    for (const Node& item : node.items) out.push_back(as_json(item));
    for (const auto& entry : node.entries) out[entry.key.text] = as_json(entry.value);
    return out;
}

TEST(Schema, accepts_what_the_reader_accepts) {
    const Json root = Json::parse(schema());
    const auto check = [&](const std::string& name, const std::string& text) {
        EXPECT_TRUE(accepts(root, root, as_json(parse_yaml(text).root))) << name << "\n" << text;
    };
    check("everything", legal(everything));
    check("default", default_file());
    std::size_t count = 0;
    for (const auto& folder : {"/tests/config", "/examples"}) {
        for (const auto& entry : fs::directory_iterator(std::string(SG_SOURCE_DIR) + folder)) {
            const auto name = entry.path().string();
            if (!name.ends_with(".yaml") || name.ends_with(".bad.yaml")) continue;
            check(name, contents(entry.path()));
            ++count;
        }
    }
    EXPECT_GE(count, 60U);
}

TEST(Schema, refuses_what_it_can_know_to_be_wrong) {
    const Json root = Json::parse(schema());
    const auto refused = [&](const std::string& text) {
        return !accepts(root, root, as_json(parse_yaml(text).root));
    };
    const std::string rest = "listen: :80\nroutes: [{ to: a }]\n";
    EXPECT_FALSE(refused(rest));
    EXPECT_TRUE(refused("listen: :80\n"));
    EXPECT_TRUE(refused(rest + "worker: 1\n"));
    EXPECT_TRUE(refused(rest + "workers: 2000\n"));
    EXPECT_TRUE(refused(rest + "drain_timeout: 10\n" + "limits: { head_timeout: soon }\n"));
    EXPECT_TRUE(refused(rest + "services: { a: { balance: best } }\n"));
    EXPECT_TRUE(refused(rest + "services: { a: { retry: { attempts: 9 } } }\n"));
    EXPECT_FALSE(refused(rest + "services: { a: { retry: { attempts: \"${env:N}\" } } }\n"));
}

// Every example file of the repository is valid as it stands.
TEST(Examples, are_valid) {
    for (const auto& entry : fs::directory_iterator(SG_SOURCE_DIR "/examples")) {
        if (!entry.path().string().ends_with(".yaml")) continue;
        const auto loaded =
            load_text(contents(entry.path()), entry.path(), {.look_outside = false});
        EXPECT_EQ(loaded.rendered, "");
    }
}

}  // namespace
}  // namespace sg::config
