// Those functions of libpq that we call (PostgreSQL: libpq, C library).
#include <libpq-fe.h>

#include "late/library.h"

#define PQ(result, name, parameters, arguments) \
    SG_LATE("libpq.so.5", result, name, parameters, arguments)

PQ(PGconn*, PQconnectdb, (const char* settings), (settings))
PQ(PGconn*, PQconnectStartParams,
   (const char* const* keywords, const char* const* values, int expand), (keywords, values, expand))
PQ(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
PQ(void, PQfinish, (PGconn * connection), (connection))
PQ(PQconninfoOption*, PQconninfoParse, (const char* settings, char** error), (settings, error))
PQ(void, PQconninfoFree, (PQconninfoOption * options), (options))
PQ(ConnStatusType, PQstatus, (const PGconn* connection), (connection))
PQ(char*, PQerrorMessage, (const PGconn* connection), (connection))
PQ(int, PQsocket, (const PGconn* connection), (connection))
PQ(PQnoticeProcessor, PQsetNoticeProcessor,
   (PGconn * connection, PQnoticeProcessor processor, void* context),
   (connection, processor, context))

PQ(PGresult*, PQprepare,
   (PGconn * connection, const char* name, const char* text, int count, const Oid* types),
   (connection, name, text, count, types))
PQ(int, PQsendQuery, (PGconn * connection, const char* text), (connection, text))
PQ(int, PQsendQueryParams,
   (PGconn * connection, const char* text, int count, const Oid* types, const char* const* values,
    const int* lengths, const int* formats, int result_format),
   (connection, text, count, types, values, lengths, formats, result_format))
PQ(int, PQsendQueryPrepared,
   (PGconn * connection, const char* name, int count, const char* const* values, const int* lengths,
    const int* formats, int result_format),
   (connection, name, count, values, lengths, formats, result_format))
PQ(int, PQsetSingleRowMode, (PGconn * connection), (connection))
PQ(PGresult*, PQgetResult, (PGconn * connection), (connection))
PQ(int, PQisBusy, (PGconn * connection), (connection))
PQ(int, PQconsumeInput, (PGconn * connection), (connection))

PQ(ExecStatusType, PQresultStatus, (const PGresult* result), (result))
PQ(char*, PQresultErrorMessage, (const PGresult* result), (result))
PQ(char*, PQresultErrorField, (const PGresult* result, int field), (result, field))
PQ(int, PQntuples, (const PGresult* result), (result))
PQ(int, PQnfields, (const PGresult* result), (result))
PQ(Oid, PQftype, (const PGresult* result, int column), (result, column))
PQ(char*, PQcmdTuples, (PGresult * result), (result))
PQ(char*, PQgetvalue, (const PGresult* result, int row, int column), (result, row, column))
PQ(int, PQgetlength, (const PGresult* result, int row, int column), (result, row, column))
PQ(int, PQgetisnull, (const PGresult* result, int row, int column), (result, row, column))
PQ(void, PQclear, (PGresult * result), (result))
PQ(void, PQfreemem, (void* memory), (memory))
