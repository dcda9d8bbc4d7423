package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
)

// Faults is what a person with the vSphere client could do, and what they would see:
//
//	GET  /coppice/inventory                        all that is there, by kind
//	POST /coppice/power-off?machine=/dc-1/vm/prod-etcd-0
//	POST /coppice/unregister?machine=/dc-1/vm/prod-etcd-0  off, and out of the inventory; its disks stay
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
	for path, do := range map[string]func(context.Context, *object.VirtualMachine) error{
		"/coppice/power-off":  off,
		"/coppice/unregister": unregister,
		"/coppice/destroy":    destroy,
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

func unregister(ctx context.Context, machine *object.VirtualMachine) error {
	_ = off(ctx, machine) // one that is off already says so
	return machine.Unregister(ctx)
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

// inventory names machines with their power state, and all else that an apply makes.
func (f *Faults) inventory(ctx context.Context) (map[string][]string, error) {
	all := map[string][]string{"machines": {}, "folders": {}, "resource pools": {}, "disks": {}, "tags": {}, "tag categories": {}}
	finder := f.finder()
	machines, _ := finder.VirtualMachineList(ctx, f.path("vm/...")) // none is an error
	for _, machine := range machines {
		var seen mo.VirtualMachine
		if err := machine.Properties(ctx, machine.Reference(), []string{"runtime.powerState"}, &seen); err != nil {
			return nil, err
		}
		all["machines"] = append(all["machines"], fmt.Sprintf("%s %s", machine.InventoryPath, seen.Runtime.PowerState))
	}
	folders, _ := finder.FolderList(ctx, f.path("vm/..."))
	for _, folder := range folders {
		all["folders"] = append(all["folders"], folder.InventoryPath)
	}
	pools, _ := finder.ResourcePoolList(ctx, f.path("host/..."))
	for _, pool := range pools {
		all["resource pools"] = append(all["resource pools"], pool.InventoryPath)
	}
	if err := filepath.WalkDir(f.stores, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".vmdk" && !strings.HasSuffix(path, "-flat.vmdk") {
			all["disks"] = append(all["disks"], strings.TrimPrefix(path, f.stores+"/"))
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := f.tags(ctx, all); err != nil {
		return nil, err
	}
	for _, names := range all {
		sort.Strings(names)
	}
	return all, nil
}

func (f *Faults) tags(ctx context.Context, all map[string][]string) error {
	session := rest.NewClient(f.client)
	if err := session.Login(ctx, simulator.DefaultLogin); err != nil {
		return err
	}
	manager := tags.NewManager(session)
	categories, err := manager.GetCategories(ctx)
	if err != nil {
		return err
	}
	for _, category := range categories {
		all["tag categories"] = append(all["tag categories"], category.Name)
		held, err := manager.GetTagsForCategory(ctx, category.ID)
		if err != nil {
			return err
		}
		for _, tag := range held {
			all["tags"] = append(all["tags"], category.Name+"/"+tag.Name)
		}
	}
	return nil
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
