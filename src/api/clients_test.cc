// What is said of affected clients: sentences, pages, the file for a spreadsheet.
#include "api/clients.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sg::api {
namespace {

signals::Affected affected_of(int clients) {
    signals::Affected affected;
    for (int i = 0; i < clients; ++i)
        affected.list.clients.push_back({.name = fmt::format("192.0.2.{}", i),
                                         .failed = clients - i / 2,  // Pairs are alike.
                                         .first_ms = 1'795'414'951'042,
                                         .last_ms = 1'795'414'952'042});
    std::ranges::sort(affected.list.clients, telemetry::comes_before);
    affected.list.failed = affected.list.listed_failed();
    affected.distinct = clients;
    return affected;
}

TEST(Clients, TheSentenceSaysWhatIsNotListed) {
    EXPECT_EQ(sentence_of({}), "no client is known whose requests failed");
    EXPECT_EQ(sentence_of(affected_of(1)), "1 client, listed");
    auto affected = affected_of(3);
    EXPECT_EQ(sentence_of(affected), "3 clients, all listed");
    affected.distinct = 1930;
    affected.list.failed += 930;
    affected.list.unlisted_max = 2;
    EXPECT_EQ(sentence_of(affected),
              "about 1930 clients, 3 listed; 930 of 938 failed requests are of others, at most 2 "
              "of each");
}

TEST(Clients, PagesAreTheWholeListOnce) {
    const auto list = affected_of(37).list;
    for (const std::int64_t limit : {1, 2, 5, 36, 37, 100}) {
        std::vector<telemetry::AffectedClient> all;
        std::string after;
        do {
            const auto page = page_of(list, after, limit);
            ASSERT_TRUE(page) << page.error().message();
            all.insert(all.end(), page->clients.begin(), page->clients.end());
            after = page->next;
        } while (!after.empty());
        EXPECT_EQ(all, list.clients) << limit;
    }
}

TEST(Clients, ACursorOfNoPageIsRefused) {
    const auto list = affected_of(3).list;
    for (const char* bad : {"x", "1", "1.", "1.address", "1.person.a", "-.address.a", "."})
        EXPECT_FALSE(page_of(list, bad, 2)) << bad;
    EXPECT_TRUE(page_of(list, "1.principal.a.b", 2));
}

TEST(Clients, AFileForASpreadsheet) {
    auto list = affected_of(1).list;
    list.clients[0].unsure = 2;
    list.clients.push_back(
        {.kind = telemetry::ClientKind::principal, .name = "=cmd|' /C calc'!A0"});
    EXPECT_EQ(
        clients_csv(list),
        "kind,client,failed_at_least,failed_at_most,first_failed_at,last_failed_at\r\n"
        "address,192.0.2.0,1,3,2026-11-23T06:22:31.042Z,2026-11-23T06:22:32.042Z\r\n"
        "principal,\"'=cmd|' /C calc'!A0\",0,0,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00.000Z"
        "\r\n");
}

}  // namespace
}  // namespace sg::api
