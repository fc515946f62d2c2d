// The settings of operations, described as in describe.h; their keys stand at the top of the file.
#pragma once

#include "base/describe.h"
#include "base/describe_read.h"
#include "config/operations.h"

namespace sg::config {

void describe(Visitor& v, Operations& operations);             // Alone, for the manual.
void describe_operations(Visitor& v, Operations& operations);  // As part of the file.

void describe(Visitor& v, CertificateFiles& files);

void describe(Visitor& v, Person& person);
void describe(Visitor& v, Oncall& oncall);
void describe(Visitor& v, Team& team);
void describe(Visitor& v, Channel& channel);

void describe(Visitor& v, std::array<SeverityPolicy, 4>& severities);
void describe(Visitor& v, IncidentClocks& clocks);
void describe(Visitor& v, Postmortems& postmortems);
void describe(Visitor& v, Kpis& kpis);
void describe(Visitor& v, Drills& drills);
void describe(Visitor& v, BurnTier& tier);

void describe(Visitor& v, AlertRule& rule);
void describe(Visitor& v, HardFault& fault);
void describe(Visitor& v, Grouping& grouping);
void describe(Visitor& v, Inhibition& inhibition);
void describe(Visitor& v, TimeInterval& interval);

void describe(Visitor& v, Need& need);
void describe(Visitor& v, Probe& probe);
void describe(Visitor& v, Heartbeat& heartbeat);
void describe(Visitor& v, HeartbeatOut& heartbeat);
void describe(Visitor& v, Inbox& inbox);

void describe(Visitor& v, VerbPolicy& verb);
void describe(Visitor& v, Mitigation& mitigation);

void describe(Visitor& v, std::array<Publish, 4>& publish);
void describe(Visitor& v, PageHook& hook);
void describe(Visitor& v, PageTarget& target);
void describe(Visitor& v, StatusPage& page);

void describe(Visitor& v, GatewaySource& source);
void describe(Visitor& v, Ops& ops);

// std::map<std::string, std::vector<Objective>>: by service, then by kind; `off` is none of a kind.
const Type& objectives_type();
// std::map<std::string, AlertRule>: what a shipped rule of that name says holds until said
// otherwise.
const Type& alerts_type();
const Type& condition_type();  // AlertRule: `errors > 1%`
const Type& clear_type();      // AlertRule: `0.5%`, in the unit of its signal

const Type& escalation_step_type();  // `secondary after 5m`
Result<EscalationStep> parse_escalation_step(std::string_view text);
using sg::to_text;
std::string to_text(const EscalationStep& step);

}  // namespace sg::config

namespace sg {

template <>
struct TypeOf<config::EscalationStep> {
    static const Type& type() { return config::escalation_step_type(); }
};

}  // namespace sg
