#include "operations.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/document.h"
#include "config/load.h"
#include "looks.h"
#include "ops/accept.h"
#include "ops/detect/alerts/commands.h"
#include "ops/detect/alerts/heartbeats.h"
#include "ops/detect/slo/commands.h"
#include "ops/detect/slo/show.h"
#include "ops/detect/slo/store.h"
#include "ops/leader.h"
#include "ops/learn/drills/model.h"
#include "ops/respond/mitigation/perform.h"
#include "ops/respond/notify/compose.h"
#include "ops/respond/runs/decide.h"
#include "ops/respond/subscribers/decide.h"
#include "ops/spine.h"
#include "platform/local/files.h"
#include "platform/local/gateway_sockets.h"
#include "platform/notify/perform.h"
#include "public_door.h"
#include "store/digest.h"
#include "subscriber_teller.h"

namespace sg::app {

using platform::local::make_folder;
using platform::local::read_file;
using platform::local::replace_file;

std::string OpsLayout::store_url(const config::Config& config) const {
    const auto& configured = config.operations.ops.store;
    return configured.empty() ? "sqlite:" + folder() + "/ops.db" : configured;
}

// --- start and stop
// -----------------------------------------------------------------------------

Result<std::unique_ptr<Operations>> Operations::start(const std::string& config_file,
                                                      const std::string& state) {
    std::unique_ptr<Operations> it(new Operations(config_file));
    TRY(it->config_, config::load_file(config_file));
    TRY(const auto layout, platform::local::layout_of(state.empty() ? it->config_->state : state));
    it->layout_.state = layout.state;
    TRY_VOID(it->begin());
    return it;
}

Result<void> Operations::begin() {
    TRY_VOID(make_folder(layout_.folder()));
    TRY_VOID(make_folder(layout_.state + "/run"));
    // What happened and who was told is nobody else's to read.
    if (::chmod(layout_.folder().c_str(), 0700) != 0)
        return fail_system("chmod " + layout_.folder());
    TRY_VOID(open_keys());
    outside_ = std::make_unique<Outside>(platform::local::Layout{layout_.state});
    collector_ = std::make_unique<signals::Collector>(
        signals::Collector::Ports{.exchanges = outside_->exchanges,
                                  .prober = outside_->prober,
                                  .promql = outside_->promql,
                                  .machine = outside_->machine,
                                  .services = outside_->services,
                                  .leaving =
                                      [layout = platform::local::Layout{layout_.state}] {
                                          return platform::local::sockets_of_leaving_gateways(
                                              layout);
                                      },
                                  .clock = clock_},
        layout_.history());
    injectors_ = std::make_unique<Injectors>(
        Injectors::World{.config = [this] { return config(); },
                         .layout = platform::local::Layout{layout_.state},
                         .config_file = config_file_});
    executors_ = std::make_unique<Executors>(Executors::World{
        .config = [this] { return config(); }, .layout = platform::local::Layout{layout_.state}});
    inspectors_ = std::make_unique<Inspectors>(
        Inspectors::World{.config = [this] { return config(); },
                          .layout = platform::local::Layout{layout_.state},
                          .history = collector_->history(),
                          .endings = endings_});
    shelf_.read(config_->operations.runbooks);
    TRY_VOID(open_writer());
    writer_->start();
    pulse_ = std::make_unique<Pulse>(Pulse::World{
        .writer = *writer_, .state = layout_.state, .config = [this] { return config(); }});
    collector_->start(signals::setup_of(*config_, layout_.gateway_socket()),
                      [this](const signals::Second& second) {
                          endings_.add(second);
                          judge(second);
                          follow_runbooks(second.at);
                      });
    return open_api();
}

Result<void> Operations::open_writer() {
    status_writer_ = std::make_unique<StatusWriter>(layout_.store_url(*config_), layout_.state);
    const auto told = [](const Result<void>& leads) {
        if (leads) spdlog::info("this process leads operations");
        else spdlog::warn("this process stands by: {}", leads.error().message());
    };
    TRY(writer_,
        ops::Writer::open(ops::spine(),
                          {.store = layout_.store_url(*config_),
                           .clock = clock_,
                           .config = config_,
                           .perform = [this](const auto& job,
                                             const auto& config) { return perform(job, config); },
                           .senses = {&collector_->history(), &shelf_},
                           .begin_term = [this](const ops::Turn& turn) { return begin_term(turn); },
                           .told = told}));
    if (const auto standing = writer_->standing(); !standing.leads)
        spdlog::info("this process stands by; the leader is {}",
                     standing.leader ? standing.leader->name : "another");
    return {};
}

namespace {

// Checked with the configuration: without a certificate only a loopback address is served.
Result<std::shared_ptr<const runtime::TlsServer>> tls_of(const config::Ops& ops) {
    if (ops.listen.empty() || ops.certificate.certificate.empty()) return nullptr;
    return runtime::TlsServer::make(
        {.certificates = {{ops.certificate.certificate, ops.certificate.key}}});
}

}  // namespace

Result<void> Operations::open_api() {
    TRY(auto tls, tls_of(config_->operations.ops));
    const auto url = layout_.store_url(*config_);
    TRY(read_, store::Session::open(url, store::Access::looking));
    inbox_limits_.since = wall_now();
    TRY(api_, api::Server::start({.writer = *writer_,
                                  .history = collector_->history(),
                                  .clock = clock_,
                                  .store = url,
                                  .socket = layout_.socket(),
                                  .objectives = [this] { return objectives(); },
                                  .config = [this] { return config(); },
                                  .inspector = *inspectors_,
                                  .open_door =
                                      [this](auto& site, const auto& request, Instant now) {
                                          return public_answer(
                                              site, request,
                                              {keys(), now, inbox_limits_, subscription_limits_});
                                      },
                                  .listen = config_->operations.ops.listen,
                                  .tls = std::move(tls)}));
    return {};
}

Operations::~Operations() {
    api_.reset();
    if (collector_) collector_->stop();  // Ends its callbacks: the writer must outlive them.
    pulse_.reset();
    writer_.reset();
    collector_.reset();
}

config::Snapshot Operations::config() const {
    const std::lock_guard lock(mutex_);
    return config_;
}

notify::Keys Operations::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

// --- configuration
// ------------------------------------------------------------------------------

Result<void> Operations::accept_config(const ops::Turn& turn, const ops::Actor& actor,
                                       const std::string& difference) const {
    const auto config = this->config();
    const auto document = config::to_yaml(config::to_document(*config));
    const ops::ConfigAccepted accepted{store::sha256_hex(document), config_file_, difference};
    TRY([[maybe_unused]] const bool is_new, ops::accept(turn, actor, accepted, SG_VERSION));
    return {};
}

Result<void> Operations::begin_term(const ops::Turn& turn) const {
    TRY_VOID(accept_config(turn, {"system", "start"}, ""));
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    const auto process = ::getpid();
    return ops::take_the_lead(
        turn, {fmt::format("{} (process {}, {})", host, process, layout_.state), host,
               layout_.state, process});
}

Result<void> Operations::reload() {
    TRY(auto loaded, config::load_file(config_file_));
    const auto before = config();
    std::string difference;
    for (const auto& one : config::differences(*before, *loaded))
        difference += fmt::format("{}: {} -> {}\n", one.path, one.before, one.after);
    // First: what cannot be listened to, or shown, refuses the whole.
    TRY(auto tls, tls_of(loaded->operations.ops));
    TRY_VOID(api_->move_public_door(loaded->operations.ops.listen, std::move(tls)));
    {
        const std::lock_guard lock(mutex_);
        config_ = loaded;
    }
    shelf_.read(loaded->operations.runbooks);
    writer_->use(loaded);
    collector_->reconfigure(signals::setup_of(*loaded, layout_.gateway_socket()));
    const auto recorded = writer_->run([&](const ops::Turn& turn) {
        return accept_config(turn, {"operator", "reload"}, difference);
    });
    // Who stands by records it when it leads.
    if (!recorded && writer_->leads()) return recorded;
    return {};
}

// --- keys of acknowledge links
// --------------------------------------------------------------------

// A file that cannot be read is replaced: links that were sent before then no longer work.
Result<void> Operations::open_keys() {
    const auto text = read_file(layout_.keys());
    auto known = notify::keys_of(text.value_or(""));
    if (!known) spdlog::warn("{}: {}", layout_.keys(), known.error().message());
    auto keys = notify::renewed(known.value_or(notify::Keys{}), store::random_hex(32), wall_now());
    TRY_VOID(replace_file(layout_.keys(), notify::written(keys)));
    const std::lock_guard lock(mutex_);
    keys_ = std::move(keys);
    return {};
}

// --- what it does
// -------------------------------------------------------------------------------

void Operations::judge(const signals::Second& second) {
    const auto& history = collector_->history();
    if (!writer_->leads()) {
        const std::lock_guard lock(meter_mutex_);
        meter_.follow(*config(), history);
        return alerts::look_on(second, watch_);
    }
    const auto objectives = writer_->run([&](const ops::Turn& turn) {
        const std::lock_guard lock(meter_mutex_);
        return slo::judge(turn, history, meter_);
    });
    if (!objectives) spdlog::warn("objectives cannot be judged: {}", objectives.error().message());
    watch_.durability = pulse_->durability();
    const auto alerts = writer_->run(
        [&](const ops::Turn& turn) { return alerts::judge(turn, second, history, watch_); });
    if (!alerts) spdlog::warn("alerts cannot be judged: {}", alerts.error().message());
}

// A runbook that was mended is used from the next run on, without a reload.
void Operations::follow_runbooks(Instant now) {
    constexpr Duration every = 10s;
    const auto folder = config()->operations.runbooks;
    if (folder.empty() || now - runbooks_read_at_ < every) return;
    runbooks_read_at_ = now;
    shelf_.read(folder);
}

namespace {

// To a dead-man's switch outside, which notices when these stop.
ops::Performed send_heartbeat(const std::string& body) {
    using How = ops::Performed::How;
    const auto send = from_json<alerts::HeartbeatSend>(body);
    if (!send) return {How::failed, send.error().message(), {}};
    const auto answer = platform::http::perform({.method = "POST",
                                                 .url = send->url,
                                                 .timeout = 5s,
                                                 .proxy = platform::http::Proxy::environment});
    if (!answer) return {How::failed, answer.error().message(), {}};
    const bool taken = answer->status >= 200 && answer->status < 300;
    return {taken ? How::done : How::failed, fmt::format("answered {}", answer->status), {}};
}

ops::Performed perform_mitigation(const store::Job& job, const ports::Executor& executor) {
    using How = ops::Performed::How;
    const auto answer = mitigation::perform(job.body, executor, wall_now());
    const bool done = answer.how == mitigation::Answer::How::done;
    return {done ? How::done : How::failed, answer.text, {}};
}

// One result for each fault, or what went wrong with the first that did.
ops::Performed perform_drill(const store::Job& job, const Injectors& injectors) {
    using How = ops::Performed::How;
    const auto work = from_json<drills::Work>(job.body);
    if (!work) return {How::failed, work.error().message(), {}};
    drills::Done done;
    std::string error;
    for (std::size_t i = 0; i < work->faults.size(); ++i) {
        const ports::FaultOrder order{.id = fmt::format("drill-{}.{}", work->drill, i + 1),
                                      .fault = work->faults[i],
                                      .reason = work->reason,
                                      .expires_at = work->expires_at};
        const auto undo = i < work->undo.size() ? work->undo[i] : std::string();
        const auto came = job.kind == "drill.prepare"  ? injectors.prepare(order, wall_now())
                          : job.kind == "drill.inject" ? injectors.inject(order, wall_now())
                                                       : injectors.lift(order, undo, wall_now());
        if (came) done.of_each.push_back(*came);
        else if (error.empty()) error = came.error().what;
        // What can be lifted is lifted, whatever else cannot.
        if (!came && job.kind != "drill.lift") break;
    }
    if (!error.empty()) return {How::failed, error, {}};
    return {How::done, to_json(done), {}};
}

}  // namespace

ops::Performed Operations::perform(const store::Job& job, const config::Config& config) const {
    using How = ops::Performed::How;
    if (job.kind == "heartbeat.send") return send_heartbeat(job.body);
    if (job.kind == "statuspage.deliver")
        return status_writer_->perform(job.body, config, collector_->history());
    if (job.kind == subscribers::letter_action)
        return tell_subscriber(job.body, config, {layout_.store_url(config), layout_.state});
    if (job.kind.starts_with("drill.")) return perform_drill(job, *injectors_);
    if (job.kind == runs::look_action) return look(job, *inspectors_);
    if (job.kind.starts_with("mitigation.")) return perform_mitigation(job, *executors_);
    if (job.kind != "notify.send") return {How::failed, "no such action: " + job.kind, {}};
    const auto keys = this->keys();
    const auto message = notify::message_of(job.body, {config.operations, keys});
    if (!message) return {How::failed, message.error().message(), {}};
    if (injectors_->is_broken(message->channel, wall_now()))
        return {How::failed, "the channel is broken by a drill", {}};
    const auto delivery = platform::notify::perform(*message, {config.operations, layout_.state});
    using Outcome = ports::Delivery::Outcome;
    const How how = delivery.outcome == Outcome::delivered ? How::done
                    : delivery.outcome == Outcome::retry   ? How::again
                                                           : How::failed;
    return {how, delivery.detail, delivery.retry_after};
}

std::vector<slo::Report> Operations::objectives() {
    const auto standings = [this]() -> Result<std::map<std::string, slo::Standing>> {
        TRY_VOID(read_->mend());
        TRY(const auto tx, store::Tx::begin(*read_, store::Tx::For::reading));
        return slo::load(tx);
    }();
    if (!standings) spdlog::warn("objectives cannot be read: {}", standings.error().message());
    const std::lock_guard lock(meter_mutex_);
    return slo::reports(meter_, standings.value_or(std::map<std::string, slo::Standing>{}));
}

}  // namespace sg::app
