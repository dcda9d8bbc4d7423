// Command web answers HTTP on port 8080 with the name of its pod, and asks other pods: web get URL.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "get" {
		get(os.Args[2])
		return
	}
	name, _ := os.Hostname()
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, name) })
	fail(http.ListenAndServe(":8080", nil))
}

func get(url string) {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	fail(err)
	body, err := io.ReadAll(answer.Body)
	fail(err)
	os.Stdout.Write(body)
	if answer.StatusCode != http.StatusOK {
		os.Exit(1)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
