package device_test

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/device"
)

func ExampleName() {
	fmt.Println(device.Name("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"))
	fmt.Println(device.Name("okhttp/4.12.0"))
	fmt.Printf("%q\n", device.Name(""))
	// Output:
	// Firefox on Windows
	// okhttp
	// ""
}
