package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

// Faults is what a person with the vSphere client could do, and what they would see:
//
//	GET  /coppice/inventory                                all that is there, by kind
//	GET  /coppice/machines                                 machines, with their power and their disks
//	GET  /coppice/disks                                    disks by their paths, each with the moment of its making
//	POST /coppice/power-off?machine=/dc-1/vm/prod-etcd-0
//	POST /coppice/delete?machine=/dc-1/vm/prod-etcd-0      off, its data disks detached, and deleted
//	POST /coppice/destroy?machine=/dc-1/vm/prod-etcd-0     off, and deleted with all of its disks
//	POST /coppice/delete-file?path=[ssd-a] a.vmdk          whoever uses it
type Faults struct {
	stores string
	world  World
	client *vim25.Client
}

func (f *Faults) register(service *simulator.Service) {
	service.HandleFunc("/coppice/inventory", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() (any, error) { return f.inventory(r.Context()) })
	})
	service.HandleFunc("/coppice/machines", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() (any, error) { return f.machines(r.Context()) })
	})
	service.HandleFunc("/coppice/disks", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, func() (any, error) { return f.disks() })
	})
	for path, do := range map[string]func(context.Context, *object.VirtualMachine) error{
		"/coppice/power-off": off,
		"/coppice/delete":    remove,
		"/coppice/destroy":   destroy,
	} {
		service.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			answer(w, func() (any, error) {
				machine, err := f.finder().VirtualMachine(r.Context(), r.FormValue("machine"))
				if err != nil {
					return nil, err
				}
				return nil, do(r.Context(), machine)
			})
		})
	}
	service.HandleFunc("/coppice/delete-file", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() (any, error) { return nil, f.deleteFile(r.FormValue("path")) })
	})
}

func (f *Faults) finder() *find.Finder { return find.NewFinder(f.client) }

func (f *Faults) path(below string) string { return "/" + f.world.Datacenter + "/" + below }

func off(ctx context.Context, machine *object.VirtualMachine) error {
	task, err := machine.PowerOff(ctx)
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

// remove leaves the disks that no snapshot takes, as Terraform does: those of data.
func remove(ctx context.Context, machine *object.VirtualMachine) error {
	devices, err := machine.Device(ctx)
	if err != nil {
		return err
	}
	_ = off(ctx, machine) // one that is off already says so
	for _, device := range devices.SelectByType((*types.VirtualDisk)(nil)) {
		backing, ok := device.GetVirtualDevice().Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		if !ok || backing.DiskMode != string(types.VirtualDiskModeIndependent_persistent) {
			continue
		}
		if err := machine.RemoveDevice(ctx, true, device); err != nil {
			return err
		}
	}
	return destroy(ctx, machine)
}

func destroy(ctx context.Context, machine *object.VirtualMachine) error {
	_ = off(ctx, machine)
	task, err := machine.Destroy(ctx)
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

func (f *Faults) deleteFile(path string) error {
	whole := onDisk(f.stores, path)
	if err := os.Remove(whole); err != nil {
		return err
	}
	return os.Remove(strings.TrimSuffix(whole, ".vmdk") + "-flat.vmdk")
}

// onDisk is where a path of a datastore lies on this machine: "[ssd-a] folder/disk.vmdk".
func onDisk(stores, path string) string {
	store, file, _ := strings.Cut(strings.TrimPrefix(path, "["), "] ")
	return filepath.Join(stores, store, file)
}

func answer(w http.ResponseWriter, ask func() (any, error)) {
	value, err := ask()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
