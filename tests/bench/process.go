package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
)

// process is a child that answers one line of JSON to each line of JSON. It
// ends when its standard input does, and so when this process ends, however
// that comes about.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	close sync.Once
}

// The cores, where there are two of them and taskset is present: workers have
// one for themselves, the load generator and Redis share the other.
const (
	workerCore = 1
	otherCore  = 0
)

func pinned() bool {
	_, err := exec.LookPath("taskset")
	return err == nil && runtime.NumCPU() > 1
}

func command(ctx context.Context, core int, name string, args ...string) *exec.Cmd {
	if pinned() {
		args = append([]string{"-c", strconv.Itoa(core), name}, args...)
		name = "taskset"
	}
	return exec.CommandContext(ctx, name, args...)
}

// start runs a child of this program on a core, with one thread for Go.
func start(ctx context.Context, core int, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: command(ctx, core, self, args...)}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, p.cmd.Start()
}

// stop ends the child and waits for it.
func (p *process) stop() {
	p.close.Do(func() {
		p.in.Close()
		p.cmd.Wait()
	})
}

// reply is a child's answer.
type reply struct {
	Error string          `json:",omitempty"`
	Value json.RawMessage `json:",omitempty"`
}

// ask sends a question and reads the answer.
func ask[T any](p *process, question any) (answer T, err error) {
	b, err := json.Marshal(question)
	if err != nil {
		return answer, err
	}
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		return answer, err
	}
	return hear[T](p)
}

// hear reads what the child says.
func hear[T any](p *process) (answer T, err error) {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return answer, fmt.Errorf("a child has ended: %w", err)
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		return answer, err
	}
	if r.Error != "" {
		return answer, fmt.Errorf("a child failed: %s", r.Error)
	}
	return answer, json.Unmarshal(r.Value, &answer)
}

// say is how a child answers.
func say(value any, err error) {
	var r reply
	if err == nil {
		r.Value, err = json.Marshal(value)
	}
	if err != nil {
		r = reply{Error: err.Error()}
	}
	b, _ := json.Marshal(r)
	os.Stdout.Write(append(b, '\n'))
}

// questions calls answer for each line of the child's standard input.
func questions[T any](answer func(T) (any, error)) error {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		var q T
		if err == nil {
			err = json.Unmarshal(line, &q)
		}
		if err != nil {
			return err
		}
		say(answer(q))
	}
}
