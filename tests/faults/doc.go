// Package faults breaks what sessions rest on, under traffic of real worker
// processes: it kills workers, kills, pauses, fills and fails over Redis, and
// takes the file store's disk away. Each test counts what was lost, what came
// back from the dead, and how long visitors had to wait.
//
//	make faults
//
// runs every fault many times, prints one table and judges how long things
// took; "go test" alone runs each once and judges no time.
package faults
