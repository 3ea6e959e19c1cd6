#pragma once
#include <curl/curl.h>

// The setters of libcurl are variadic, and Swift cannot call variadic C functions: one wrapper per type of argument.
// What is macro or deprecated between versions of libcurl is settled here too. No logic.

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Copies `count` bytes as the request's body.
static inline CURLcode ccurl_set_body(CURL *handle, const void *bytes, curl_off_t count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, count);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLcode ccurl_set_maximum_size(CURL *handle, curl_off_t bytes) {
    return curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, bytes);
}

typedef size_t (*ccurl_receive)(char *bytes, size_t size, size_t count, void *context);

/// Sets a receiving callback and its context: WRITEFUNCTION with WRITEDATA, or HEADERFUNCTION with HEADERDATA.
static inline CURLcode ccurl_set_receiver(
    CURL *handle, CURLoption function, ccurl_receive callback, CURLoption data, void *context) {
    CURLcode code = curl_easy_setopt(handle, function, callback);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, data, context);
}

/// Allows `http` and `https`, or `https` alone, for the first request and for redirects.
static inline CURLcode ccurl_set_protocols(CURL *handle, int secure_only) {
#if LIBCURL_VERSION_NUM >= 0x075500
    const char *allowed = secure_only ? "https" : "http,https";
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, allowed);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, allowed);
#else
    long allowed = secure_only ? CURLPROTO_HTTPS : (CURLPROTO_HTTP | CURLPROTO_HTTPS);
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, allowed);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, allowed);
#endif
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLcode ccurl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

/// The result of a finished transfer; only for messages of the kind CURLMSG_DONE.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}
