// The ops plane as a process: store, writer, signals, API, and what acts outside, put together.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "api/inboxes.h"
#include "api/server.h"
#include "api/subscriptions.h"
#include "config/model.h"
#include "executors.h"
#include "injectors.h"
#include "inspectors.h"
#include "ops/detect/alerts/watch.h"
#include "ops/detect/inspections/endings.h"
#include "ops/detect/signals/collector.h"
#include "ops/detect/slo/meter.h"
#include "ops/respond/notify/ack_link.h"
#include "ops/respond/runbooks/shelf.h"
#include "ops/writer.h"
#include "platform/host/machine.h"
#include "platform/http/client.h"
#include "platform/local/service_use.h"
#include "platform/probe/probe.h"
#include "platform/prometheus/query.h"
#include "pulse.h"
#include "status_writer.h"

namespace sg::app {

// Paths within the state folder that belong to operations.
struct OpsLayout {
    std::string state;

    std::string folder() const { return state + "/ops"; }
    std::string socket() const { return state + "/run/ops.sock"; }
    std::string keys() const { return folder() + "/ack.keys"; }
    std::string store_url(const config::Config& config) const;
    std::string gateway_socket() const { return state + "/run/gateway.sock"; }
    std::string history() const { return folder() + "/signals.db"; }
};

// The outside world as the signals see it.
struct Outside {
    explicit Outside(const platform::local::Layout& layout)
        : machine({layout.state, layout.log()}), services(layout) {}

    platform::http::Exchange exchanges;
    platform::probe::Prober prober;
    platform::prometheus::Server promql;
    platform::host::Machine machine;
    platform::local::ServiceUse services;
};

class Operations {
  public:
    static Result<std::unique_ptr<Operations>> start(const std::string& config_file,
                                                     const std::string& state);
    ~Operations();

    Result<void> reload();  // The file, or nothing changes and the error says why.

  private:
    explicit Operations(std::string config_file) : config_file_(std::move(config_file)) {}
    Result<void> begin();
    Result<void> open_writer();
    Result<void> open_api();
    Result<void> accept_config(const ops::Turn& turn, const ops::Actor& actor,
                               const std::string& difference) const;
    Result<void> begin_term(const ops::Turn& turn) const;
    Result<void> open_keys();
    void judge(const signals::Second& second);
    ops::Performed perform(const store::Job& job, const config::Config& config) const;
    void follow_runbooks(Instant now);
    std::vector<slo::Report> objectives();

    config::Snapshot config() const;
    notify::Keys keys() const;

    const std::string config_file_;
    OpsLayout layout_;
    mutable std::mutex mutex_;  // Of the configuration and the keys.
    config::Snapshot config_;
    notify::Keys keys_;
    alerts::Watch watch_;  // Of the thread that judges.
    std::mutex meter_mutex_;
    slo::Meter meter_;
    ForwardClock clock_;
    std::unique_ptr<Outside> outside_;
    std::unique_ptr<signals::Collector> collector_;
    std::unique_ptr<StatusWriter> status_writer_;
    std::unique_ptr<Injectors> injectors_;
    std::unique_ptr<Executors> executors_;
    runbooks::Shelf shelf_;
    Instant runbooks_read_at_;  // Of the thread that judges.
    inspections::EndingsLately endings_;
    std::unique_ptr<Inspectors> inspectors_;
    std::unique_ptr<ops::Writer> writer_;
    std::unique_ptr<store::Session> read_;         // Of the API's thread.
    api::InboxLimits inbox_limits_;                // Of the API's thread, once it runs.
    api::SubscriptionLimits subscription_limits_;  // The same.
    std::unique_ptr<Pulse> pulse_;
    std::unique_ptr<api::Server> api_;
};

}  // namespace sg::app
