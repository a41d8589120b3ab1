// A caller in C's library: on sockets. Reads calls, makes them one after the other, says what came back.
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct { char at[300]; FILE *in, *out; } connections[16];

static int dial(const char *host, const char *port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found, *each;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &found)) return -1;
    for (each = found; each; each = each->ai_next) {
        fd = socket(each->ai_family, SOCK_STREAM, 0);
        if (!connect(fd, each->ai_addr, each->ai_addrlen)) break;
        close(fd), fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static void drop(int i) {
    fclose(connections[i].in), fclose(connections[i].out);
    connections[i].in = 0;
}

// Reads SIZE bytes into the hash; false where fewer come.
static int bytes(FILE *in, long size, uint32_t *hash) {
    for (int c; size > 0; size--) {
        if ((c = getc(in)) < 0) return 0;
        *hash = (*hash ^ c) * 0x01000193u;
    }
    return 1;
}

static int head(FILE *in, char *reason, long *length, int *close) {
    char line[8192];
    int status;
    do {
        if (!fgets(line, sizeof line, in) || sscanf(line, "HTTP/1.1 %d", &status) != 1) return 0;
        while (1) {
            if (!fgets(line, sizeof line, in)) return 0;
            if (!strcmp(line, "\r\n")) break;
            if (strcasestr(line, "content-length:") == line) *length = atol(line + 15);
            if (strcasestr(line, "transfer-encoding:") == line) *length = -1;
            if (strcasestr(line, "connection: close") == line) *close = 1;
            if (strcasestr(line, "x-proa-reason:") == line) sscanf(line + 14, " %63[^\r]", reason);
        }
    } while (status == 100);
    return status;
}

static void call(FILE *to, char *method, char *url, char *size, char *how) {
    char host[256], port[16], path[1024], at[300], reason[64] = "-", line[64];
    int i = 0, status, close = 0, whole = 1;
    long length = 0, total = 0;
    uint32_t hash = 0x811C9DC5u, none;
    sscanf(url, "http://%255[^:]:%15[0-9]%1023s", host, port, path);
    snprintf(at, sizeof at, "%s:%s", host, port);
    while (connections[i].in && strcmp(connections[i].at, at)) i++;
    if (!connections[i].in) {
        int fd = dial(host, port);
        if (fd < 0) { fprintf(to, "0 - none # no connection\n"); return; }
        strcpy(connections[i].at, at);
        connections[i].in = fdopen(fd, "r"), connections[i].out = fdopen(dup(fd), "w");
    }
    FILE *in = connections[i].in, *out = connections[i].out;
    fprintf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, path, at, strcmp(how, "expect") ? "" : "Expect: 100-continue\r\n");
    int chunked = !strcmp(how, "chunked");
    if (chunked) fprintf(out, "Transfer-Encoding: chunked\r\n\r\n%lx\r\n", atol(size));
    else if (*size != '-') fprintf(out, "Content-Length: %s\r\n\r\n", size);
    else fputs("\r\n", out);
    for (long n = 0; *size != '-' && n < atol(size); n++) putc('a' + n % 26, out);
    if (chunked) fputs("\r\n0\r\n\r\n", out);
    fflush(out);
    if (!(status = head(in, reason, &length, &close))) {
        fprintf(to, "0 - none # no answer\n");
        drop(i);
        return;
    }
    if (!strcmp(method, "HEAD") || status == 204) length = 0;
    int pieces = length < 0;
    if (!pieces) whole = bytes(in, total = length, &hash);
    else
        while ((whole = fgets(line, sizeof line, in) != 0) && (length = strtol(line, 0, 16)))
            if (total += length, !(whole = bytes(in, length, &hash) && bytes(in, 2, &none))) break;
    if (whole && pieces) bytes(in, 2, &none);
    if (whole) fprintf(to, "%d %s %ld:%08x\n", status, reason, total, hash);
    else fprintf(to, "%d %s broken # ended early\n", status, reason);
    if (close || !whole) drop(i);
}

int main(void) {
    int keep = socket(AF_INET6, SOCK_STREAM, 0), no = 0;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(getenv("PORT")))};
    char line[2048], method[16], url[1500], size[16], how[16];
    setsockopt(keep, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(keep, (struct sockaddr *)&at, sizeof at) || listen(keep, 8)) return 1;
    signal(SIGPIPE, SIG_IGN);
    FILE *calls = fopen(getenv("CALLS"), "r"), *results = fopen(getenv("RESULTS"), "w");
    while (fgets(line, sizeof line, calls)) {
        sscanf(line, "%15s %1499s %15s %15s", method, url, size, how);
        call(results, method, url, size, how);
        fflush(results);
    }
}
