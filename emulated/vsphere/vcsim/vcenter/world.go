package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

// World is what an environment on vSphere takes for granted.
type World struct {
	Datacenter string `json:"datacenter"`
	// Hosts of each compute cluster.
	Clusters map[string]int `json:"clusters"`
	// Mounted by every host.
	Datastores []string `json:"datastores"`
	PortGroup  string   `json:"portGroup"`
	// Paths below the datacenter's folder of machines.
	Folders   []string   `json:"folders"`
	Templates []Template `json:"templates"`
}

// Template is a machine that others are cloned from.
type Template struct {
	Path      string `json:"path"`
	Cluster   string `json:"cluster"`
	Datastore string `json:"datastore"`
	GuestID   string `json:"guestId"`
	DiskGiB   int64  `json:"diskGiB"`
}

func (w World) make(ctx context.Context, client *vim25.Client, stores string) error {
	datacenter, err := object.NewRootFolder(client).CreateDatacenter(ctx, w.Datacenter)
	if err != nil {
		return err
	}
	folders, err := datacenter.Folders(ctx)
	if err != nil {
		return err
	}
	segment, err := portGroup(ctx, client, folders.NetworkFolder, w.PortGroup)
	if err != nil {
		return err
	}
	for _, name := range sorted(w.Clusters) {
		if err := w.computeCluster(ctx, folders.HostFolder, segment, stores, name); err != nil {
			return err
		}
	}
	finder := find.NewFinder(client).SetDatacenter(datacenter)
	for _, name := range w.Folders {
		if _, err := folderAt(ctx, folders.VmFolder, finder, name); err != nil {
			return err
		}
	}
	for _, template := range w.Templates {
		if err := template.make(ctx, folders.VmFolder, finder, segment); err != nil {
			return fmt.Errorf("template %s: %w", template.Path, err)
		}
	}
	return nil
}

func (w World) computeCluster(ctx context.Context, folder *object.Folder, segment *segment, stores, name string) error {
	cluster, err := folder.CreateCluster(ctx, name, types.ClusterConfigSpecEx{})
	if err != nil {
		return err
	}
	for number := range w.Clusters[name] {
		task, err := cluster.AddHost(ctx, types.HostConnectSpec{HostName: fmt.Sprintf("%s-%d", name, number)}, true, nil, nil)
		if err != nil {
			return err
		}
		info, err := task.WaitForResult(ctx)
		if err != nil {
			return err
		}
		host := object.NewHostSystem(cluster.Client(), info.Result.(types.ManagedObjectReference))
		if err := segment.join(ctx, host); err != nil {
			return err
		}
		if err := mount(ctx, host, stores, w.Datastores); err != nil {
			return err
		}
	}
	return nil
}

// mount gives a host the datastores. All hosts see the same folders, so each is one datastore, which they share.
func mount(ctx context.Context, host *object.HostSystem, stores string, names []string) error {
	system, err := host.ConfigManager().DatastoreSystem(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		folder := filepath.Join(stores, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		if _, err := system.CreateLocalDatastore(ctx, name, folder); err != nil {
			return err
		}
	}
	return nil
}

func (t Template) make(ctx context.Context, root *object.Folder, finder *find.Finder, segment *segment) error {
	folder, err := folderAt(ctx, root, finder, path.Dir(t.Path))
	if err != nil {
		return err
	}
	pool, err := finder.ResourcePool(ctx, path.Join(t.Cluster, "Resources"))
	if err != nil {
		return err
	}
	name := path.Base(t.Path)
	spec := types.VirtualMachineConfigSpec{
		Name:     name,
		GuestId:  t.GuestID,
		Firmware: string(types.GuestOsDescriptorFirmwareTypeEfi),
		Files:    &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s]", t.Datastore)},
	}
	var devices object.VirtualDeviceList
	scsi, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return err
	}
	disk := devices.CreateDisk(scsi.(types.BaseVirtualController), types.ManagedObjectReference{}, fmt.Sprintf("[%s] %s/root.vmdk", t.Datastore, name))
	disk.CapacityInKB = t.DiskGiB << 20
	disk.CapacityInBytes = t.DiskGiB << 30
	card, err := devices.CreateEthernetCard("vmxnet3", segment.backing)
	if err != nil {
		return err
	}
	spec.DeviceChange, err = append(devices, scsi, disk, card).ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	if err != nil {
		return err
	}
	task, err := folder.CreateVM(ctx, spec, pool, nil)
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(ctx)
	if err != nil {
		return err
	}
	return object.NewVirtualMachine(folder.Client(), info.Result.(types.ManagedObjectReference)).MarkAsTemplate(ctx)
}

// folderAt makes what is missing of a path.
func folderAt(ctx context.Context, root *object.Folder, finder *find.Finder, name string) (*object.Folder, error) {
	if name == "." {
		return root, nil
	}
	if found, err := finder.Folder(ctx, path.Join(root.InventoryPath, name)); err == nil {
		return found, nil
	}
	parent, err := folderAt(ctx, root, finder, path.Dir(name))
	if err != nil {
		return nil, err
	}
	folder, err := parent.CreateFolder(ctx, path.Base(name))
	if err != nil {
		return nil, err
	}
	folder.SetInventoryPath(path.Join(parent.InventoryPath, path.Base(name)))
	return folder, nil
}

func sorted(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
