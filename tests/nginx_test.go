//go:build linux

package tests

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// runNginx runs nginx with the servers that configure makes, given a folder for
// their files, and waits until all of their ports answer. Where root runs the
// test its workers are nobody's.
func runNginx(t *testing.T, configure func(dir string) (servers string, ports []string)) (ports []string) {
	t.Helper()
	needTools(t, "nginx")
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Fatal(err)
	}
	as := ""
	if os.Geteuid() == 0 {
		as = "user " + nobody(t) + ";"
	}
	for range 5 { // a port may have been taken in between
		dir := t.TempDir()
		servers, ports := configure(dir)
		conf := fmt.Sprintf(`daemon off; worker_processes 1; %[1]s pid %[2]s/pid; error_log stderr;
			events { worker_connections 64; }
			http {
				access_log off; client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy;
				fastcgi_temp_path %[2]s/fastcgi; uwsgi_temp_path %[2]s/uwsgi; scgi_temp_path %[2]s/scgi;
				%[3]s
			}`, as, dir, servers)
		if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if startProxy(t, exec.Command(program, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")), ports) {
			return ports
		}
	}
	t.Fatal("nginx does not start")
	return nil
}

// startProxy runs a proxy for the length of the test, and reports whether all of its
// ports answer.
func startProxy(t *testing.T, cmd *exec.Cmd, ports []string) bool {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-exited
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && len(exited) == 0; time.Sleep(10 * time.Millisecond) {
		if answerAll(ports) {
			return true
		}
	}
	t.Logf("%s does not answer: %s", cmd.Path, output.String())
	return false
}

// nobody is the user and the group of that name, as nginx wants them.
func nobody(t *testing.T) string {
	t.Helper()
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skip(err)
	}
	group, err := user.LookupGroupId(who.Gid)
	if err != nil {
		t.Skip(err)
	}
	return who.Username + " " + group.Name
}

func answerAll(ports []string) bool {
	for _, port := range ports {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			return false
		}
		conn.Close()
	}
	return true
}
