// Package examples holds one small app on each router: chi, Echo v4 and v5, Fiber v2
// and v3, and Gin. From the root of the repository:
//
//	go run ./examples/chi
//	go run ./examples/echo --workers 1
//	go run ./examples/gin --debug-endpoints
//	go run ./examples/fiber --addr 127.0.0.1:9000 --redis-url redis://127.0.0.1:6379
//
// Then open http://127.0.0.1:8080. The app runs as 3 processes on one port
// unless --workers says otherwise, so that any of them may answer a request,
// and the session holds on all of them. --help lists the other flags.
//
// What a main.go of these does with sessions is what an app of your own does.
// What they share has nothing to do with it: the page, the processes, the log.
package examples
