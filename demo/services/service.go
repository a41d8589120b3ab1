// A demo service in Go's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
//
// Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
// FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

var (
	name                    = os.Getenv("NAME")
	upstreams               = strings.Fields(os.Getenv("UPSTREAMS"))
	fanout, propagate       = setting("FANOUT", 0) == 1, setting("PROPAGATE", 0) == 1
	page                    = os.Getenv("PAGE")
	failPercent, failStatus = setting("FAIL_PERCENT", 0), setting("FAIL_STATUS", 503)
	stallPercent, stallMs   = setting("STALL_PERCENT", 0), setting("STALL_MS", 1000)
	seed                    = uint32(setting("SEED", 1))
	traceHeaders            = []string{"x-request-id", "traceparent", "tracestate", "baggage"}
	requests                atomic.Uint32
)

type answer struct {
	Name      string            `json:"name"`
	Language  string            `json:"language"`
	Upstreams []json.RawMessage `json:"upstreams"`
}

type failure struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Error    string `json:"error"`
}

type problem struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
}

type health struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

// 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
func dice(n uint32) int {
	x := (seed + n) * 0x9E3779B9
	x = (x ^ x>>16) * 0x85EBCA6B
	x = (x ^ x>>13) * 0xC2B2AE35
	return int(uint64(x^x>>16) * 100 >> 32)
}

// The upstream's body where it answers 200, else what went wrong.
func call(url string, headers http.Header) (json.RawMessage, bool) {
	request, _ := http.NewRequest("GET", url, nil)
	request.Header = headers.Clone()
	status := 0
	if response, err := http.DefaultClient.Do(request); err == nil {
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode == 200 {
			return body, true
		}
		if err == nil {
			status = response.StatusCode
		}
	}
	seen, _ := json.Marshal(problem{url, status})
	return seen, false
}

func callAll(headers http.Header) ([]json.RawMessage, int) {
	bodies, status := make([]json.RawMessage, len(upstreams)), atomic.Int32{}
	status.Store(200)
	var all sync.WaitGroup
	for i, url := range upstreams {
		all.Add(1)
		one := func() {
			defer all.Done()
			body, ok := call(url, headers)
			if bodies[i] = body; !ok {
				status.Store(502)
			}
		}
		if fanout {
			go one()
		} else {
			one()
		}
	}
	all.Wait()
	return bodies, int(status.Load())
}

func send(w http.ResponseWriter, status int, body any) {
	text, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

func serve(w http.ResponseWriter, r *http.Request) {
	if page != "" && strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.ServeFile(w, r, page)
		return
	}
	luck := dice(requests.Add(1))
	if luck < failPercent {
		send(w, failStatus, failure{name, "go", "fails on purpose"})
		return
	}
	if luck < failPercent+stallPercent {
		time.Sleep(time.Duration(stallMs) * time.Millisecond)
	}
	headers := http.Header{}
	for _, header := range traceHeaders {
		if value := r.Header.Get(header); propagate && value != "" {
			headers.Set(header, value)
		}
	}
	bodies, status := callAll(headers)
	send(w, status, answer{name, "go", bodies})
}

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { send(w, 200, health{name, true}) })
	http.HandleFunc("/", serve)
	log.Fatal(http.ListenAndServe(":"+strconv.Itoa(setting("PORT", 8080)), nil))
}
