// Command vcenter is a vCenter in memory, by govmomi's simulator: vcenter --world world.json.
//
// It writes its port and certificate to standard output, as one line of JSON, and ends when its standard input does.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/simulator"

	// Services beside the SDK: storage policies, and tags.
	_ "github.com/vmware/govmomi/pbm/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

func main() {
	file := flag.String("world", "", "JSON of what is there before the first apply")
	flag.Parse()
	if err := serve(*file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var world World
	if err := json.Unmarshal(text, &world); err != nil {
		return err
	}

	// A vCenter with nothing in it: the simulator's own inventory has names that it makes itself.
	stores, err := os.MkdirTemp("", "vcenter-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stores)
	model := simulator.VPX()
	model.Datacenter = 0
	// The provider asks a vCenter for what its version has; the simulator calls itself 6.5.
	model.ServiceContent.About.Version, model.ServiceContent.About.ApiVersion = "8.0.2", "8.0.2.0"
	if err := model.Create(); err != nil {
		return err
	}
	defer model.Remove()
	model.Service.TLS = new(tls.Config)
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0"}
	model.Service.RegisterEndpoints = true
	correct(model.Service)
	faults := &Faults{stores: stores, world: world}
	faults.register(model.Service)
	server := model.Service.NewServer()
	defer server.Close()

	ctx := context.Background()
	client, err := govmomi.NewClient(ctx, server.URL, true)
	if err != nil {
		return err
	}
	if err := world.make(ctx, client.Client, stores); err != nil {
		return err
	}
	measure(model.Map(), stores)
	faults.client = client.Client

	port, err := strconv.Atoi(server.URL.Port())
	if err != nil {
		return err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"port": port, "certificate": string(certificate)}); err != nil {
		return err
	}
	wait()
	return nil
}

// wait returns when the other end of standard input is gone, or at a signal.
func wait() {
	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		done <- syscall.SIGTERM
	}()
	<-done
}
