// Which endpoints every version has: as configured, as an orchestrator says (SetEndpoints), and as
// names resolve at present. Lives on the control loop; tells the workers and the health checks of
// each change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "directive/book.h"
#include "gateway/compiled.h"
#include "gateway/control/resolver.h"
#include "gateway/upstream/endpoints.h"

namespace sg::gateway {

class EndpointTable {
  public:
    using List = std::vector<upstream::EndpointAddress>;
    // Called when the endpoints of a version are not what they were.
    using Changed = std::function<void(const std::string& service, const std::string& version,
                                       const List& list)>;

    EndpointTable(runtime::Loop& loop, Resolver& resolver, Registry& registry, Changed changed);
    ~EndpointTable();

    // Goes through everything anew and says all of it, changed or not.
    void configure(std::shared_ptr<const Compiled> compiled, const directive::InForce& directives);
    // The same configuration, other directives: says only what changed.
    void set_directives(const directive::InForce& directives);

    struct Entry {
        std::string service;
        std::string version;
        List list;
    };
    std::vector<Entry> all() const;

  private:
    struct Name;     // A host name and what it resolves to.
    struct Version;  // Where the endpoints of one version come from.
    using Key = std::pair<std::string, std::string>;

    void rebuild(const directive::InForce& directives, bool say_everything);
    List gather(const Version& version);
    Name& name_of(const std::string& host, Duration every);
    void ask(Name& name);
    void answered(const std::string& host, Result<std::vector<IpAddress>> result);
    void say(const Key& key, Version& version, bool even_if_same);

    runtime::Loop& loop_;
    Resolver& resolver_;
    Registry& registry_;
    Changed changed_;
    std::shared_ptr<const Compiled> compiled_;
    std::map<std::string, std::unique_ptr<Name>> names_;
    std::map<Key, Version> versions_;
};

}  // namespace sg::gateway
