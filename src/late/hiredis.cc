// Those functions of hiredis that we call: its reader of replies. Sockets and TLS are our own.
#include <hiredis/hiredis.h>

#include "late/library.h"

#define SG_TEXT_OF(x) #x
#define SG_TEXT(x) SG_TEXT_OF(x)
// The library's number changes with its layout: that of the header we were built with.
#define REDIS(result, name, parameters, arguments) \
    SG_LATE("libhiredis.so." SG_TEXT(HIREDIS_SONAME), result, name, parameters, arguments)

REDIS(redisReader*, redisReaderCreate, (), ())
REDIS(void, redisReaderFree, (redisReader * reader), (reader))
REDIS(int, redisReaderFeed, (redisReader * reader, const char* bytes, size_t length),
      (reader, bytes, length))
REDIS(int, redisReaderGetReply, (redisReader * reader, void** reply), (reader, reply))
REDIS(void, freeReplyObject, (void* reply), (reply))
