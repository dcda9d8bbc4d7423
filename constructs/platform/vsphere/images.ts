import type { OperatingSystem } from "../../spec/versions";

/** Whether the boot chain of a system is signed for machines with the usual keys; of Flatcar: github.com/flatcar/Flatcar/issues/501. */
export const secureBoot: Readonly<Record<OperatingSystem, boolean>> = { ubuntu: true, debian: true, flatcar: false };

/** What vSphere takes a machine from the library for; a template of the inventory says so itself. Names: vim.vm.GuestOsDescriptor */
export const guestIds: Readonly<Record<OperatingSystem, string>> = {
  ubuntu: "ubuntu64Guest",
  debian: "debian10_64Guest",
  flatcar: "other4xLinux64Guest",
};
