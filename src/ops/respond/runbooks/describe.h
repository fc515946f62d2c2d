// The blocks of a runbook as they are written. Only read.cc includes this.
#pragma once

#include "base/describe.h"
#include "ops/respond/runbooks/model.h"

namespace sg::runbooks {

struct Head {  // Between the two lines of `---`.
    std::string title;
    config::Severity severity = config::Severity::sev3;
    std::string owner;
    std::string reviewed;
    Duration review_every = 180 * 24h;
    std::vector<Trigger> triggers;
};

void describe(Visitor& v, Head& head);
void describe(Visitor& v, Trigger& trigger);
void describe(Visitor& v, Check& check);
void describe(Visitor& v, Decide& decide);
void describe(Visitor& v, Branch& branch);
void describe(Visitor& v, Acting& act);
void describe(Visitor& v, Verify& verify);
void describe(Visitor& v, Undo& undo);
void describe(Visitor& v, Ask& ask);
void describe(Visitor& v, Answer& answer);

}  // namespace sg::runbooks

namespace sg {

template <>
struct TypeOf<runbooks::Expression> {
    static const Type& type();
};

}  // namespace sg
