#include "store.h"

#include <cstdlib>
#include <filesystem>

#include "store/digest.h"

namespace sg::sim {

Result<std::unique_ptr<Database>> Database::create(const std::string& where) {
    std::unique_ptr<Database> it(new Database);
    if (where.starts_with("postgres")) {
        it->url_ = where;
        it->schema_ = "sim" + store::random_hex(6);
        TRY(const auto session, store::Session::open(where));
        TRY_VOID(session->run_text("CREATE SCHEMA " + it->schema_));
        return it;
    }
    std::error_code none;
    const std::string shared = "/dev/shm";
    std::string folder = std::filesystem::is_directory(shared, none)
                             ? shared
                             : std::filesystem::temp_directory_path(none).string();
    folder += "/sg-sim-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return fail_system("mkdtemp " + folder);
    it->folder_ = folder;
    it->url_ = "sqlite:" + folder + "/ops.db";
    return it;
}

Database::~Database() {
    if (!folder_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    if (schema_.empty()) return;
    const auto session = store::Session::open(url_);
    if (session) [[maybe_unused]]
        const auto dropped = (*session)->run_text("DROP SCHEMA " + schema_ + " CASCADE");
}

Result<std::unique_ptr<store::Session>> Database::open() const {
    TRY(auto session, store::Session::open(url_));
    if (!schema_.empty()) TRY_VOID(session->run_text("SET search_path TO " + schema_));
    TRY_VOID(store::migrate(*session));
    return session;
}

}  // namespace sg::sim
