// Package generator loads an HTTP server over a few connections that are kept
// alive, with requests built beforehand, so that it costs less than what it
// measures.
package generator

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Job is a load.
type Job struct {
	Addr        string   // host:port
	Path        string   // GET
	Cookies     []string // name=value; one after the other, and then from the start. None: no cookie
	Connections int      // each with one request under way
	Requests    int      // how many in all, 0 for as many as go into Duration
	Duration    time.Duration
	Collect     bool // the cookies that come in
}

// Result is what became of it.
type Result struct {
	Requests int
	Failed   int    // not answered with 200
	Failure  string // the first such answer
	Seconds  float64
	P50, P99 time.Duration
	Cookies  []string // with Collect: one for each answer that sets one
}

// Rate is requests per second.
func (r Result) Rate() float64 { return float64(r.Requests) / r.Seconds }

// run is a job on its way. One goroutine at a time may use it.
type run struct {
	job       Job
	requests  [][]byte
	next      int // request
	sent      int
	deadline  time.Time
	result    Result
	latencies []time.Duration
}

func newRun(job Job) *run {
	r := &run{job: job}
	build := func(cookie string) []byte {
		b := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n", job.Path)
		if cookie != "" {
			b = fmt.Appendf(b, "Cookie: %s\r\n", cookie)
		}
		return append(b, "\r\n"...)
	}
	for _, cookie := range job.Cookies {
		r.requests = append(r.requests, build(cookie))
	}
	if len(r.requests) == 0 {
		r.requests = [][]byte{build("")}
	}
	return r
}

// request is what to send next, nil when enough was sent.
func (r *run) request(now time.Time) []byte {
	if r.job.Requests > 0 && r.sent >= r.job.Requests || r.job.Requests == 0 && now.After(r.deadline) {
		return nil
	}
	r.sent++
	b := r.requests[r.next]
	if r.next++; r.next == len(r.requests) {
		r.next = 0
	}
	return b
}

// maxLatencies bounds the memory of a long run; medians need no more.
const maxLatencies = 1 << 20

func (r *run) answered(head []byte, took time.Duration) {
	r.result.Requests++
	if len(r.latencies) < maxLatencies {
		r.latencies = append(r.latencies, took)
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
		if r.result.Failed++; r.result.Failed == 1 {
			r.result.Failure = string(head)
		}
	}
	if r.job.Collect {
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if name, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(name, "Set-Cookie") {
				cookie, _, _ := strings.Cut(value, ";")
				r.result.Cookies = append(r.result.Cookies, cookie)
				break
			}
		}
	}
}

func (r *run) done(took time.Duration) Result {
	r.result.Seconds = took.Seconds()
	if n := len(r.latencies); n > 0 {
		slices.Sort(r.latencies)
		r.result.P50, r.result.P99 = r.latencies[n/2], r.latencies[n*99/100]
	}
	return r.result
}

var (
	headEnd       = []byte("\r\n\r\n")
	contentLength = []byte("\r\ncontent-length: ")
)

// split finds an answer at the start of b. Its size is 0 while it is not
// complete.
func split(b []byte) (head []byte, size int, err error) {
	end := bytes.Index(b, headEnd)
	if end < 0 {
		return nil, 0, nil
	}
	head = b[:end]
	at := indexFold(head, contentLength)
	if at < 0 {
		return nil, 0, fmt.Errorf("an answer without a length: %q", head)
	}
	digits := head[at+len(contentLength):]
	if cut := bytes.IndexByte(digits, '\r'); cut >= 0 {
		digits = digits[:cut]
	}
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return nil, 0, err
	}
	if size = end + len(headEnd) + n; size > len(b) {
		return nil, 0, nil
	}
	return head, size, nil
}

// indexFold is bytes.Index for ASCII in any case; sub is lower case and
// begins with a line break.
func indexFold(b, sub []byte) int {
	for i := 0; ; {
		at := bytes.IndexByte(b[i:], sub[0])
		if at < 0 || i+at+len(sub) > len(b) {
			return -1
		}
		if i += at; bytes.EqualFold(b[i:i+len(sub)], sub) {
			return i
		}
		i++
	}
}
