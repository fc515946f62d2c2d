// The directives in force at one gateway. What is said stays said: over a reload, a restart, a
// crash, until it is lifted or expires. One thread; what is in force is handed out as an immutable
// value.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "directive/model.h"

namespace sg::directive {

using InForce = std::shared_ptr<const std::vector<Directive>>;

class DirectiveBook {
  public:
    static constexpr std::size_t directives_max = 1000;

    // What load() found, for the log: the book is usable whatever it was.
    struct Loaded {
        std::size_t taken = 0;
        std::size_t expired = 0;
        std::vector<std::string> problems;  // Sentences.
        std::string set_aside;              // Where an unreadable file was moved to.
    };

    // `<state>/directives.json`; empty: memory only, for tests.
    explicit DirectiveBook(std::string path);

    Loaded load(Instant now);  // At the start.

    // In force once it returns, and on disk. On failure (invalid, full, disk) nothing has changed.
    Result<void> add(Directive directive, Instant now);
    Result<void> lift(std::string_view id, Instant now);
    bool expire(Instant now);  // Whether anything ended.

    // In the order in which they were said: of two about the same thing the later one counts.
    InForce in_force() const { return in_force_; }
    Instant next_expiry() const;                          // Instant::never() if none will.
    std::uint64_t revision() const { return revision_; }  // Goes up with every change.

  private:
    Result<void> replace(std::vector<Directive> list);
    Result<void> save(const std::vector<Directive>& list, std::uint64_t revision) const;
    void take(std::string_view text, Instant now, std::vector<Directive>& list, Loaded& report);
    void set_aside(Instant now, Loaded& report) const;

    const std::string path_;
    InForce in_force_ = std::make_shared<const std::vector<Directive>>();
    std::uint64_t revision_ = 0;
};

}  // namespace sg::directive
