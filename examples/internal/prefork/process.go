package prefork

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// startLimit is how long a worker may take to become ready.
const startLimit = 10 * time.Second

// stopLimit is how long a worker may take to end: to close its sessions too.
func stopLimit() time.Duration { return *grace + 2*time.Second }

// process is a worker as the supervisor sees it.
type process struct {
	cmd      *exec.Cmd
	lifeline *os.File // closed at the end; nothing is written
	reports  *os.File
	decoder  *json.Decoder
	ready    report
}

// start starts a worker and waits until it is ready. The error is what the
// worker says, or how it ended without a word.
func (s *supervisor) start(ctx context.Context) (*process, error) {
	p, err := s.spawn()
	if err != nil {
		return nil, fmt.Errorf("cannot start a worker: %w", err)
	}
	stop := context.AfterFunc(ctx, p.terminate)
	defer stop()
	p.reports.SetReadDeadline(time.Now().Add(startLimit))
	err = p.decoder.Decode(&p.ready)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.cmd.Process.Kill()
		p.end()
		return nil, fmt.Errorf("a worker was not ready after %v", startLimit)
	case err != nil:
		return nil, fmt.Errorf("a worker ended before it was ready: %s", p.end())
	case p.ready.Error != "":
		p.end()
		return nil, errors.New(p.ready.Error)
	}
	p.reports.SetReadDeadline(time.Time{})
	return p, nil
}

// spawn starts the program again, with its ends of the pipes.
func (s *supervisor) spawn() (*process, error) {
	lifelineEnd, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer lifelineEnd.Close()
	reports, reportsEnd, err := os.Pipe()
	if err != nil {
		lifeline.Close()
		return nil, err
	}
	defer reportsEnd.Close()
	cmd := exec.Command(s.program, os.Args[1:]...)
	cmd.Env = s.env
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{lifelineEnd, reportsEnd} // lifelineFile and reportsFile
	p := &process{cmd: cmd, lifeline: lifeline, reports: reports, decoder: json.NewDecoder(reports)}
	if err := cmd.Start(); err != nil {
		lifeline.Close()
		reports.Close()
		return nil, err
	}
	return p, nil
}

// wait waits until the worker ends, which it is told to when ctx is done, and
// says how it ended.
func (p *process) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.terminate)
	defer stop()
	var last report
	if p.decoder.Decode(&last) == nil && ctx.Err() != nil {
		slog.Warn("a worker stopped with an error", "worker", p.cmd.Process.Pid, "error", last.Error)
	}
	how := p.end()
	if last.Error != "" {
		how = last.Error
	}
	return fmt.Errorf("process %d: %s", p.cmd.Process.Pid, how)
}

// terminate has the worker end, by force if it takes too long.
func (p *process) terminate() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	time.AfterFunc(stopLimit(), func() { p.cmd.Process.Kill() }) // does nothing to a process that was waited for
}

// end waits for the process that closed its reports, and says how it ended.
func (p *process) end() string {
	p.lifeline.Close()
	defer p.reports.Close()
	if err := p.cmd.Wait(); err != nil {
		return err.Error()
	}
	return p.cmd.ProcessState.String()
}
