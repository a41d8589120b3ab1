/* A demo service in C's standard library and sockets. No retry, no TLS, no metrics, no timeout: that is the sidecar's
 * work.
 *
 * Settings: NAME, PORT, UPSTREAMS (URLs), PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT, FAIL_STATUS,
 * STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same (FANOUT: in order here); see README.md. */
#define _GNU_SOURCE
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ROOM = 1 << 16 };
static const char *const TRACE_HEADERS[] = {"x-request-id", "traceparent", "tracestate", "baggage"};
static atomic_uint requests;

static const char *text(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static unsigned setting(const char *name, unsigned otherwise) {
    return *text(name) ? (unsigned)strtoul(text(name), NULL, 10) : otherwise;
}

/* 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3). */
static unsigned dice(uint32_t n) {
    uint32_t x = (setting("SEED", 1) + n) * 0x9E3779B9u;
    x = (x ^ x >> 16) * 0x85EBCA6Bu;
    x = (x ^ x >> 13) * 0xC2B2AE35u;
    return (unsigned)((uint64_t)(x ^ x >> 16) * 100 >> 32);
}

/* Status of a GET (0: no answer at all), its body in `body`; C has sockets but no HTTP client, so the few lines are here. */
static unsigned get(const char *url, const char *headers, char *body) {
    char host[256] = "", port[8] = "80", path[1024] = "", answer[ROOM];
    sscanf(url, "http://%255[^:/]:%7[0-9]", host, port);
    sscanf(url + 7, "%*[^/]/%1023s", path);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found, *one;
    if (getaddrinfo(host, port, &hints, &found) != 0) return 0;
    int fd = -1;
    for (one = found; one && fd < 0; one = one->ai_next) {
        fd = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) != 0) close(fd), fd = -1;
    }
    freeaddrinfo(found);
    if (fd < 0) return 0;
    dprintf(fd, "GET /%s HTTP/1.1\r\nHost: %s:%s\r\n%sConnection: close\r\n\r\n", path, host, port, headers);
    ssize_t n, size = 0;
    while (size < ROOM - 1 && (n = read(fd, answer + size, (size_t)(ROOM - 1 - size))) > 0) size += n;
    answer[size] = 0;
    close(fd);
    unsigned status = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (!end || sscanf(answer, "HTTP/1.1 %u", &status) != 1) return 0;
    strcpy(body, end + 4);
    return status;
}

/* Writes the body into `body` and answers the status. */
static unsigned answer(const char *path, const char *accept, const char *headers, const char **type, char *body) {
    *type = "application/json";
    if (strcmp(path, "/healthz") == 0) return (unsigned)(sprintf(body, "{\"name\":\"%s\",\"ok\":true}", text("NAME")), 200);
    FILE *page = strstr(accept, "text/html") ? fopen(text("PAGE"), "r") : NULL;
    if (page) {
        *type = "text/html; charset=utf-8";
        body[fread(body, 1, ROOM - 1, page)] = 0;
        fclose(page);
        return 200;
    }
    char *at = body + sprintf(body, "{\"name\":\"%s\",\"language\":\"c\"", text("NAME"));
    unsigned luck = dice(++requests), fail = setting("FAIL_PERCENT", 0), status = 200;
    if (luck < fail) {
        strcpy(at, ",\"error\":\"fails on purpose\"}");
        return setting("FAIL_STATUS", 503);
    }
    if (luck < fail + setting("STALL_PERCENT", 0)) usleep(setting("STALL_MS", 1000) * 1000);
    at += sprintf(at, ",\"upstreams\":[");
    char urls[2048], *rest = NULL, nested[ROOM];
    snprintf(urls, sizeof urls, "%s", text("UPSTREAMS"));
    for (char *url = strtok_r(urls, " ", &rest), *comma = ""; url; url = strtok_r(NULL, " ", &rest), comma = ",") {
        unsigned seen = get(url, headers, nested);
        if (seen != 200) status = 502, sprintf(nested, "{\"url\":\"%s\",\"status\":%u}", url, seen);
        at += snprintf(at, (size_t)(body + ROOM - at - 3), "%s%s", comma, nested);
    }
    strcpy(at, "]}");
    return status;
}

static void *serve(void *connection) {
    FILE *in = fdopen((int)(intptr_t)connection, "r");
    char line[8192], path[1024], *body = malloc(ROOM);
    int last = 0;
    while (!last && fgets(line, sizeof line, in) && sscanf(line, "%*s %1023s", path) == 1) {
        char accept[8192] = "", out[8192] = "";
        while (fgets(line, sizeof line, in) && *line != '\r') {
            if (strncasecmp(line, "accept:", 7) == 0) snprintf(accept, sizeof accept, "%s", line);
            if (strncasecmp(line, "connection: close", 17) == 0) last = 1;
            for (int i = 0; i < 4 && setting("PROPAGATE", 0); i++) {
                size_t n = strlen(TRACE_HEADERS[i]);
                if (strncasecmp(line, TRACE_HEADERS[i], n) == 0 && line[n] == ':') strncat(out, line, sizeof out - strlen(out) - 1);
            }
        }
        const char *type;
        unsigned status = answer(path, accept, out, &type, body);
        const char *meaning = status == 200 ? "OK" : status == 502 ? "Bad Gateway" : status == 503 ? "Service Unavailable" : "Status";
        dprintf(fileno(in), "HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", status, meaning, type, strlen(body), body);
    }
    free(body);
    fclose(in);
    return NULL;
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)setting("PORT", 8080))};
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&any, sizeof any) != 0 || listen(listener, 128) != 0) return perror("listen"), 1;
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        pthread_t thread;
        if (connection >= 0 && pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection) == 0) pthread_detach(thread);
    }
}
