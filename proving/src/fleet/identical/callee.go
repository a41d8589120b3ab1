// A callee in Go's standard library: net/http, whose connections can be taken over and broken. See faults.txt.
package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	raw      = map[string][2]string{}
	cases    = map[string][]string{}
	attempts = map[string]int{}
	lock     sync.Mutex
	log, _   = os.OpenFile(os.Getenv("LOG"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
)

func dice(n uint32) string {
	x := n * 0x9E3779B9
	x = (x ^ x>>16) * 0x85EBCA6B
	x = (x ^ x>>13) * 0xC2B2AE35
	return cases["dice"][uint64(x^x>>16)*uint64(len(cases["dice"]))>>32]
}

func act(response http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	hash := fnv.New32a()
	hash.Write(body)
	parts := strings.Split(request.URL.Path, "/")
	seed, _ := strconv.Atoi(parts[3])
	number, _ := strconv.Atoi(parts[4])
	arrived := fmt.Sprintf("%s %d %08x\n", request.Method, len(body), hash.Sum32())
	lock.Lock()
	attempts[request.URL.Path]++
	n := attempts[request.URL.Path]
	fmt.Fprintf(log, "%s %d %s", parts[2], number, arrived)
	lock.Unlock()
	steps := cases[parts[2]]
	step := steps[min(n, len(steps))-1]
	if step == "dice" {
		step = dice(uint32(seed*1000 + number*10 + n))
	}
	if fault, is := raw[step]; is {
		connection, _, _ := response.(http.Hijacker).Hijack()
		connection.Write([]byte(fault[1]))
		time.Sleep(50 * time.Millisecond)
		if fault[0] == "reset" {
			connection.(*net.TCPConn).SetLinger(0)
		}
		connection.Close()
		return
	}
	text, status := []byte(arrived), 200
	if code, err := strconv.Atoi(step); err == nil {
		text, status = []byte(step+"\n"), code
	}
	switch step {
	case "stall":
		time.Sleep(1400 * time.Millisecond)
	case "slow":
		for range 5 {
			io.WriteString(response, "slow")
			response.(http.Flusher).Flush()
			time.Sleep(80 * time.Millisecond)
		}
		return
	case "big":
		text = bytes.Repeat([]byte("abcdefghijklmnop"), 65536)
	case "bye":
		response.Header().Set("Connection", "close")
	case "drop":
		connection, buffer, _ := response.(http.Hijacker).Hijack()
		fmt.Fprintf(buffer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
		buffer.Flush()
		connection.Close()
		return
	}
	if status != 204 {
		response.Header().Set("Content-Length", strconv.Itoa(len(text)))
	}
	response.WriteHeader(status)
	if status != 204 {
		response.Write(text)
	}
}

func main() {
	text, _ := os.ReadFile("faults.txt")
	for _, line := range strings.Split(string(text), "\n") {
		word := strings.SplitN(line, " ", 4)
		if word[0] == "raw" {
			raw[word[1]] = [2]string{word[2], strings.ReplaceAll(strings.Join(word[3:], ""), "\\r\\n", "\r\n")}
		} else if word[0] == "case" {
			cases[word[1]] = strings.Fields(line)[2:]
		}
	}
	http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(act))
}
