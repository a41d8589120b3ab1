// A callee in C's library: on sockets, a thread for each connection. See faults.txt.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct { char kind, name[32], *word[16]; int words; } faults[64];
static struct { char *path; int n; } attempts[65536];
static int fault_count, attempt_count;
static FILE *log_file;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int find(char kind, const char *name) {
    for (int i = 0; i < fault_count; i++)
        if (faults[i].kind == kind && !strcmp(faults[i].name, name)) return i;
    return -1;
}

static char *dice(uint32_t n) {
    uint32_t x = n * 0x9E3779B9u;
    int at = find('c', "dice");
    x = (x ^ x >> 16) * 0x85EBCA6Bu;
    x = (x ^ x >> 13) * 0xC2B2AE35u;
    return faults[at].word[(uint64_t)(x ^ x >> 16) * faults[at].words >> 32];
}

static int act(FILE *in, FILE *out) {
    char line[8192], method[16], path[4096], name[32], text[64], *step, *colon;
    size_t size = 0, filled = 0;
    int chunked = 0, seed, number, n = 1, i;
    uint32_t hash = 0x811C9DC5u;
    if (!fgets(line, sizeof line, in) || sscanf(line, "%15s %4095s", method, path) != 2) return 0;
    while (fgets(line, sizeof line, in) && strcmp(line, "\r\n")) {
        if ((colon = strcasestr(line, "content-length:")) == line) size = atol(colon + 15);
        chunked |= strcasestr(line, "transfer-encoding:") == line;
        if (strcasestr(line, "expect:") == line) fputs("HTTP/1.1 100 Continue\r\n\r\n", out), fflush(out);
    }
    while (chunked ? fgets(line, sizeof line, in) && (size = strtol(line, 0, 16)) : size > 0) {
        filled += size;
        for (; size > 0; size--) hash = (hash ^ getc(in)) * 0x01000193u;
        if (chunked) fgets(line, sizeof line, in);
    }
    if (chunked) fgets(line, sizeof line, in);
    sscanf(path, "/%*[^/]/%31[^/]/%d/%d", name, &seed, &number);
    snprintf(text, sizeof text, "%s %zu %08x\n", method, filled, hash);
    pthread_mutex_lock(&lock);
    for (i = 0; i < attempt_count && strcmp(attempts[i].path, path); i++) {}
    if (i == attempt_count) attempts[attempt_count++].path = strdup(path);
    n = ++attempts[i].n;
    fprintf(log_file, "%s %d %s", name, number, text);
    fflush(log_file);
    pthread_mutex_unlock(&lock);
    i = find('c', name);
    step = faults[i].word[(n < faults[i].words ? n : faults[i].words) - 1];
    if (!strcmp(step, "dice")) step = dice(seed * 1000 + number * 10 + n);
    if ((i = find('r', step)) >= 0) {
        fputs(faults[i].word[1], out), fflush(out);
        usleep(50000);
        struct linger off = {1, 0};
        if (!strcmp(faults[i].word[0], "reset")) setsockopt(fileno(out), SOL_SOCKET, SO_LINGER, &off, sizeof off);
        return 0;
    }
    if (!strcmp(step, "stall")) usleep(1400000);
    if (!strcmp(step, "slow")) {
        fputs("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", out);
        for (i = 0; i < 5; i++) fputs("4\r\nslow\r\n", out), fflush(out), usleep(80000);
        return fputs("0\r\n\r\n", out), fflush(out) == 0;
    }
    int status = atoi(step) ? atoi(step) : 200, big = !strcmp(step, "big");
    if (status != 200) snprintf(text, sizeof text, "%s\n", step);
    fprintf(out, "HTTP/1.1 %d Said\r\n%s", status, strcmp(step, "bye") ? "" : "Connection: close\r\n");
    if (status != 204) fprintf(out, "Content-Length: %zu\r\n", big ? (size_t)1 << 20 : strlen(text));
    fputs("\r\n", out);
    if (big) for (i = 0; i < 65536; i++) fputs("abcdefghijklmnop", out);
    else if (status != 204 && strcmp(method, "HEAD")) fputs(text, out);
    return fflush(out) == 0 && strcmp(step, "bye") && strcmp(step, "drop");
}

static void *serve(void *argument) {
    FILE *in = fdopen((int)(intptr_t)argument, "r"), *out = fdopen(dup((int)(intptr_t)argument), "w");
    while (act(in, out)) {}
    fclose(out), fclose(in);
    return 0;
}

int main(void) {
    char line[1024], *raw, *from, *word;
    FILE *script = fopen("faults.txt", "r");
    while (fgets(line, sizeof line, script)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "raw ", 4) && strncmp(line, "case ", 5)) continue;
        int i = fault_count++;
        faults[i].kind = *line;
        strcpy(faults[i].name, (strtok_r(line, " ", &from), strtok_r(0, " ", &from)));
        while (faults[i].words < (*line == 'r' ? 1 : 16) && (word = strtok_r(0, " ", &from))) faults[i].word[faults[i].words++] = strdup(word);
        if (*line != 'r') continue;
        for (raw = faults[i].word[1] = calloc(1, 1024); *from; from++)
            if (!strncmp(from, "\\r\\n", 4)) *raw++ = '\r', *raw++ = '\n', from += 3;
            else *raw++ = *from;
    }
    signal(SIGPIPE, SIG_IGN);
    log_file = fopen(getenv("LOG"), "a");
    int server = socket(AF_INET6, SOCK_STREAM, 0), no = 0, connection;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(getenv("PORT")))};
    setsockopt(server, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 128)) return 1;
    for (pthread_t thread; (connection = accept(server, 0, 0)) >= 0; pthread_detach(thread))
        pthread_create(&thread, 0, serve, (void *)(intptr_t)connection);
}
