// Those functions of libcurl that we call (libcurl, the easy and multi interfaces).
#include <curl/curl.h>

#include <cstdarg>

#include "late/library.h"

#undef curl_easy_setopt  // The header's macros check their arguments in C; here they are in the
                         // way.
#undef curl_easy_getinfo

#define CURLS(result, name, parameters, arguments) \
    SG_LATE("libcurl.so.4", result, name, parameters, arguments)

CURLS(CURLcode, curl_global_init, (long flags), (flags))
CURLS(CURL*, curl_easy_init, (), ())
CURLS(void, curl_easy_cleanup, (CURL * handle), (handle))
CURLS(CURLcode, curl_easy_perform, (CURL * handle), (handle))
CURLS(const char*, curl_easy_strerror, (CURLcode code), (code))
CURLS(curl_slist*, curl_slist_append, (curl_slist * list, const char* text), (list, text))
CURLS(void, curl_slist_free_all, (curl_slist * list), (list))
CURLS(CURLM*, curl_multi_init, (), ())
CURLS(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))
CURLS(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL* handle), (multi, handle))
CURLS(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL* handle), (multi, handle))
CURLS(CURLMcode, curl_multi_perform, (CURLM * multi, int* running), (multi, running))
CURLS(CURLMsg*, curl_multi_info_read, (CURLM * multi, int* left), (multi, left))
CURLS(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi))
CURLS(CURLMcode, curl_multi_poll,
      (CURLM * multi, curl_waitfd extra[], unsigned count, int wait_ms, int* ready),
      (multi, extra, count, wait_ms, ready))

// An option's value is a pointer or one integer of a pointer's size: libcurl takes it as one word.
// The enum before the dots is of int's size, so nothing is promoted; the library does the same.
#pragma clang diagnostic ignored "-Wvarargs"
static_assert(sizeof(CURLoption) == sizeof(int) && sizeof(CURLINFO) == sizeof(int));
static_assert(sizeof(void*) == sizeof(long) && sizeof(void*) == sizeof(curl_off_t));

extern "C" CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
    static const auto found =
        reinterpret_cast<decltype(&curl_easy_setopt)>(sg::late::find("libcurl.so.4", __func__));
    std::va_list values;
    va_start(values, option);
    void* const value = va_arg(values, void*);
    va_end(values);
    return found(handle, option, value);
}

extern "C" CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
    static const auto found =
        reinterpret_cast<decltype(&curl_easy_getinfo)>(sg::late::find("libcurl.so.4", __func__));
    std::va_list places;
    va_start(places, info);
    void* const place = va_arg(places, void*);
    va_end(places);
    return found(handle, info, place);
}
