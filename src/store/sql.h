// A statement, by name. SQL literals stand in `store.cc` files only, each as one of these, so that
// a test can prepare every one of them on SQLite and on PostgreSQL.
//
// One portable subset: BIGINT, DOUBLE PRECISION, TEXT; parameters are :a, :b, … bound in order of
// appearance, each once; ON CONFLICT … DO UPDATE; no dialect functions.
#pragma once

#include <string_view>
#include <vector>

namespace sg::store {

class Sql {
  public:
    Sql(std::string_view name, std::string_view text);
    Sql(const Sql&) = delete;

    std::string_view name() const { return name_; }  // `incidents.find`
    std::string_view text() const { return text_; }

    static const std::vector<const Sql*>& all();

  private:
    std::string_view name_;
    std::string_view text_;
};

// A step that creates or changes tables. Forward only, in order of number, one transaction each;
// `why` is for the reader. Every domain declares its own, with numbers of its own hundred.
class Migration {
  public:
    // `statements`: separated by `;` at the end of a line.
    Migration(int number, std::string_view why, std::string_view statements);
    Migration(const Migration&) = delete;

    int number() const { return number_; }
    std::string_view why() const { return why_; }
    std::string_view statements() const { return statements_; }

    static std::vector<const Migration*> all();  // Ordered by number.

  private:
    int number_;
    std::string_view why_;
    std::string_view statements_;
};

}  // namespace sg::store
