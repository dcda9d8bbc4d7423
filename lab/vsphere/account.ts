/** Who may look at machines and tags of the vCenter that the lab plays. */
export const account = { user: "coppice-reader@vsphere.local", password: "example-password" } as const;
