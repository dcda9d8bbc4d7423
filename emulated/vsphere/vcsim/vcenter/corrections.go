package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vmdk"
)

// correct makes the simulator remember what it forgets. Each correction is a reading of what a vCenter answers.
func correct(service *simulator.Service) {
	service.Context.Map.Handler = func(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
		if strings.HasPrefix(method.Name, "RetrieveProperties") {
			fillIn(ctx)
		}
		return nil, nil
	}
	simulator.RegisterEndpoint(func(service *simulator.Service, _ *simulator.Registry) { shortTypes(service) })
}

// fillIn gives pools and machines, before they are first looked at, what a vCenter gives each: a UUID of its own, and the
// defaults that were asked for and are not kept.
func fillIn(ctx *simulator.Context) {
	for _, entity := range ctx.Map.All("ResourcePool") {
		pool, ok := entity.(*simulator.ResourcePool)
		if !ok || pool.Config.ScaleDescendantsShares != "" {
			continue
		}
		ctx.Map.WithLock(ctx, pool, func() {
			pool.Config.ScaleDescendantsShares = string(types.ResourceConfigSpecScaleSharesBehaviorDisabled)
		})
	}
	for _, entity := range ctx.Map.All("VirtualMachine") {
		machine, ok := entity.(*simulator.VirtualMachine)
		if !ok || machine.Config == nil || machine.Config.SwapPlacement != "" {
			continue
		}
		ctx.Map.WithLock(ctx, machine, func() {
			// Made of its path here, so that the next machine of a name would be taken for the one before it.
			machine.Config.Uuid = uuid.NewString()
			machine.Summary.Config.Uuid = machine.Config.Uuid
			machine.Config.SwapPlacement = string(types.VirtualMachineConfigInfoSwapPlacementTypeInherit)
		})
	}
}

// measure has every datastore of the world say how large its disks are.
func measure(inventory *simulator.Registry, stores string) {
	for _, reference := range inventory.AllReference("HostDatastoreBrowser") {
		if browser, ok := reference.(*simulator.HostDatastoreBrowser); ok {
			inventory.Put(&measuringBrowser{browser, stores})
		}
	}
}

// measuringBrowser says how large a disk is; the simulator's own finds the file and looks no further.
type measuringBrowser struct {
	*simulator.HostDatastoreBrowser
	stores string
}

func (b *measuringBrowser) SearchDatastoreTask(ctx *simulator.Context, req *types.SearchDatastore_Task) soap.HasFault {
	body := b.HostDatastoreBrowser.SearchDatastoreTask(ctx, req)
	begun, ok := body.(*methods.SearchDatastore_TaskBody)
	if !ok || begun.Res == nil {
		return body
	}
	task, ok := ctx.Map.Get(begun.Res.Returnval).(*simulator.Task)
	if !ok {
		return body
	}
	task.Wait()
	found, ok := task.Info.Result.(types.HostDatastoreBrowserSearchResults)
	if !ok {
		return body
	}
	for _, file := range found.File {
		disk, ok := file.(*types.VmDiskFileInfo)
		if !ok {
			continue
		}
		if size, err := capacity(filepath.Join(onDisk(b.stores, found.FolderPath), disk.Path)); err == nil {
			disk.CapacityKb = size >> 10
		}
	}
	return body
}

func capacity(file string) (int64, error) {
	opened, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer opened.Close()
	descriptor, err := vmdk.ParseDescriptor(opened)
	if err != nil {
		return 0, err
	}
	return descriptor.Capacity(), nil
}

// shortTypes takes the prefix off the types that tags may be put on: the provider sends it, and a vCenter does not give it back.
func shortTypes(service *simulator.Service) {
	const categories = "/rest/com/vmware/cis/tagging/category"
	service.ServeMux.HandleFunc("POST "+categories, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte("urn:vim25:"), nil)))
		vapi, _ := service.ServeMux.Handler(&http.Request{URL: &url.URL{Path: "/rest/"}})
		vapi.ServeHTTP(w, r)
	})
}
