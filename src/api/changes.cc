// What changed just before an incident, over the API.
#include "ops/changes.h"
#include "api/handlers.h"
#include "ops/respond/incidents/model.h"

namespace sg::api {

Result<Answer> list_changes(Site& site, const Call& call) {
    TRY(const auto incident, incident_asked(site, call.number(0)));
    TRY(const auto changes, ops::changes_before(site.read, incident.service, incident.declared_at));
    return Answer{200, list_json("changes", changes)};
}

}  // namespace sg::api
