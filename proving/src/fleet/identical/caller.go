// A caller in Go's standard library: reads calls, makes them one after the other, says what came back.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{ExpectContinueTimeout: 5 * time.Second}}

func call(method, url, size, how string) string {
	var body io.Reader
	if length, err := strconv.Atoi(size); err == nil {
		data := make([]byte, length)
		for i := range data {
			data[i] = byte('a' + i%26)
		}
		body = bytes.NewReader(data)
		if how == "chunked" {
			body = io.MultiReader(body) // of unknown length
		}
	}
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		return "0 - none # " + err.Error()
	}
	if how == "expect" {
		request.Header.Set("Expect", "100-continue")
	}
	response, err := client.Do(request)
	if err != nil {
		return "0 - none # " + err.Error()
	}
	defer response.Body.Close()
	reason := response.Header.Get("x-proa-reason")
	if reason == "" {
		reason = "-"
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Sprintf("%d %s broken # %v", response.StatusCode, reason, err)
	}
	hash := fnv.New32a()
	hash.Write(data)
	return fmt.Sprintf("%d %s %d:%08x", response.StatusCode, reason, len(data), hash.Sum32())
}

func main() {
	keep, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	defer keep.Close()
	calls, _ := os.Open(os.Getenv("CALLS"))
	results, _ := os.OpenFile(os.Getenv("RESULTS"), os.O_WRONLY, 0)
	for lines := bufio.NewScanner(calls); lines.Scan(); {
		word := strings.Fields(lines.Text())
		fmt.Fprintln(results, call(word[0], word[1], word[2], word[3]))
	}
}
