package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Machine is one as anybody could see it.
type Machine struct {
	Path string `json:"path"`
	UUID string `json:"uuid"`
	On   bool   `json:"on"`
	// Paths of its disks, there or not.
	Disks []string `json:"disks"`
}

func (f *Faults) machines(ctx context.Context) ([]Machine, error) {
	all := []Machine{}
	found, _ := f.finder().VirtualMachineList(ctx, f.path("vm/...")) // none is an error
	for _, machine := range found {
		var seen mo.VirtualMachine
		err := machine.Properties(ctx, machine.Reference(), []string{"runtime.powerState", "config.uuid", "config.hardware.device"}, &seen)
		if fault.Is(err, &types.ManagedObjectNotFound{}) {
			continue // gone since it was listed
		}
		if err != nil {
			return nil, err
		}
		one := Machine{Path: machine.InventoryPath, UUID: seen.Config.Uuid, On: seen.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn}
		for _, device := range object.VirtualDeviceList(seen.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil)) {
			if backing, ok := device.GetVirtualDevice().Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
				one.Disks = append(one.Disks, backing.GetVirtualDeviceFileBackingInfo().FileName)
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// disks tells one that was made anew from the one before it at the same path.
func (f *Faults) disks() (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(f.stores, func(path string, entry fs.DirEntry, err error) error {
		name, isData := strings.CutSuffix(path, "-flat.vmdk")
		if err != nil || !isData {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		store, file, _ := strings.Cut(strings.TrimPrefix(name, f.stores+"/"), "/")
		all[fmt.Sprintf("[%s] %s.vmdk", store, file)] = info.ModTime().UTC().Format(time.RFC3339Nano)
		return nil
	})
	return all, err
}

// inventory names all that an apply makes.
func (f *Faults) inventory(ctx context.Context) (map[string][]string, error) {
	all := map[string][]string{"machines": {}, "folders": {}, "resource pools": {}, "disks": {}, "tags": {}, "tag categories": {}}
	machines, err := f.machines(ctx)
	if err != nil {
		return nil, err
	}
	for _, machine := range machines {
		all["machines"] = append(all["machines"], machine.Path)
	}
	finder := f.finder()
	folders, _ := finder.FolderList(ctx, f.path("vm/..."))
	for _, folder := range folders {
		all["folders"] = append(all["folders"], folder.InventoryPath)
	}
	pools, _ := finder.ResourcePoolList(ctx, f.path("host/..."))
	for _, pool := range pools {
		all["resource pools"] = append(all["resource pools"], pool.InventoryPath)
	}
	disks, err := f.disks()
	if err != nil {
		return nil, err
	}
	for path := range disks {
		all["disks"] = append(all["disks"], path)
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
