// A check of a runbook, carried out: what the inspectors find, as the run keeps it.
#pragma once

#include "ops/reaction.h"
#include "ports/inspector.h"

namespace sg::app {

// Blocks, at most the check's deadline and a moment: its targets are looked at side by side.
ops::Performed look(const store::Job& job, const ports::Inspector& inspector);

}  // namespace sg::app
