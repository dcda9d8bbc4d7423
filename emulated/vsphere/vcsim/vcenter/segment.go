package main

import (
	"context"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

// segment is a distributed port group and the switch that it is of.
type segment struct {
	dvs     *object.DistributedVirtualSwitch
	backing types.BaseVirtualDeviceBackingInfo
}

func portGroup(ctx context.Context, client *vim25.Client, folder *object.Folder, name string) (*segment, error) {
	task, err := folder.CreateDVS(ctx, types.DVSCreateSpec{
		ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: name + "-switch"}},
	})
	if err != nil {
		return nil, err
	}
	info, err := task.WaitForResult(ctx)
	if err != nil {
		return nil, err
	}
	dvs := object.NewDistributedVirtualSwitch(client, info.Result.(types.ManagedObjectReference))
	task, err = dvs.AddPortgroup(ctx, []types.DVPortgroupConfigSpec{{
		Name:     name,
		Type:     string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
		NumPorts: 128,
	}})
	if err != nil {
		return nil, err
	}
	if err := task.Wait(ctx); err != nil {
		return nil, err
	}
	network, err := find.NewFinder(client).Network(ctx, folder.InventoryPath+"/"+name)
	if err != nil {
		return nil, err
	}
	backing, err := network.EthernetCardBackingInfo(ctx)
	return &segment{dvs, backing}, err
}

func (s *segment) join(ctx context.Context, host *object.HostSystem) error {
	task, err := s.dvs.Reconfigure(ctx, &types.DVSConfigSpec{
		Host: []types.DistributedVirtualSwitchHostMemberConfigSpec{{
			Operation: string(types.ConfigSpecOperationAdd),
			Host:      host.Reference(),
		}},
	})
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}
