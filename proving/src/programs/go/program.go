// A server, or with an argument a client: trailers, Expect, interim responses, streaming.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"sort"
	"time"
)

func serve() {
	http.HandleFunc("/trailers", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(200)
		fmt.Fprintf(w, "%d bytes, trailer %q\n", len(body), r.Trailer.Get("X-Asked"))
		w.Header().Set("X-Sum", fmt.Sprintf("%x", sha256.Sum256(body)))
	})
	http.HandleFunc("/refuse", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusExpectationFailed)
	})
	http.HandleFunc("/hints", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a>; rel=preload")
		w.WriteHeader(103)
		w.WriteHeader(204)
	})
	http.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	http.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < 5; i++ {
			fmt.Fprintf(w, "%d\n", i)
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
		}
	})
	fmt.Println(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}

func ask(name, method, path string, body io.Reader, expect bool) {
	request, _ := http.NewRequest(method, "http://"+os.Getenv("SERVER")+":"+os.Getenv("PORT")+path, body)
	if expect {
		request.Header.Set("Expect", "100-continue")
	}
	if path == "/trailers" {
		request.Trailer = http.Header{"X-Asked": {"yes"}}
		request.ContentLength = -1
	}
	trace := &httptrace.ClientTrace{
		Got100Continue: func() { fmt.Println(name, "100") },
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			fmt.Println(name, code, header)
			return nil
		},
	}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println(name, "error")
		return
	}
	got, err := io.ReadAll(response.Body)
	response.Header.Del("Date")
	keys := []string{}
	for key, values := range response.Header {
		keys = append(keys, fmt.Sprint(key, values))
	}
	sort.Strings(keys)
	fmt.Println(name, response.StatusCode, response.ContentLength, response.TransferEncoding, keys, string(got), err != nil, response.Trailer)
}

func main() {
	if len(os.Args) == 1 {
		serve()
		return
	}
	http.DefaultTransport.(*http.Transport).ExpectContinueTimeout = 5 * time.Second
	big := bytes.Repeat([]byte("0123456789"), 100000)
	ask("trailers", "POST", "/trailers", bytes.NewReader(big), false)
	ask("trailers and expect", "POST", "/trailers", bytes.NewReader(big), true)
	ask("refused", "POST", "/refuse", bytes.NewReader(big), true)
	ask("hints", "GET", "/hints", nil, false)
	ask("broken", "GET", "/broken", nil, false)
	ask("slow", "GET", "/slow", nil, false)
	ask("head", "HEAD", "/slow", nil, false)
	ask("missing", "GET", "/nothing", nil, false)
}
